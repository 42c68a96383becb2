package oaep

import (
	"bytes"
	"math/big"
	"strings"
	"testing"
)

// encodeEM is EME-OAEP encoding (RFC 8017, section 7.1.1, step 2) of a data
// block, which the tests may get wrong.
func encodeEM(first byte, variant Variant, db []byte) []byte {
	em := append([]byte{first}, bytes.Repeat([]byte("s"), hashLen)...)
	em = append(em, db...)
	seed, masked := em[1:1+hashLen], em[1+hashLen:]
	mask(masked, variant, seed)
	mask(seed, variant, masked)
	return em
}

// block is a data block as it should be: for 2048 bits, if it is 223 octets long.
func block(message string) []byte {
	db := append(bytes.Clone(hashOfNoLabel[:]), make([]byte, 190-len(message))...)
	return append(append(db, 1), message...)
}

func TestDecodeEM(t *testing.T) {
	changed := func(at int, octet byte) []byte {
		db := block(password)
		db[at] = octet
		return db
	}
	tests := map[string]struct {
		first  byte
		db     []byte
		opened bool
		want   string
	}{
		"a message":                 {0, block(password), true, password},
		"an empty one":              {0, block(""), true, ""},
		"the longest":               {0, block(strings.Repeat("x", 190)), true, strings.Repeat("x", 190)},
		"with the octets 00 and 01": {0, block("\x00\x01\x00"), true, "\x00\x01\x00"},
		"the first octet is 1":      {1, block(password), false, ""},
		"the first octet is 255":    {255, block(password), false, ""},
		"another label, at first":   {0, changed(0, hashOfNoLabel[0]^1), false, ""},
		"another label, at last":    {0, changed(31, hashOfNoLabel[31]^128), false, ""},
		"the padding begins with 2": {0, changed(32, 2), false, ""},
		"the padding ends with 3":   {0, changed(222-len(password)-1, 3), false, ""},
		"no 01":                     {0, append(bytes.Clone(hashOfNoLabel[:]), make([]byte, 191)...), false, ""},
		"no 01, but others":         {0, append(bytes.Clone(hashOfNoLabel[:]), bytes.Repeat([]byte{2}, 191)...), false, ""},
		"all is wrong":              {7, bytes.Repeat([]byte{9}, 223), false, ""},
	}
	for name, test := range tests {
		for _, variant := range MGF1Both.variants() {
			for _, accepted := range []MGF1{MGF1Both, MGF1SHA256, MGF1SHA1} {
				em := encodeEM(test.first, variant, test.db)
				message, got := decodeEM(em, accepted)
				opened, of := test.opened && accepted.accepts(variant) == 1, VariantNone
				if opened {
					of = variant
				}
				if (message != nil) != opened || got != of || opened && string(message) != test.want {
					t.Errorf("%s, %s where %v is accepted: got %q of %s", name, variant, accepted.variants(), message, got)
				}
				if !bytes.Equal(em, make([]byte, len(em))) {
					t.Errorf("%s: the encoded message is left in memory", name)
				}
			}
		}
	}
}

// FuzzDecodeEM compares with crypto/rsa, for which a whole decryption is made of
// an encoded message by encrypting it.
func FuzzDecodeEM(f *testing.F) {
	f.Add(byte(0), false, block(password))
	f.Add(byte(0), true, block(""))
	f.Add(byte(1), true, block("x"))
	f.Add(byte(0), true, []byte{2, 3})
	f.Fuzz(func(t *testing.T, first byte, sha1 bool, db []byte) {
		variant := VariantSHA256
		if sha1 {
			variant = VariantSHA1
		}
		block := make([]byte, 223)
		copy(block, db)
		em := encodeEM(first, variant, block)
		octets, ok := encryptEM(em)
		if !ok {
			return
		}
		message, got := decodeEM(em, MGF1Both)
		for _, v := range MGF1Both.variants() {
			want, err := key2048().Decrypt(nil, octets, options[v])
			if (err == nil) != (message != nil && got == v) || err == nil && !bytes.Equal(message, want) {
				t.Errorf("%s: got %q of %s, and crypto/rsa %q", v, message, got, want)
			}
		}
	})
}

// encryptEM is RSAEP (RFC 8017, section 5.1.1); false for what is not less than
// the modulus.
func encryptEM(em []byte) ([]byte, bool) {
	m := new(big.Int).SetBytes(em)
	if m.Cmp(key2048().N) >= 0 {
		return nil, false
	}
	e := big.NewInt(int64(key2048().E))
	return m.Exp(m, e, key2048().N).FillBytes(make([]byte, 256)), true
}
