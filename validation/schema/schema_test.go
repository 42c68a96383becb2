package schema

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/customergate/customergate/validation"
)

func TestEveryRuleHasCodes(t *testing.T) {
	for _, name := range validation.RuleNames() {
		if len(ruleCodes[name]) == 0 {
			t.Errorf("nobody says with what the rule %s refuses", name)
		}
	}
}

// TestBeforeNFC: what NFC makes of a character is never longer than the bound of a
// name's length builds on, and of nothing that the pattern refuses a name.
func TestBeforeNFC(t *testing.T) {
	policy := validation.DefaultPolicy()
	policy.NamePunctuation = strings.Split(validation.NamePunctuationChoices, "")
	w := &writer{source: Source{Policy: policy}}
	name := regexp.MustCompile(w.nameCharacters())
	for r := range utf8.MaxRune {
		if !utf8.ValidRune(r) {
			continue
		}
		sent, composed := string(r), norm.NFC.String(string(r))
		if n := utf8.RuneCountInString(composed); leastBeforeNFC(n) > 1 {
			t.Errorf("NFC makes %d of %U", n, r)
		}
		if name.MatchString(composed) && !name.MatchString(sent) {
			t.Errorf("NFC makes %U of %U, which the pattern refuses", []rune(composed), r)
		}
	}
}

// expressions are some of all kinds, each with texts that tell it from its like.
var expressions = map[string][]string{
	`a|bc+`:              {"a", "bc", "bccc", "abc", ""},
	`(?i)k-9`:            {"K-9", "k-9", "\u212a-9", "K-8"}, // the Kelvin sign
	`[d-z\]-]{2,3}`:      {"xy", "xyz", "x/", "x]", "x-", "x"},
	`[^a-c/\]-]+!`:       {"xy!", "!", "x/!", "x]!", "x-!", "\U0001d4b3\U0001d4b3!"},
	`[^ -~]{2,}`:         {"éé", "é", "\U0001d4b3\U0001d4b3", "ab"},
	`(\d{2}:)?\w+\.?`:    {"12:ab.", "ab", "1:ab", "12:", "é"},
	`.+`:                 {"a", "\u2028", "a\u2029b", ""},
	`(?s).*`:             {"", "a"},
	`\bab\b`:             {"ab", "abc"},
	`a*?b+?c??`:          {"b", "aabbc", "c"},
	`[α-ω]+`:             {"αβγ", "abc"},
	`\$\^`:               {"$^", "$"},
	`(?P<year>19|20)00?`: {"190", "2000", "2100"},
	`x{3}y{2,}`:          {"xxxyy", "xxxyyyy", "xxyy"},
	`^a$`:                {"a", "b"},
	`[[:alpha:]\x00-\t]`: {"a", "\x01", "1"},
	`a(b|)c`:             {"abc", "ac", "abbc"},
	`"quoted"<&>`:        {`"quoted"<&>`, "quoted"},
}

// TestExpressions: what an expression becomes takes the same texts.
func TestExpressions(t *testing.T) {
	for expression, texts := range expressions {
		whole := regexp.MustCompile(`\A(?:` + expression + `)\z`)
		pattern, ok := ecmaScript(expression)
		if !ok {
			t.Errorf("%s has no word for it", expression)
			continue
		}
		written, err := regexp.Compile("^(?:" + pattern + ")$")
		if err != nil {
			t.Errorf("%s becomes %s: %v", expression, pattern, err)
			continue
		}
		for _, text := range texts {
			if want, got := whole.MatchString(text), written.MatchString(text); got != want {
				t.Errorf("%s becomes %s, which takes %q: %t, want %t", expression, pattern, text, got, want)
			}
		}
	}
	for _, expression := range []string{`(?m)^a$`, `[^\x00-\x{10FFFF}]`, `[^a]`, `.?`, `.{1,3}`, `[😀-😂]+`, `(?i)𐐀`} {
		if pattern, ok := ecmaScript(expression); ok {
			t.Errorf("%s becomes %s", expression, pattern)
		}
	}
}

func TestOrder(t *testing.T) {
	text, err := json.Marshal(Of(Source{Policy: validation.DefaultPolicy(), Raw: true}))
	if err != nil {
		t.Fatal(err)
	}
	var places []int
	for f := range validation.RegisterCustomer.Fields() {
		places = append(places, strings.Index(string(text), `"`+f.Name+`":{`))
	}
	if !slices.IsSorted(places) || slices.Contains(places, -1) {
		t.Errorf("the members stand at %v in %s", places, text)
	}
}

// TestPolicy: the schema is that of the running policy.
func TestPolicy(t *testing.T) {
	policy := validation.DefaultPolicy()
	policy.NameMin, policy.NameMax, policy.AgeMin, policy.AgeMax, policy.PasswordMin = 4, 77, 21, 99, 13
	policy.NamePunctuation = []string{",", "."}
	policy.AllowFields = []string{"referralCode"}
	policy.Codes = map[validation.Code]validation.Enforcement{validation.PasswordDigit: validation.Monitored, validation.PhoneInvalid: validation.Off}
	text := marshal(t, Of(Source{Policy: policy, Encryption: Object{{"algorithm", "RSA-OAEP"}}, Unique: true}))
	for _, want := range []string{
		`\\(\\)\\*\\+\\/:;`, `"name_length":{"min":4,"max":77}`, `"dob_underage":{"min":21}`, `"dob_too_old":{"max":99}`, `"password_too_short":{"min":13}`,
		`"referralCode":{`, `"x-encrypted":{"algorithm":"RSA-OAEP"}`,
		`"payloadEncrypted":{"type":"boolean","description":"Secrets are encrypted.","const":true`, `"email_taken","email_pending"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %.2000s", want, text)
		}
	}
	for _, relaxed := range []string{"password_digit", "phone_invalid"} {
		if strings.Contains(text, `"`+relaxed+`"`) {
			t.Errorf("%s is in %s", relaxed, text)
		}
	}
}

func marshal(t *testing.T, written Object) string {
	t.Helper()
	text, err := json.Marshal(written)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
