package validation_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/validation"
)

// runPasswordCases sends each password twice, raw.
func runPasswordCases(t *testing.T, g gate, cases []fieldCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := g.judge(t, valid.withPassword(c.sent).body())
			want := make([]string, len(c.codes))
			for i, code := range c.codes {
				want[i] = "/password " + code
			}
			expect(t, s, want...)
			if len(c.codes) > 0 {
				return
			}
			members := forward(t, s)
			if members["password"] != c.sent || members["confirmPassword"] != c.sent || members["payloadEncrypted"] != false {
				t.Errorf("forwarded %v", members)
			}
		})
	}
}

func TestPasswords(t *testing.T) {
	runPasswordCases(t, gate{}, []fieldCase{
		{name: "strong", sent: strong},
		{name: "of eight characters", sent: "x3Q!vbzM"},
		{name: "of 190 bytes", sent: strong + randomText(190-len(strong))},
		{name: "with blanks", sent: "mQ7! zKd4 @hTw9#vB"},
		{name: "with blanks around", sent: " " + strong + " "},
		{name: "with quotes and backslashes", sent: `mQ7!"zKd4\@hT'w9#vB`},
		{name: "with markup", sent: "mQ7!z</script>@hT&w9#vB"},
		{name: "decomposed", sent: strong + "e\u0301"},
		{name: "with emoji", sent: strong + "😀"},
		{name: "with line separators", sent: strong + "\u2028"},
		{name: "with a byte order mark", sent: "\ufeff" + strong},

		{name: "of seven characters", sent: "x3Q!vbz", codes: refused("password_too_short")},
		{name: "of seven characters in more bytes", sent: "x3Q!v€ü", codes: refused("password_too_short")},
		{name: "of 191 bytes", sent: strong + randomText(191-len(strong)), codes: refused("password_too_long")},
		{name: "of 191 bytes in fewer characters", sent: strong + randomText(170-len(strong)) + strings.Repeat("€", 7), codes: refused("password_too_long")},
		{name: "without uppercase", sent: strings.ToLower(strong), codes: refused("password_uppercase")},
		{name: "with uppercase beyond ASCII alone", sent: strings.ToLower(strong) + "É", codes: refused("password_uppercase")},
		{name: "without lowercase", sent: strings.ToUpper(strong), codes: refused("password_lowercase")},
		{name: "with lowercase beyond ASCII alone", sent: strings.ToUpper(strong) + "é", codes: refused("password_lowercase")},
		{name: "without digit", sent: "mQx!zKdw@hTwp#vB", codes: refused("password_digit")},
		{name: "with Arabic digits alone", sent: "mQx!zKdw@hTwp#vB٩", codes: refused("password_digit")},
		{name: "without special character", sent: "mQ7zKd4hTw9vBfXj", codes: refused("password_special")},
		{name: "with special characters of no list alone", sent: `mQ7?zKd4_hTw9=vB~"'`, codes: refused("password_special")},
		{name: "with a full-width special character alone", sent: "mQ7！zKd4hTw9vBfX", codes: refused("password_special")},
		{name: "of one letter", sent: "ä", codes: refused("password_too_short", "password_uppercase", "password_lowercase", "password_digit", "password_special")},
		{name: "common", sent: "Summer2025!", codes: refused("password_common")},
		{name: "common and short", sent: "Pass1!", codes: refused("password_too_short", "password_common")},
		{name: "common word alone", sent: "password", codes: refused("password_uppercase", "password_digit", "password_special", "password_common")},
		{name: "keyboard pattern", sent: "Qwerty123!", codes: refused("password_common")},
		{name: "own name", sent: "Nwachukwu1!", codes: refused("password_personal")},
		{name: "own email", sent: "Fincode2026!", codes: refused("password_personal")},
		{name: "own birth date", sent: "Dec16121989!", codes: refused("password_personal")},
		{name: "own phone", sent: "Aa!7123456789", codes: refused("password_personal")},
	})
}

func TestEverySpecialCharacterCounts(t *testing.T) {
	for _, special := range "!@#$%^&*" {
		expect(t, gate{}.judge(t, valid.withPassword("mQ7zKd4hTw9vBfX"+string(special)).body()))
	}
}

func TestPasswordPolicies(t *testing.T) {
	t.Run("least length", func(t *testing.T) {
		runPasswordCases(t, gate{rules: compile(t, func(p *validation.Policy) { p.PasswordMin = 12 })}, []fieldCase{
			{name: "below", sent: "x3Q!vbzMk7T", codes: refused("password_too_short")},
			{name: "reached", sent: "x3Q!vbzMk7Tw"},
		})
	})
	t.Run("points", func(t *testing.T) {
		runPasswordCases(t, gate{rules: compile(t, func(p *validation.Policy) { p.PasswordPoints = 20 })}, []fieldCase{
			{name: "below", sent: "x3Q!vbzMk7Tw", codes: refused("password_common")},
			{name: "reached", sent: randomText(24)},
		})
	})
	t.Run("words", func(t *testing.T) {
		runPasswordCases(t, gate{rules: compile(t, func(p *validation.Policy) { p.PasswordWords = []string{"zyxomorph"} })}, []fieldCase{
			{name: "of the operator", sent: "Zyxomorph1!", codes: refused("password_common")},
		})
	})
}

