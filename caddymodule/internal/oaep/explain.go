package oaep

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"fmt"
	"slices"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/validation"
)

// Explain says what is wrong with a ciphertext that Open does not open, and which
// key of the ring it was made for: "" and -1 where that is nothing and none. It
// is for whoever holds the private keys, and for no client. It repeats nothing of
// the plaintext.
func Explain(ring []keys.Key, accepted MGF1, ciphertext []byte) (key int, fault string) {
	octets, fault := explainForm(ciphertext, ring)
	if fault != "" {
		return -1, fault
	}
	for i, key := range ring {
		if !fits(octets, key) {
			continue
		}
		for _, attempt := range explanations {
			plaintext, err := key.Decrypt(nil, octets, attempt.options)
			if err != nil {
				continue
			}
			defer clear(plaintext)
			return i, attempt.faultOf(plaintext, accepted)
		}
	}
	return -1, "it opens in no usual way: it was encrypted with another public key, or damaged"
}

// An explanation is a way to encrypt.
type explanation struct {
	options crypto.DecrypterOpts
	mgf1    MGF1 // of those that the contract has
	fault   string
}

// faultOf says why the gate refuses what was encrypted so.
func (e explanation) faultOf(plaintext []byte, accepted MGF1) string {
	switch {
	case e.fault != "":
		return e.fault
	case !validation.Readable(plaintext):
		return "it opens, but the text is not UTF-8 or has a line feed or another control character in it"
	case accepted != MGF1Both && accepted != e.mgf1:
		return "it opens, but with a hash in MGF1 that the gate's option mgf1 refuses"
	}
	return ""
}

// explanations are those that the contract has, then the usual mistakes.
var explanations = []explanation{
	{options[VariantSHA256], MGF1SHA256, ""},
	{options[VariantSHA1], MGF1SHA1, ""},
	{&rsa.OAEPOptions{Hash: crypto.SHA1}, 0, "it opens with OAEP and the digest SHA-1; set the client's digest to SHA-256"},
	{&rsa.OAEPOptions{Hash: crypto.SHA384}, 0, "it opens with OAEP and the digest SHA-384; set the client's digest to SHA-256"},
	{&rsa.OAEPOptions{Hash: crypto.SHA512}, 0, "it opens with OAEP and the digest SHA-512; set the client's digest to SHA-256"},
	{&rsa.PKCS1v15DecryptOptions{}, 0, "it opens as PKCS #1 v1.5; set the client's padding to OAEP with SHA-256"}, //nolint:staticcheck // offline, to name the mistake
}

// explainForm takes the Base64 off a ciphertext, or says what is wrong with it.
// With the right form, it is as long as one of the keys makes it.
func explainForm(text []byte, ring []keys.Key) ([]byte, string) {
	switch {
	case bytes.ContainsAny(text, "\r\n\t "):
		return nil, "its Base64 has white space or line breaks in it; encode it on one line"
	case bytes.ContainsAny(text, "-_"):
		return nil, "it is Base64 with the URL alphabet; use the standard one, with + and /"
	}
	octets, err := encoding.DecodeString(string(text))
	if err != nil {
		return nil, "it is not Base64 with the standard alphabet and padding"
	}
	if again, err := encoding.DecodeString(string(octets)); err == nil && sized(again, ring) {
		return nil, "it is encoded in Base64 twice"
	}
	if !sized(octets, ring) {
		return nil, fmt.Sprintf("it has %d bytes, but the key makes %d: it was encrypted with another public key, or cut",
			len(octets), ring[0].PublicKey().Size())
	}
	return octets, ""
}

// sized tells whether octets are as many as a ciphertext of one of the keys has.
func sized(octets []byte, ring []keys.Key) bool {
	return slices.ContainsFunc(ring, func(key keys.Key) bool { return len(octets) == key.PublicKey().Size() })
}
