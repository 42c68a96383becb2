package oaep

import (
	"math/big"
	"testing"
)

func FuzzDecode(f *testing.F) {
	ring := ringOf(f, key2048(), key3072(), oddSized())
	for _, size := range []int{0, 255, 256, 257, 384} {
		f.Add(junk(size))
	}
	f.Add(toBase64(key2048().N.Bytes()))
	f.Add([]byte("\r\n===="))
	f.Fuzz(func(t *testing.T, ciphertext []byte) {
		octets, suited := decode(ciphertext, ring)
		if len(suited) == 0 {
			return
		}
		if string(toBase64(octets)) != string(ciphertext) {
			t.Fatal("a ciphertext is accepted in another spelling than the only one")
		}
		for _, key := range suited {
			if len(octets) != key.PublicKey().Size() || new(big.Int).SetBytes(octets).Cmp(key.PublicKey().N) >= 0 {
				t.Fatal("a ciphertext is accepted that a key cannot have made")
			}
		}
	})
}
