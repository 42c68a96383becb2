package console

import (
	"bufio"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/validation"
)

const secret = "tUrtle-vex9!Quartz"

// jwk is a key as browsers have it.
func jwk(key *rsa.PrivateKey) map[string]string {
	number := func(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }
	return map[string]string{"kty": "RSA", "n": number(key.N), "e": number(big.NewInt(int64(key.E))), "d": number(key.D)}
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// openssl encrypts with the program, as shell scripts do.
func openssl(t *testing.T, key *rsa.PrivateKey, text string, options ...string) []byte {
	t.Helper()
	public := filepath.Join(t.TempDir(), "public.pem")
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(public, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	arguments := []string{"pkeyutl", "-encrypt", "-pubin", "-inkey", public}
	for _, option := range options {
		arguments = append(arguments, "-pkeyopt", option)
	}
	program := exec.CommandContext(t.Context(), "openssl", arguments...)
	program.Stdin = strings.NewReader(text)
	out, err := program.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func oaepWith(digest, mgf1 string) []string {
	return []string{"rsa_padding_mode:oaep", "rsa_oaep_md:" + digest, "rsa_mgf1_md:" + mgf1}
}

var lines = regexp.MustCompile(`.{64}`)

// TestDoctor: what clients do wrong has its name.
func TestDoctor(t *testing.T) {
	t.Parallel()
	key, other := newKey(t), newKey(t)
	d := newDoctor(t, key)
	encrypt := func(text string) []byte { return openssl(t, key, text, oaepWith("sha256", "sha256")...) }
	good := encrypt(secret)
	text := base64.StdEncoding.EncodeToString(good)
	for !strings.ContainsAny(text, "+/") || !strings.Contains(text, "+") {
		good = encrypt(secret)
		text = base64.StdEncoding.EncodeToString(good)
	}
	encode := base64.StdEncoding.EncodeToString
	reversed := slices.Clone(good)
	slices.Reverse(reversed)
	label, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &key.PublicKey, []byte(secret), []byte("password"))
	if err != nil {
		t.Fatal(err)
	}
	mixed, err := rsa.EncryptOAEPWithOptions(rand.Reader, &key.PublicKey, []byte(secret), &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA1})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ pasted, want string }{
		"as it should be":       {text, "digest MGF1 good"},
		"of Java":               {encode(mixed), "digest MGF1 good"},
		"blanks around it":      {"  " + text + "\n", "digest MGF1 good"},
		"SHA-1":                 {encode(openssl(t, key, secret, oaepWith("sha1", "sha1")...)), "!digest MGF1"},
		"SHA-1 and MGF1 SHA256": {encode(openssl(t, key, secret, oaepWith("sha1", "sha256")...)), "!digest MGF1"},
		"SHA-512":               {encode(openssl(t, key, secret, oaepWith("sha512", "sha512")...)), "!digest !MGF1"},
		"MGF1 with SHA-384":     {encode(openssl(t, key, secret, oaepWith("sha256", "sha384")...)), "digest !MGF1"},
		"a label":               {encode(label), "!label digest MGF1"},
		"PKCS #1 v1.5":          {encode(openssl(t, key, secret, "rsa_padding_mode:pkcs1")), "!PKCS #1 v1.5"},
		"no padding of RSA":     {encode(openssl(t, key, string(make([]byte, 256-len(secret)))+secret, "rsa_padding_mode:none")), "!textbook RSA"},
		"another key":           {encode(openssl(t, other, secret, oaepWith("sha256", "sha256")...)), "!another public key"},
		"hex":                   {hex.EncodeToString(good), "!hexadecimal digest MGF1"},
		"hex in capitals":       {strings.ToUpper(hex.EncodeToString(good)), "!hexadecimal digest MGF1"},
		"URL alphabet":          {base64.RawURLEncoding.EncodeToString(good), "!URL alphabet digest MGF1"},
		"no padding of Base64":  {base64.RawStdEncoding.EncodeToString(good), "!no padding digest MGF1"},
		"line breaks":           {lines.ReplaceAllString(text, "$0\n"), "!line breaks digest MGF1"},
		"escaped line breaks":   {lines.ReplaceAllString(text, `$0\n`), "!line breaks digest MGF1"},
		"lines with margins":    {lines.ReplaceAllString(text, "$0  "), "!white space digest MGF1"},
		"spaces":                {strings.ReplaceAll(text, "+", " "), "!blanks in the place of + digest MGF1"},
		"escaped for a URL":     {url.QueryEscape(text), "!percent-encoded digest MGF1"},
		"escaped twice":         {url.QueryEscape(url.QueryEscape(text)), "!percent-encoded digest MGF1"},
		"quotes":                {`"` + text + `"`, "!quotation marks digest MGF1"},
		"quotes of a person":    {"“" + text + "”", "!quotation marks digest MGF1"},
		"quotes in quotes":      {`"\"` + text + `\""`, "!quotation marks digest MGF1"},
		"escapes":               {strings.ReplaceAll(text, "/", `\/`), "!escapes digest MGF1"},
		"escapes of .NET":       {strings.ReplaceAll(text, "+", `\u002B`), "!escapes digest MGF1"},
		"a data URL":            {"data:application/octet-stream;base64," + text, "!data: URL digest MGF1"},
		"twice":                 {encode([]byte(text)), "!Base64 twice digest MGF1"},
		"Base64 of hex":         {encode([]byte(hex.EncodeToString(good))), "!hexadecimal and then in Base64 digest MGF1"},
		"hex of Base64":         {hex.EncodeToString([]byte(text)), "!hexadecimal !Base64 twice digest MGF1"},
		"cut":                   {text[:200], "!cut"},
		"cut by three":          {text[:341], "!cut"},
		"hex that is cut":       {hex.EncodeToString(good)[:255], "!hexadecimal !cut"},
		"two in one":            {encode(append(slices.Clone(good), good...)), "!too long"},
		"byte order mark":       {"\ufeff" + text, "!byte order mark digest MGF1"},
		"PEM":                   {"-----BEGIN MESSAGE-----\n" + text + "\n-----END MESSAGE-----", "!PEM digest MGF1"},
		"PEM in lines":          {"-----BEGIN MESSAGE-----\n" + lines.ReplaceAllString(text, "$0\n") + "\n-----END MESSAGE-----\n", "!PEM digest MGF1"},
		"not encrypted":         {secret, "!the password itself"},
		"in Base64 alone":       {encode([]byte(secret)), "!not encrypted"},
		"like Base64":           {"Passw0rd", "!the password itself"},
		"like Base64, but odd":  {"secret", "!the password itself"},
		"a JWE":                 {"eyJhbGciOiJSU0EtT0FFUCJ9.QUJD.SVY.Q0lQSEVS.VEFH", "!JWE"},
		"a wrong escape":        {"%80" + text, "!percent-encoded !not Base64"},
		"far too long":          {strings.Repeat(text, 1000), "!too long"},
		"no lines in it":        {"-----BEGIN PUBLIC KEY-----", "!PEM !empty"},
		"last byte first":       {encode(reversed), "!reverse order"},
		"text with a mark":      {encode(encrypt("\ufeff" + secret)), "digest MGF1 !byte order mark"},
		"text with a line":      {encode(encrypt(secret + "\n")), "digest MGF1 !line feed"},
		"text in quotes":        {encode(encrypt(`"` + secret + `"`)), "digest MGF1 !quotation marks"},
		"text in Latin-1":       {encode(encrypt("\xe9t\xe9" + secret)), "digest MGF1 !not UTF-8"},
		"text in UTF-16":        {encode(encrypt("a\x00b\x00c\x00d\x00")), "digest MGF1 !UTF-16"},
		"text with zeros":       {encode(encrypt(secret + "\x00\x00\x00")), "digest MGF1 !zero byte"},
		"nothing":               {encode(encrypt("")), "digest MGF1 !empty"},
		"a digest":              {encode(encrypt(strings.Repeat("0123456789abcdef", 4))), "digest MGF1 !hashed"},
	} {
		if got, _ := d.diagnose(c.pasted); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		checkWords(t, name, c.pasted, c.want, key)
	}
}

