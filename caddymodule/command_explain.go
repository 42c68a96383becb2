package caddymodule

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"fmt"

	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/validation"
)

// explain says why a ciphertext is password_undecryptable, or "" if it is not.
// The gate tells no client, but whoever holds the private key may know: this is
// for `caddy customer-gate check` alone. It repeats nothing of the plaintext.
func explain(key keys.Key, mgf1 oaep.MGF1, text []byte) string {
	ciphertext, fault := explainForm(text, key.PublicKey().Size())
	if fault != "" {
		return fault
	}
	for _, attempt := range explanations {
		plaintext, err := key.Decrypt(nil, ciphertext, attempt.options)
		if err != nil {
			continue
		}
		defer clear(plaintext)
		switch {
		case attempt.fault != "":
			return attempt.fault
		case !validation.Readable(plaintext):
			return "it opens, but the text is not UTF-8 or has a line feed or another control character in it"
		case mgf1 != oaep.MGF1Both && mgf1 != attempt.mgf1:
			return "it opens, but with a hash in MGF1 that the gate's option mgf1 refuses"
		}
		return ""
	}
	return "it opens in no usual way: it was encrypted with another public key, or damaged"
}

// explanations are ways to encrypt: those that the contract has, then the usual
// mistakes.
var explanations = []struct {
	options crypto.DecrypterOpts
	mgf1    oaep.MGF1 // of those that the contract has
	fault   string
}{
	{&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256}, oaep.MGF1SHA256, ""},
	{&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA1}, oaep.MGF1SHA1, ""},
	{&rsa.OAEPOptions{Hash: crypto.SHA1}, 0, "it opens with OAEP and the digest SHA-1; set the client's digest to SHA-256"},
	{&rsa.OAEPOptions{Hash: crypto.SHA384}, 0, "it opens with OAEP and the digest SHA-384; set the client's digest to SHA-256"},
	{&rsa.OAEPOptions{Hash: crypto.SHA512}, 0, "it opens with OAEP and the digest SHA-512; set the client's digest to SHA-256"},
	{&rsa.PKCS1v15DecryptOptions{}, 0, "it opens as PKCS #1 v1.5; set the client's padding to OAEP with SHA-256"}, //nolint:staticcheck // offline, to name the mistake
}

// explainForm takes the Base64 off a ciphertext of a size, or says what is wrong
// with it.
func explainForm(text []byte, size int) ([]byte, string) {
	switch {
	case bytes.ContainsAny(text, "\r\n\t "):
		return nil, "its Base64 has white space or line breaks in it; encode it on one line"
	case bytes.ContainsAny(text, "-_"):
		return nil, "it is Base64 with the URL alphabet; use the standard one, with + and /"
	}
	ciphertext, err := base64.StdEncoding.Strict().DecodeString(string(text))
	if err != nil {
		return nil, "it is not Base64 with the standard alphabet and padding"
	}
	if again, err := base64.StdEncoding.DecodeString(string(ciphertext)); err == nil && len(again) == size {
		return nil, "it is encoded in Base64 twice"
	}
	if len(ciphertext) != size {
		return nil, fmt.Sprintf("it has %d bytes, but the key makes %d: it was encrypted with another public key, or cut", len(ciphertext), size)
	}
	return ciphertext, ""
}
