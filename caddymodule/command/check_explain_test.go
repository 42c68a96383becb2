package command

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

// TestCheckCommandExplains: a mistake of a client is told once, to whoever holds
// the private key, and nothing of it repeats the password.
func TestCheckCommandExplains(t *testing.T) {
	noStorage(t)
	sha1 := &rsa.OAEPOptions{Hash: crypto.SHA1}
	one := base64.StdEncoding.EncodeToString(must(rsa.EncryptOAEPWithOptions(rand.Reader, &testKey().PublicKey, []byte(password), sha1)))
	for name, test := range map[string]struct{ password, confirm, why string }{
		"a digest":        {one, one, "why: it opens with OAEP, the digest SHA-1 and MGF1 with SHA-1; set the client's digest to SHA-256\n"},
		"no ciphertext":   {password, password, "why: it looks like the password itself; encrypt it with the public key\n"},
		"the option mgf1": {encrypt(password, crypto.SHA1), encrypt(password, crypto.SHA256), "why: it opens, but with a hash in MGF1 that the gate's option mgf1 refuses\n"},
		"one of each":     {encryptFor("acme", crypto.SHA256, password), "?", "why: it opens in no usual way: it was encrypted with another public key, or damaged\nwhy: it looks like"},
	} {
		t.Run(name, func(t *testing.T) {
			config := configFile(t, ":80 {\n\tcustomer_gate {\n\t\tmgf1 sha256\n\t}\n}\n")
			run := execute(t, sealed(test.password, test.confirm), "check", "--config", config, "--key", keyFile(t), "-")
			if _, why, _ := strings.Cut(run.stdout, "\nwhy: "); !errors.Is(run.err, errRefused) || !strings.HasPrefix("why: "+why, test.why) {
				t.Errorf("error %v, output %s", run.err, run.stdout)
			}
			if strings.Contains(run.stdout, password) {
				t.Errorf("the password is in the output %s", run.stdout)
			}
		})
	}
}

// TestCheckCommandNotesAByteOrderMark: it is accepted, as a part of a password
// that nobody can type.
func TestCheckCommandNotesAByteOrderMark(t *testing.T) {
	ciphertext := encrypt("\ufeff"+password, crypto.SHA256)
	run := execute(t, sealed(ciphertext, ciphertext), "check", "--key", keyFile(t), "-")
	if run.err != nil || strings.Count(run.stderr, "note: it opens, but the text begins with a byte order mark") != 1 {
		t.Errorf("error %v, beside the output %q", run.err, run.stderr)
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