// notOfCheck are names of what `caddy customer-gate check` does not know, or of what is
// wrong for the key of the page alone.
var notOfCheck = []string{"label", "escapes", "JWE", "too long", "hashed", "empty", "leading zero"}

// checkWords: one mistake has the same name here and in `caddy customer-gate check`.
func checkWords(t *testing.T, name, pasted, told string, key *rsa.PrivateKey) {
	t.Helper()
	_, fault, wrong := strings.Cut(told, "!")
	fault, _, more := strings.Cut(fault, " !")
	fault = strings.TrimSuffix(strings.TrimSuffix(fault, " MGF1"), " digest")
	own, err := keys.NewKey(key)
	if err != nil {
		t.Fatal(err)
	}
	_, explained := oaep.Explain([]keys.Key{own}, oaep.MGF1Both, []byte(strings.TrimSpace(pasted)))
	if wrong == (explained == "") && !slices.Contains(notOfCheck, fault) {
		t.Errorf("%s: told %s, and explained %q", name, told, explained)
	}
	if wrong && !more && !slices.Contains(notOfCheck, fault) && !strings.Contains(explained, fault) {
		t.Errorf("%s: the doctor says %q, and check %q", name, fault, explained)
	}
}

// TestDoctorOfBodies: whoever pastes a whole body, or several ciphertexts, reads of each.
func TestDoctorOfBodies(t *testing.T) {
	t.Parallel()
	key, other := newKey(t), newKey(t)
	d := newDoctor(t, key)
	encrypt := func(key *rsa.PrivateKey, text string) string {
		return base64.StdEncoding.EncodeToString(openssl(t, key, text, oaepWith("sha256", "sha256")...))
	}
	a, b := encrypt(key, secret), encrypt(key, secret)
	different, foreign := encrypt(key, secret+"2"), encrypt(other, secret)
	good, both := "digest MGF1 good", "ciphertext 1: digest ciphertext 1: MGF1 ciphertext 1: good ciphertext 2: digest ciphertext 2: MGF1 ciphertext 2: good"
	of := func(field string) string {
		return field + ": digest " + field + ": MGF1 " + field + ": good"
	}
	for name, c := range map[string]struct{ pasted, want string }{
		"a body":                {`{"email": "ada@example.com", "password": "` + a + `", "confirmPassword": "` + a + `"}`, of("password") + " " + of("confirmPassword") + " same ciphertext"},
		"encrypted twice":       {`{"password": "` + a + `", "confirmPassword": "` + b + `"}`, of("password") + " " + of("confirmPassword") + " different ciphertexts"},
		"another confirmation":  {`{"password": "` + a + `", "confirmPassword": "` + different + `"}`, of("password") + " " + of("confirmPassword") + " !different texts"},
		"one is wrong":          {`{"password": "` + a + `", "confirmPassword": "` + foreign + `"}`, of("password") + " confirmPassword: !another public key"},
		"a change":              {`{"currentPassword": "` + a + `", "newPassword": "` + different + `"}`, of("currentPassword") + " " + of("newPassword") + " different texts"},
		"a change to the same":  {`{"currentPassword": "` + a + `", "newPassword": "` + b + `"}`, of("currentPassword") + " " + of("newPassword") + " !different ciphertexts"},
		"one raw":               {`{"currentPassword": "` + secret + `"}`, "currentPassword: !the password itself"},
		"a member of its own":   {`{"pins": {"pin": "` + a + `"}}`, of("pin")},
		"escapes of JSON":       {`{"password": "` + strings.ReplaceAll(a, "/", `\/`) + `"}`, of("password")},
		"a line feed in it":     {`{"password": "` + a + `\n"}`, "password: !line breaks password: digest password: MGF1"},
		"lines within a text":   {`{"password": "` + lines.ReplaceAllString(a, "$0\n") + `"}`, "!not JSON password: !line breaks password: digest password: MGF1"},
		"its end is missing":    {`{"password": "` + a + `", "confirmPassword": "` + a[:100], "!not JSON " + of("password") + " confirmPassword: !cut"},
		"members alone":         {`"password": "` + a + `",`, of("password")},
		"a command around it":   {`curl -d '{"password": "` + a + `"}' https://acme.example.com`, of("password")},
		"no ciphertext":         {`{"email": "ada@example.com"}`, "!no ciphertext"},
		"the key":               {`{"kty": "RSA", "n": "` + a + `", "e": "AQAB"}`, "!a key"},
		"two on two lines":      {a + "\n" + b + "\n", both + " different ciphertexts"},
		"the same twice":        {a + "\n\n" + a, both + " same ciphertext"},
		"two with a comma":      {`"` + a + `", "` + b + `"`, both + " different ciphertexts"},
		"a list":                {`["` + a + `", "` + b + `"]`, both + " different ciphertexts"},
		"a form's data":         {"email=ada%40example.com&password=" + url.QueryEscape(a), "!form data password: !percent-encoded password: digest password: MGF1"},
		"two without a blank":   {a + b, both + " different ciphertexts"},
		"two that are wrapped":  {lines.ReplaceAllString(a, "$0\n") + "\n" + lines.ReplaceAllString(b, "$0\n"), "ciphertext 1: !line breaks ciphertext 1: digest ciphertext 1: MGF1 ciphertext 2: !line breaks ciphertext 2: digest ciphertext 2: MGF1 different ciphertexts"},
		"two of different text": {a + " " + different, both + " !different texts"},
		"one alone":             {a, good},
	} {
		if got, _ := d.diagnose(c.pasted); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestDoctorOfWhatIsCut: it says how much is missing, and where that usually happens.
func TestDoctorOfWhatIsCut(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	d := newDoctor(t, key)
	text := base64.StdEncoding.EncodeToString(openssl(t, key, secret, oaepWith("sha256", "sha256")...))
	for length, want := range map[int]string{
		255: "191 of 256 bytes (255 of 344 characters): 65 bytes are missing. The usual causes: a column of 255 characters in a database, or a form's maxlength. 344 characters have to fit, and with line breaks more.",
		340: "255 of 256 bytes (340 of 344 characters): 1 byte is missing.",
		336: "252 of 256 bytes (336 of 344 characters): 4 bytes are missing. The usual causes: a column of a database that is too short, such as VARCHAR(255), or a form's maxlength.",
	} {
		if _, texts := d.diagnose(text[:length]); !strings.Contains(texts, want) {
			t.Errorf("of %d characters: %s", length, texts)
		}
	}
	wrapped := lines.ReplaceAllString(text, "$0\n")[:344]
	if told, texts := d.diagnose(wrapped); told != "!line breaks !cut" || !strings.Contains(texts, "(339 of 344 characters)") {
		t.Errorf("wrapped into 344 characters: %s: %s", told, texts)
	}
}

// doctor is the page's own module with a key, at work.
type doctor struct {
	t    *testing.T
	key  map[string]string
	ask  io.Writer
	told *bufio.Scanner
}

func newDoctor(t *testing.T, key *rsa.PrivateKey) doctor {
	t.Helper()
	node := exec.Command("node", "testdata/diagnose.mjs") // which ends with its input
	node.Stderr = os.Stderr
	ask, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	told, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ask.Close()
		if err := node.Wait(); err != nil {
			t.Error(err)
		}
	})
	return doctor{t, jwk(key), ask, bufio.NewScanner(told)}
}

