package oaep

import (
	"crypto/sha1" // #nosec G505 -- SunJCE's MGF1, where collisions do not matter
	"crypto/sha256"
	"crypto/subtle"

	"github.com/customergate/customergate/caddymodule/keys"
)

// hashLen is how long the hash of OAEP is, and with it the seed.
const hashLen = sha256.Size

// hashOfNoLabel is what an encoded message of the empty label begins with.
var hashOfNoLabel = sha256.Sum256(nil)

// decodeEM is EME-OAEP decoding (RFC 8017, section 7.1.2, step 3) with each
// variant of MGF1, of what a private operation gave. It does the work of both,
// octet by octet in the same time, and whether one of them has given a message
// is all that shows: which check has failed (Manger's attack), or how long the
// message would be, does not. The message is nil if there is none that is
// accepted, and not nil if it is empty. em is cleared.
func decodeEM(em []byte, accepted MGF1) ([]byte, Variant) {
	var room [keys.MaxBits / 8]byte
	other := room[:copy(room[:], em)]
	defer clear(em)
	defer clear(other)
	ok256, start256 := unmask(em, VariantSHA256)
	ok1, start1 := unmask(other, VariantSHA1)
	ok256 &= accepted.accepts(VariantSHA256)
	ok1 &= accepted.accepts(VariantSHA1) & (1 ^ ok256)
	subtle.ConstantTimeCopy(ok1, em, other)
	start := subtle.ConstantTimeSelect(ok1, start1, start256)
	if ok256|ok1 == 0 {
		return nil, VariantNone
	}
	message := append(make([]byte, 0, len(em)-start), em[start:]...)
	return message, Variant(subtle.ConstantTimeSelect(ok1, int(VariantSHA1), int(VariantSHA256)))
}

// unmask undoes the encoding in place, and tells whether it was one (1 or 0),
// and where the message starts then.
func unmask(em []byte, variant Variant) (ok, start int) {
	seed, db := em[1:1+hashLen], em[1+hashLen:]
	mask(seed, variant, db)
	mask(db, variant, seed)
	ok = subtle.ConstantTimeByteEq(em[0], 0) & subtle.ConstantTimeCompare(db[:hashLen], hashOfNoLabel[:])
	found, at := findOne(db[hashLen:])
	return ok & found, 1 + hashLen + hashLen + at + 1
}

// findOne finds the octet 01 that ends a padding of zeros, if it does (1 or 0).
func findOne(padded []byte) (found, at int) {
	wrong := 0
	for i, octet := range padded {
		isOne, isZero := subtle.ConstantTimeByteEq(octet, 1), subtle.ConstantTimeByteEq(octet, 0)
		inPadding := 1 ^ (found | wrong)
		at = subtle.ConstantTimeSelect(inPadding&isOne, i, at)
		found |= inPadding & isOne
		wrong |= inPadding & (1 ^ isOne) & (1 ^ isZero)
	}
	return found, at
}

// mask is the exclusive or with the mask that MGF1 makes of a seed (RFC 8017,
// appendix B.2.1).
func mask(out []byte, variant Variant, seed []byte) {
	var room [keys.MaxBits/8 + 4]byte
	input := room[:copy(room[:], seed)+4]
	defer clear(input)
	for ; len(out) > 0; input[len(input)-1]++ { // of the counter's four octets, as no mask here needs more
		out = out[xorHash(out, variant, input):]
	}
}

// xorHash returns how many octets the hash was long enough for.
func xorHash(out []byte, variant Variant, input []byte) int {
	if variant == VariantSHA1 {
		sum := sha1.Sum(input) // #nosec G401
		return subtle.XORBytes(out, out, sum[:])
	}
	sum := sha256.Sum256(input)
	return subtle.XORBytes(out, out, sum[:])
}
