package e2e

import (
	"crypto"
	"crypto/rsa"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// habit is one way to encrypt: that of a program in examples/clients as it
// stands there, or with an edit of one place.
type habit struct {
	platform, writes string // its row of the table in docs/encrypting.md
	example          string
	old, new         string               // the edit; both empty for the program as it stands
	mgf1             string               // what the gateway opens it with: sha256, sha1, or empty for nothing
	fault            crypto.DecrypterOpts // what opens it where the gateway does not
}

// sha1Alone is what digest and MGF1 take where nobody names a digest.
var sha1Alone = &rsa.OAEPOptions{Hash: crypto.SHA1}

// habits are the rows of the table but those of browsers.
var habits = []habit{
	{platform: "Java", writes: "`RSA/ECB/OAEPWithSHA-256AndMGF1Padding`", example: "Register.java", mgf1: "sha1"},
	{platform: "Java", writes: "`RSA/ECB/OAEPPadding` with an `OAEPParameterSpec` of MGF1-SHA256", example: "Register.java",
		old: "inOneLine(key); // or", new: "spelledOut(key); // or", mgf1: "sha256"},
	{platform: "Java", writes: "`RSA/ECB/OAEPPadding` without parameters", example: "Register.java",
		old: `"RSA/ECB/OAEPWithSHA-256AndMGF1Padding"`, new: `"RSA/ECB/OAEPPadding"`, fault: sha1Alone},
	{platform: "Java", writes: "`RSA/ECB/PKCS1Padding`, or `RSA` alone", example: "Register.java",
		old: `"RSA/ECB/OAEPWithSHA-256AndMGF1Padding"`, new: `"RSA"`, fault: &rsa.PKCS1v15DecryptOptions{}}, //nolint:staticcheck // it is the mistake that is measured
	{platform: "Node.js", writes: "`RSA_PKCS1_OAEP_PADDING` with `oaepHash: \"sha256\"`", example: "register.mjs", mgf1: "sha256"},
	{platform: "Node.js", writes: "the same without `oaepHash`", example: "register.mjs", old: `, oaepHash: "sha256"`, fault: sha1Alone},
	{platform: "Python", writes: "`padding.OAEP` with `MGF1(SHA256())`", example: "register.py", mgf1: "sha256"},
	{platform: "Python", writes: "`padding.OAEP` with `MGF1(SHA1())`", example: "register.py",
		old: "MGF1(hashes.SHA256())", new: "MGF1(hashes.SHA1())", mgf1: "sha1"},
	{platform: "Python", writes: "`padding.OAEP` with `algorithm=SHA1()`", example: "register.py",
		old: "algorithm=hashes.SHA256()", new: "algorithm=hashes.SHA1()", fault: &rsa.OAEPOptions{Hash: crypto.SHA1, MGFHash: crypto.SHA256}},
	{platform: "PHP", writes: "EME-OAEP with SHA-256, and `OPENSSL_NO_PADDING`", example: "register.php", mgf1: "sha256"},
	{platform: "PHP", writes: "`OPENSSL_PKCS1_OAEP_PADDING`", example: "register.php",
		old: "pad($password, $size), $ciphertext, $key, OPENSSL_NO_PADDING", new: "$password, $ciphertext, $key, OPENSSL_PKCS1_OAEP_PADDING", fault: sha1Alone},
	{platform: "Go", writes: "`rsa.EncryptOAEP` with `sha256.New()`", example: "register.go", mgf1: "sha256"},
	{platform: "Go", writes: "`rsa.EncryptOAEP` with `sha1.New()`", example: "register.go", old: "sha256", new: "sha1", fault: sha1Alone},
	{platform: "OpenSSL", writes: "`rsa_padding_mode:oaep` with `rsa_oaep_md:sha256`", example: "register.sh", mgf1: "sha256"},
	{platform: "OpenSSL", writes: "the same with `rsa_mgf1_md:sha1`", example: "register.sh",
		old: "rsa_oaep_md:sha256", new: "rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha1", mgf1: "sha1"},
	{platform: "OpenSSL", writes: "the same without `rsa_oaep_md`", example: "register.sh", old: "-pkeyopt rsa_oaep_md:sha256", fault: sha1Alone},
}

// webCrypto is the row of the table that TestClientInBrowser is about.
var webCrypto = habit{platform: "Web Crypto", writes: "`RSA-OAEP` with `hash: \"SHA-256\"`", example: "register.html", mgf1: "sha256"}

// TestTableOfHabits holds the rows of the table in docs/encrypting.md against
// what is measured.
func TestTableOfHabits(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(checkout, "docs", "encrypting.md"))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\| (.+) \| (.+) \| (.+) \| (yes|\*\*no\*\*) \| .+ \|$`)
	documented := make(map[string]string)
	for _, cells := range row.FindAllStringSubmatch(string(text), -1) {
		documented[cells[1]+" "+cells[2]] = cells[4]
		if cells[4] == "yes" {
			documented[cells[1]+" "+cells[2]] = cells[3]
		}
	}
	measured := append([]habit{webCrypto}, habits...)
	for _, h := range measured {
		want := map[string]string{"sha256": "SHA-256", "sha1": "SHA-1", "": "**no**"}[h.mgf1]
		if got := documented[h.platform+" "+h.writes]; got != want {
			t.Errorf("%s %s: the table says %q, measured is %q", h.platform, h.writes, got, want)
		}
	}
	if len(documented) != len(measured) {
		t.Errorf("the table has %d rows, measured are %d", len(documented), len(measured))
	}
}

// source is the text of the program with the edit made.
func (h habit) source(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout, "examples", "clients", h.example))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), h.old) {
		t.Fatalf("%s has no %q", h.example, h.old)
	}
	if h.old == "" {
		return string(text)
	}
	return strings.ReplaceAll(string(text), h.old, h.new)
}

// opened counts the ciphertexts that a gateway has opened, by the hash of MGF1.
func (g *gateway) opened(t *testing.T) map[string]string {
	t.Helper()
	count := regexp.MustCompile(`decrypt_duration_seconds_count\{mgf1="(\w+)",result="ok"\} (\d+)`)
	opened := make(map[string]string)
	for _, values := range count.FindAllStringSubmatch(g.metrics(t), -1) {
		opened[values[1]] = values[2]
	}
	return opened
}

// checkMeasured fails unless the hash that has opened a ciphertext is the
// habit's.
func (h habit) checkMeasured(t *testing.T, before, after map[string]string) {
	t.Helper()
	for _, mgf1 := range []string{"sha256", "sha1"} {
		if changed := before[mgf1] != after[mgf1]; changed != (mgf1 == h.mgf1) {
			t.Errorf("ciphertexts opened with MGF1-%s: %q before, %q after", mgf1, before[mgf1], after[mgf1])
		}
	}
}

// checkFault fails unless the password in a body opens with the habit's fault.
func (h habit) checkFault(t *testing.T, body []byte, password string) {
	t.Helper()
	var sent struct{ Password []byte }
	if err := json.Unmarshal(body, &sent); err != nil {
		t.Fatal(err)
	}
	got, err := keyOfTests().private.Decrypt(nil, sent.Password, h.fault)
	if err != nil || string(got) != password {
		t.Errorf("the ciphertext does not open with %#v: %v", h.fault, err)
	}
}