func TestConfirmations(t *testing.T) {
	for _, c := range []struct {
		name string
		body registration
		want []string
	}{
		{"other", valid.withText("confirmPassword", strings.ToLower(strong)), []string{"/confirmPassword password_mismatch"}},
		{"longer", valid.withText("confirmPassword", strong+"x"), []string{"/confirmPassword password_mismatch"}},
		{"shorter", valid.withText("confirmPassword", strong[1:]), []string{"/confirmPassword password_mismatch"}},
		{"same to the eye", valid.withText("password", strong+"é").withText("confirmPassword", strong+"e\u0301"), []string{"/confirmPassword password_mismatch"}},
		{"other than a bad one", valid.withText("password", strings.ToLower(strong)), []string{"/password password_uppercase", "/confirmPassword password_mismatch"}},
		{"missing", valid.without("confirmPassword"), []string{"/confirmPassword required"}},
		{"empty", valid.withText("confirmPassword", ""), []string{"/confirmPassword required"}},
		{"of nothing", valid.without("password"), []string{"/password required"}},
		{"of an empty one", valid.withText("password", ""), []string{"/password required"}},
		{"of a wrong type", valid.with("password", "1"), []string{"/password type"}},
		{"of one that cannot be read", valid.withText("password", "a\x00"), []string{"/password password_undecryptable"}},
		{"that cannot be read", valid.withText("confirmPassword", "a\x00"), []string{"/confirmPassword password_undecryptable"}},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, gate{}.judge(t, c.body.body()), c.want...) })
	}
}

func TestRawPasswordsThatAreNotAllowed(t *testing.T) {
	weak := valid.withPassword("Summer2025!")
	expect(t, gate{noPlain: true}.judge(t, weak.body()), "/payloadEncrypted plaintext_not_allowed", "/password password_common")
	expect(t, gate{}.judge(t, weak.body()), "/password password_common")
}

// Without payloadEncrypted nobody can tell what the passwords are.
func TestPasswordsOfUnknownForm(t *testing.T) {
	weak := valid.withPassword("Summer2025!")
	for sent, want := range map[string]string{"null": "required", `"false"`: "type", "0": "type"} {
		s := gate{}.judge(t, weak.with("payloadEncrypted", sent).body())
		expect(t, s, "/payloadEncrypted "+want)
		if s.Ciphertexts() != nil {
			t.Errorf("%s: ciphertexts are offered", sent)
		}
	}
}

