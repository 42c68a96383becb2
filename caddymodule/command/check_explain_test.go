package command

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys"
)

// TestCheckCommandExplains: each usual mistake of a client is told to whoever
// holds the private key, and none of it repeats the password.
func TestCheckCommandExplains(t *testing.T) {
	public := &testKey().PublicKey
	oaepWith := func(hash crypto.Hash) []byte {
		return must(rsa.EncryptOAEPWithOptions(rand.Reader, public, []byte(password), &rsa.OAEPOptions{Hash: hash}))
	}
	pkcs1 := must(rsa.EncryptPKCS1v15(rand.Reader, public, []byte(password))) //nolint:staticcheck // a client's mistake
	right := encrypt(password, crypto.SHA1)
	other := must(keys.Generate(keys.DefaultBits))
	ofOther := must(rsa.EncryptOAEPWithOptions(rand.Reader, &other.PublicKey, []byte(password), &rsa.OAEPOptions{Hash: crypto.SHA256}))
	b64 := base64.StdEncoding.EncodeToString

	file := keyFile(t)
	for name, test := range map[string]struct{ ciphertext, why string }{
		"digest SHA-1":             {b64(oaepWith(crypto.SHA1)), "digest SHA-1; set"},
		"digest SHA-384":           {b64(oaepWith(crypto.SHA384)), "digest SHA-384; set"},
		"digest SHA-512":           {b64(oaepWith(crypto.SHA512)), "digest SHA-512; set"},
		"PKCS #1 v1.5":             {b64(pkcs1), "PKCS #1 v1.5"},
		"line feed at the end":     {encrypt(password+"\n", crypto.SHA256), "line feed"},
		"another key":              {b64(ofOther), "another public key, or damaged"},
		"key of another size":      {b64(make([]byte, 128)), "it has 128 bytes, but the key makes 256"},
		"wrapped Base64":           {right[:76] + "\n" + right[76:], "on one line"},
		"URL alphabet":             {strings.Repeat("-_", 172), "URL alphabet"},
		"Base64 twice":             {b64([]byte(right)), "twice"},
		"not Base64":               {"{password}", "not Base64"},
		"another hash than mgf1's": {right, "option mgf1"},
	} {
		t.Run(name, func(t *testing.T) {
			args := []string{"check", "--key", file, "-"}
			if test.why == "option mgf1" {
				config := t.TempDir() + "/Caddyfile"
				writeFile(t, config, ":80 {\n\tcustomer_gate {\n\t\tmgf1 sha256\n\t}\n}\n", 0o600)
				args = append([]string{"check", "--config", config}, args[1:]...)
			}
			body := sealed(test.ciphertext, test.ciphertext)
			run := execute(t, body, args...)
			if !errors.Is(run.err, errRefused) || strings.Count(run.stdout, "\nwhy: ") != 1 || !strings.Contains(run.stdout, test.why) {
				t.Errorf("error %v, output %s", run.err, run.stdout)
			}
			if strings.Contains(run.stdout, password) {
				t.Errorf("the password is in the output %s", run.stdout)
			}
		})
	}
}

// TestCheckCommandExplainsNothingElse: other violations have no reason to give.
func TestCheckCommandExplainsNothingElse(t *testing.T) {
	ciphertext := encrypt(password, crypto.SHA256)
	run := execute(t, with(map[string]any{"payloadEncrypted": true, "password": ciphertext, "confirmPassword": ciphertext, "email": "x"}),
		"check", "--key", keyFile(t), "-")
	if !errors.Is(run.err, errRefused) || strings.Contains(run.stdout, "why:") {
		t.Errorf("error %v, output %s", run.err, run.stdout)
	}
}
