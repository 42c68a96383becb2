package oaep

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	_ "crypto/sha512" // of clients by mistake
	"math/big"
	"slices"
	"unicode/utf8"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/validation"
)

// Explain says what is wrong with a ciphertext, as a rule with one that Open does
// not open, and which key of the ring it was made for: "" and -1 where that is
// nothing and none. It is for whoever holds the private keys, and for no client.
// It repeats nothing of the plaintext.
func Explain(ring []keys.Key, accepted MGF1, ciphertext []byte) (key int, fault string) {
	octets, fault := explainForm(ciphertext, ring)
	if fault != "" {
		return -1, fault
	}
	if key, fault = explainOpening(octets, ring, accepted); key >= 0 {
		return key, fault
	}
	slices.Reverse(octets)
	if key, _ = explainOpening(octets, ring, accepted); key >= 0 {
		return key, "its bytes are in reverse order, as CryptoAPI makes them; reverse them before they are encoded"
	}
	return -1, "it opens in no usual way: it was encrypted with another public key, or damaged"
}

// Opens tells whether a ciphertext was made for one of the keys as the contract
// wants it.
func Opens(ring []keys.Key, ciphertext []byte) bool {
	octets, suited := decode(ciphertext, ring)
	for _, key := range suited {
		for _, variant := range MGF1Both.variants() {
			if plaintext, err := key.Decrypt(nil, octets, options[variant]); err == nil {
				clear(plaintext)
				return true
			}
		}
	}
	return false
}

// explainOpening tells which key opens octets in any usual way, and what is wrong
// with that way.
func explainOpening(octets []byte, ring []keys.Key, accepted MGF1) (key int, fault string) {
	for i, key := range ring {
		if !fits(octets, key) {
			continue
		}
		if plaintext, way := openAnyhow(octets, key); plaintext != nil {
			defer clear(plaintext)
			return i, way.faultOf(plaintext, accepted)
		}
	}
	return -1, ""
}

// openAnyhow tries the ways of the contract, and those of mistaken clients where
// the private key is at hand: other keys need not know them. A plaintext that is
// not nil was found.
func openAnyhow(octets []byte, key keys.Key) ([]byte, way) {
	private, atHand := key.Decrypter.(*rsa.PrivateKey)
	for _, w := range ways {
		if w.fault != "" && !atHand {
			continue
		}
		if plaintext, err := key.Decrypt(nil, octets, w.options); err == nil {
			return append([]byte{}, plaintext...), w
		}
	}
	if atHand {
		return openTextbook(octets, private), textbook
	}
	return nil, way{}
}

// openTextbook returns nil unless a text was encrypted without padding.
func openTextbook(octets []byte, private *rsa.PrivateKey) []byte {
	m := new(big.Int).Exp(new(big.Int).SetBytes(octets), private.D, private.N)
	if text := m.Bytes(); len(text) > 0 && validation.Readable(text) {
		return text
	}
	return nil
}

// A way is one to encrypt.
type way struct {
	options crypto.DecrypterOpts
	mgf1    MGF1   // of those that the contract has
	fault   string // why it is none of the contract's
}

var textbook = way{fault: "it opens as RSA without a padding (textbook RSA); set the client's padding to OAEP with SHA-256"}

// ways are those of the contract, then the usual mistakes.
var ways = slices.Concat(
	[]way{
		{options: options[VariantSHA256], mgf1: MGF1SHA256},
		{options: options[VariantSHA1], mgf1: MGF1SHA1},
	},
	mixes(),
	[]way{{
		options: &rsa.PKCS1v15DecryptOptions{}, //nolint:staticcheck // offline, to name the mistake
		fault:   "it opens as PKCS #1 v1.5; set the client's padding to OAEP with SHA-256",
	}},
)

// mixes are OAEP with any other digest and MGF1.
func mixes() (mixes []way) {
	hashes := []crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.SHA384, crypto.SHA512}
	for _, digest := range hashes {
		for _, mgf1 := range hashes {
			remedy := "; set both to SHA-256"
			switch {
			case digest == crypto.SHA256 && (mgf1 == crypto.SHA256 || mgf1 == crypto.SHA1):
				continue
			case digest == crypto.SHA256:
				remedy = "; set MGF1 to SHA-256"
			case mgf1 == digest || mgf1 == crypto.SHA1:
				remedy = "; set the client's digest to SHA-256"
			}
			mixes = append(mixes, way{
				options: &rsa.OAEPOptions{Hash: digest, MGFHash: mgf1},
				fault:   "it opens with OAEP, the digest " + digest.String() + " and MGF1 with " + mgf1.String() + remedy,
			})
		}
	}
	return mixes
}

// faultOf says why the gate refuses what was encrypted so.
func (w way) faultOf(plaintext []byte, accepted MGF1) string {
	switch {
	case w.fault != "":
		return w.fault
	case bytes.IndexByte(plaintext, 0) >= 0:
		return "it opens, but the text has a zero byte in it, as UTF-16 has; encrypt the password in UTF-8"
	case !utf8.Valid(plaintext):
		return "it opens, but the text is not UTF-8; encrypt the password in UTF-8"
	case bytes.HasSuffix(plaintext, []byte("\n")):
		return "it opens, but the text ends with a line feed; encrypt the password without it, as of `printf %s` and not of `echo`"
	case !validation.Readable(plaintext):
		return "it opens, but the text has a control character in it; encrypt the password alone"
	case accepted != MGF1Both && accepted != w.mgf1:
		return "it opens, but with a hash in MGF1 that the gate's option mgf1 refuses"
	case bytes.HasPrefix(plaintext, []byte("\ufeff")):
		return "it opens, but the text begins with a byte order mark, which its customer can hardly type; encrypt the password without it"
	case len(plaintext) > 2 && plaintext[0] == '"' && plaintext[len(plaintext)-1] == '"':
		return "it opens, but the text has quotation marks around it, as JSON has; encrypt the password alone"
	}
	return ""
}