func TestEncryptedPasswords(t *testing.T) {
	sealed := valid.with("payloadEncrypted", "true").withText("password", "cGFzc3dvcmQ=").withText("confirmPassword", "Y29uZmlybQ==")
	both := func(password, confirmation string) [][]byte { return [][]byte{[]byte(password), []byte(confirmation)} }
	for _, c := range []struct {
		name       string
		plaintexts [][]byte
		want       []string
	}{
		{"same", both(strong, strong), nil},
		{"other", both(strong, strong+"x"), []string{"/confirmPassword password_mismatch"}},
		{"weak", both("Summer2025!", "Summer2025!"), []string{"/password password_common"}},
		{"both undecryptable", [][]byte{nil, nil}, []string{"/password password_undecryptable", "/confirmPassword password_undecryptable"}},
		{"first undecryptable", [][]byte{nil, []byte(strong)}, []string{"/password password_undecryptable"}},
		{"second undecryptable", [][]byte{[]byte(strong), nil}, []string{"/confirmPassword password_undecryptable"}},
		{"not UTF-8", both(strong+"\xff", strong+"\xff"), []string{"/password password_undecryptable", "/confirmPassword password_undecryptable"}},
		{"lone surrogate", both(strong+"\xed\xa0\x80", strong), []string{"/password password_undecryptable"}},
		{"NUL", both(strong+"\x00", strong), []string{"/password password_undecryptable"}},
		{"line break", both(strong+"\n", strong+"\n"), []string{"/password password_undecryptable", "/confirmPassword password_undecryptable"}},
		{"DEL", both(strong+"\x7f", strong), []string{"/password password_undecryptable"}},
		{"C1 control", both(strong+"\u0085", strong), []string{"/password password_undecryptable"}},
		{"empty", both("", ""), []string{"/password required", "/confirmPassword required"}},
		{"of 190 bytes", both(strong+randomText(190-len(strong)), strong+randomText(190-len(strong))), nil},
		{"of quotes, which JSON escapes", both(`mQ7!zKd4`+strings.Repeat(`"\`, 91), `mQ7!zKd4`+strings.Repeat(`"\`, 91)), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := slices.Clone(c.plaintexts)
			s := gate{plaintexts: c.plaintexts}.judge(t, sealed.body())
			expect(t, s, c.want...)
			if len(c.want) > 0 {
				return
			}
			members := forward(t, s)
			if members["password"] != string(want[0]) || members["confirmPassword"] != string(want[1]) || members["payloadEncrypted"] != false {
				t.Errorf("forwarded %v", members)
			}
		})
	}
}

func TestCiphertexts(t *testing.T) {
	sealed := valid.with("payloadEncrypted", "true")
	for _, c := range []struct {
		name string
		body registration
		want []string
	}{
		{"both", sealed.withText("password", "a").withText("confirmPassword", "b"), []string{"a", "b"}},
		{"in the other order", append(registration{{"confirmPassword", `"b"`}}, sealed.withText("password", "a").without("confirmPassword")...), []string{"a", "b"}},
		{"escaped", sealed.with("password", `"\u0061\/"`).withText("confirmPassword", "b"), []string{"a/", "b"}},
		{"password alone", sealed.withText("password", "a").without("confirmPassword"), []string{"a"}},
		{"confirmation alone", sealed.withText("confirmPassword", "b").without("password"), []string{"b"}},
		{"of an empty password", sealed.withText("password", "").withText("confirmPassword", "b"), []string{"b"}},
		{"of a wrong type", sealed.with("password", "[]").withText("confirmPassword", "b"), []string{"b"}},
		{"raw", valid, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := validation.RegisterCustomer.Read(c.body.body())
			if err != nil {
				t.Fatal(err)
			}
			s.Check(defaultRules(), validation.Facts{Now: today, PlaintextAllowed: true})
			var got []string
			for _, ciphertext := range s.Ciphertexts() {
				got = append(got, string(ciphertext))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A plaintext goes to the field whose ciphertext it is of, also when the other
// has none.
func TestUnsealOfOneFieldAlone(t *testing.T) {
	body := valid.with("payloadEncrypted", "true").with("password", "[]").withText("confirmPassword", "b").body()
	s := gate{plaintexts: [][]byte{[]byte("a\x00")}}.judge(t, body)
	expect(t, s, "/password type", "/confirmPassword password_undecryptable")
}

func TestReadable(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "aé€😀": true, "\u00a0\u2028": true,
		"\x00": false, "\x1f": false, "\x7f": false, "\u0080": false, "\u009f": false, "\xff": false, "\xc0\x80": false,
	} {
		if validation.Readable([]byte(text)) != want {
			t.Errorf("Readable(%+q) is not %t", text, want)
		}
	}
	if validation.Readable(nil) {
		t.Error("nil, which stands for what could not be decrypted, is readable")
	}
}

// secretsOf shows the memory of a submission's secrets, by way of what it
// hands out for decryption.
func secretsOf(t *testing.T) (*validation.Submission, [][]byte) {
	t.Helper()
	s, err := validation.RegisterCustomer.Read(valid.with("payloadEncrypted", "true").body())
	if err != nil {
		t.Fatal(err)
	}
	s.Check(defaultRules(), validation.Facts{Now: today})
	return s, s.Ciphertexts()
}

func isCleared(secret []byte) bool {
	return bytes.Count(secret[:cap(secret)], []byte{0}) == cap(secret)
}

func TestWipeClearsWhatWasSent(t *testing.T) {
	s, secrets := secretsOf(t)
	s.Wipe()
	for _, secret := range secrets {
		if !isCleared(secret) {
			t.Errorf("still holds %q", secret)
		}
	}
}

func TestWipeClearsThePlaintexts(t *testing.T) {
	s, _ := secretsOf(t)
	plaintexts := [][]byte{[]byte(strong), []byte(strong)}
	held := slices.Clone(plaintexts)
	s.Unseal(plaintexts)
	s.CheckSecrets()
	expect(t, s)
	s.Wipe()
	for _, secret := range held {
		if !isCleared(secret) {
			t.Errorf("still holds %q", secret)
		}
	}
	if body := s.AppendBody(nil); bytes.Contains(body, []byte(strong)) {
		t.Errorf("the body after Wipe holds the password: %s", body)
	}
}

func TestMask(t *testing.T) {
	s, _ := secretsOf(t)
	plaintext := []byte(strong)
	s.Unseal([][]byte{plaintext, []byte(strong)})
	s.CheckSecrets()
	s.Mask()
	if !isCleared(plaintext) {
		t.Errorf("still holds %q", plaintext)
	}
	body := string(s.AppendBody(nil))
	if strings.Contains(body, strong) || strings.Count(body, `"********"`) != 2 {
		t.Errorf("masked body: %s", body)
	}
}
