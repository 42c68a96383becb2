package console

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
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

func oaep(digest, mgf1 string) []string {
	return []string{"rsa_padding_mode:oaep", "rsa_oaep_md:" + digest, "rsa_mgf1_md:" + mgf1}
}

var lines = regexp.MustCompile(`.{64}`)

// TestDoctor: what clients do wrong has its name.
func TestDoctor(t *testing.T) {
	t.Parallel()
	key, other := newKey(t), newKey(t)
	encrypt := func(text string) []byte { return openssl(t, key, text, oaep("sha256", "sha256")...) }
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
		"SHA-1":                 {encode(openssl(t, key, secret, oaep("sha1", "sha1")...)), "!digest MGF1"},
		"SHA-1 and MGF1 SHA256": {encode(openssl(t, key, secret, oaep("sha1", "sha256")...)), "!digest MGF1"},
		"SHA-512":               {encode(openssl(t, key, secret, oaep("sha512", "sha512")...)), "!digest !MGF1"},
		"MGF1 with SHA-384":     {encode(openssl(t, key, secret, oaep("sha256", "sha384")...)), "digest !MGF1"},
		"a label":               {encode(label), "!label digest MGF1"},
		"PKCS #1 v1.5":          {encode(openssl(t, key, secret, "rsa_padding_mode:pkcs1")), "!PKCS #1 v1.5"},
		"no padding":            {encode(openssl(t, key, string(make([]byte, 256-len(secret)))+secret, "rsa_padding_mode:none")), "!no padding"},
		"another key":           {encode(openssl(t, other, secret, oaep("sha256", "sha256")...)), "!another key"},
		"hex":                   {hex.EncodeToString(good), "!hex digest MGF1"},
		"hex in capitals":       {strings.ToUpper(hex.EncodeToString(good)), "!hex digest MGF1"},
		"URL alphabet":          {base64.RawURLEncoding.EncodeToString(good), "!URL alphabet digest MGF1"},
		"no padding of Base64":  {base64.RawStdEncoding.EncodeToString(good), "!padding digest MGF1"},
		"line breaks":           {lines.ReplaceAllString(text, "$0\n"), "!line breaks digest MGF1"},
		"escaped line breaks":   {lines.ReplaceAllString(text, `$0\n`), "!line breaks digest MGF1"},
		"spaces":                {strings.ReplaceAll(text, "+", " "), "!spaces digest MGF1"},
		"escaped for a URL":     {url.QueryEscape(text), "!URL encoding digest MGF1"},
		"quotes":                {`"` + text + `"`, "!quotes digest MGF1"},
		"twice":                 {encode([]byte(text)), "!encoded twice digest MGF1"},
		"Base64 of hex":         {encode([]byte(hex.EncodeToString(good))), "!encoded twice digest MGF1"},
		"hex of Base64":         {hex.EncodeToString([]byte(text)), "!hex !encoded twice digest MGF1"},
		"cut":                   {text[:200], "!cut"},
		"two of them":           {encode(append(slices.Clone(good), good...)), "!too long"},
		"byte order mark":       {"\ufeff" + text, "!byte order mark digest MGF1"},
		"PEM":                   {"-----BEGIN MESSAGE-----\n" + text + "\n-----END MESSAGE-----", "!PEM digest MGF1"},
		"not encrypted":         {secret, "!not Base64"},
		"a JWE":                 {"eyJhbGciOiJSU0EtT0FFUCJ9.QUJD.SVY.Q0lQSEVS.VEFH", "!JWE"},
		"a wrong escape":        {"%80" + text, "!URL encoding !not Base64"},
		"far too long":          {strings.Repeat(text, 1000), "!too long"},
		"only padding":          {"====", "!not Base64"},
		"no lines in it":        {"-----BEGIN PUBLIC KEY-----", "!PEM !not Base64"},
		"an odd digit of hex":   {hex.EncodeToString(good) + "a", "!padding !too long"},
		"last byte first":       {encode(reversed), "!byte order"},
		"text with a mark":      {encode(encrypt("\ufeff" + secret)), "digest MGF1 !byte order mark"},
		"text with a line":      {encode(encrypt(secret + "\n")), "digest MGF1 !line break"},
		"text in quotes":        {encode(encrypt(`"` + secret + `"`)), "digest MGF1 !quotes"},
		"text in Latin-1":       {encode(encrypt("\xe9t\xe9" + secret)), "digest MGF1 !not UTF-8"},
		"text in UTF-16":        {encode(encrypt("a\x00b\x00c\x00d\x00")), "digest MGF1 !UTF-16"},
		"text with zeros":       {encode(encrypt(secret + "\x00\x00\x00")), "digest MGF1 !zero bytes"},
		"nothing":               {encode(encrypt("")), "digest MGF1 !empty"},
		"a digest":              {encode(encrypt(strings.Repeat("0123456789abcdef", 4))), "digest MGF1 !hashed"},
	} {
		got := strings.Join(diagnose(t, c.pasted, key), " ")
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// diagnose asks the page's own module.
func diagnose(t *testing.T, pasted string, key *rsa.PrivateKey) []string {
	t.Helper()
	line, err := json.Marshal([]any{pasted, jwk(key)})
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "testdata/diagnose.mjs")
	node.Stdin, node.Stderr = bytes.NewReader(line), os.Stderr
	out, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := json.Unmarshal(out, &names); err != nil {
		t.Fatal(err)
	}
	return names
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
