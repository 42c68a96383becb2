package oaep

import (
	"bytes"
	"encoding/base64"
	"math/big"
	"slices"

	"github.com/customergate/customergate/caddymodule/keys"
)

// encoding is Base64 of the standard alphabet, with padding, and without
// non-zero trailing bits (RFC 4648, sections 3.5 and 4).
var encoding = base64.StdEncoding.Strict()

// decode returns the octets of a ciphertext, and the keys that can have made it.
// It judges by public facts alone, so it may answer quickly.
//
// RFC 8017, section 7.1.2, step 1b wants a ciphertext as long as the modulus,
// and section 5.1.2 one that is less than it. crypto/rsa also takes shorter
// ones, and encoding/base64 skips line breaks.
func decode(ciphertext []byte, ring []keys.Key) (octets []byte, suited []keys.Key) {
	octets = decodeSized(ciphertext, ring)
	for _, key := range ring {
		if fits(octets, key) {
			suited = append(suited, key)
		}
	}
	return octets, suited
}

// decodeSized returns the octets of a text in strict Base64 that are as many as a
// modulus has; nil for any other text.
func decodeSized(ciphertext []byte, ring []keys.Key) []byte {
	if !anySized(ciphertext, ring) || bytes.ContainsAny(ciphertext, "\r\n") {
		return nil
	}
	octets := make([]byte, encoding.DecodedLen(len(ciphertext)))
	n, err := encoding.Decode(octets, ciphertext)
	if err != nil {
		return nil
	}
	return octets[:n]
}

// IsCiphertext tells whether a text has exactly the form of a ciphertext that was made
// with a key of the size of one of the keys: with one that is gone by now, too, whose
// modulus may have been greater, so that its client hears that it cannot be decrypted.
func IsCiphertext(text []byte, ring []keys.Key) bool {
	octets := decodeSized(text, ring)
	return slices.ContainsFunc(ring, func(k keys.Key) bool { return len(octets) == k.PublicKey().Size() })
}

// anySized tells whether a ciphertext has the encoded length of a modulus. It
// spares decoding what a body of the greatest size can hold.
func anySized(ciphertext []byte, ring []keys.Key) bool {
	for _, key := range ring {
		if len(ciphertext) == encoding.EncodedLen(key.PublicKey().Size()) {
			return true
		}
	}
	return false
}

// fits tells whether octets can be a ciphertext made with the key: as long as
// its modulus, and less than it.
func fits(octets []byte, key keys.Key) bool {
	public := key.PublicKey()
	return len(octets) == public.Size() && new(big.Int).SetBytes(octets).Cmp(public.N) < 0
}