// diagnose returns the names of what is to say, and the texts.
func (d doctor) diagnose(pasted string) (names, texts string) {
	d.t.Helper()
	var sealed []validation.Field
	for _, f := range slices.Concat(validation.RegisterCustomer.Table(), validation.ChangePassword.Table()) {
		if f.Sealed {
			sealed = append(sealed, f)
		}
	}
	if err := json.NewEncoder(d.ask).Encode([]any{pasted, d.key, sealed}); err != nil {
		d.t.Fatal(err)
	}
	d.told.Scan()
	var findings []struct{ Name, Text string }
	if err := json.Unmarshal(d.told.Bytes(), &findings); err != nil {
		d.t.Fatal(err)
	}
	for _, f := range findings {
		names += " " + f.Name
		texts += " " + f.Text
	}
	return strings.TrimSpace(names), texts
}

// TestEncrypt: what the page encrypts, Go can decrypt.
func TestEncrypt(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	public, err := json.Marshal(jwk(key))
	if err != nil {
		t.Fatal(err)
	}
	for mgf1, hash := range map[string]crypto.Hash{"SHA-256": crypto.SHA256, "SHA-1": crypto.SHA1} {
		for _, text := range []string{"", "a", secret, "pässwörd €", strings.Repeat("x", 190)} {
			node := exec.CommandContext(t.Context(), "node", "testdata/encrypt.mjs", string(public), mgf1, text)
			node.Stderr = os.Stderr
			out, err := node.Output()
			if err != nil {
				t.Fatal(err)
			}
			ciphertext, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(out)))
			if err != nil {
				t.Fatal(err)
			}
			got, err := key.Decrypt(nil, ciphertext, &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: hash})
			if err != nil || string(got) != text {
				t.Errorf("%s, %d bytes: %q, %v", mgf1, len(text), got, err)
			}
		}
	}
	node := exec.CommandContext(t.Context(), "node", "testdata/encrypt.mjs", string(public), "SHA-1", strings.Repeat("x", 191))
	if out, err := node.CombinedOutput(); err == nil || !strings.Contains(string(out), "the key has room for 190 bytes") {
		t.Errorf("191 bytes: %v\n%s", err, out)
	}
}
