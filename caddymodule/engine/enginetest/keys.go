package enginetest

import (
	"crypto/rsa"
	"crypto/x509"
	"embed"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"sync"
)

// The keys are fixed, so that what a fuzz target finds can be found again. They
// serve nowhere else.
//
//go:embed testdata/*.pem
var testdata embed.FS

// Keys returns the keys that every engine must serve: of each size in use, of
// one that is no multiple of a machine word, with another public exponent, and
// all of these once more with the lesser prime first.
var Keys = sync.OnceValue(func() map[string]*rsa.PrivateKey {
	files, err := testdata.ReadDir("testdata")
	if err != nil {
		panic(err)
	}
	keys := make(map[string]*rsa.PrivateKey)
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".pem")
		keys[name] = read("testdata/" + file.Name())
		keys[name+", p less than q"] = swapped(keys[name])
	}
	return keys
})

func read(name string) *rsa.PrivateKey {
	text, err := testdata.ReadFile(name)
	if err != nil {
		panic(err)
	}
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		panic(err)
	}
	return key
}

func swapped(key *rsa.PrivateKey) *rsa.PrivateKey {
	other := &rsa.PrivateKey{PublicKey: key.PublicKey, D: key.D, Primes: []*big.Int{key.Primes[1], key.Primes[0]}}
	other.Precompute()
	return other
}

// right tells by arithmetic of another kind whether a result is the only one
// that is right: the number less than n that encrypts to the ciphertext.
func right(key *rsa.PrivateKey, ciphertext, result []byte) bool {
	m, e := new(big.Int).SetBytes(result), big.NewInt(int64(key.E))
	return len(result) == key.Size() && m.Cmp(key.N) < 0 &&
		new(big.Int).Exp(m, e, key.N).Cmp(new(big.Int).SetBytes(ciphertext)) == 0
}

// corners are ciphertexts at the ends of a key's range.
func corners(key *rsa.PrivateKey) map[string][]byte {
	below := func(k int64) []byte {
		return new(big.Int).Sub(key.N, big.NewInt(k)).FillBytes(make([]byte, key.Size()))
	}
	small := func(k byte) []byte { return slices.Concat(make([]byte, key.Size()-1), []byte{k}) }
	multiple := func(prime int) []byte { return key.Primes[prime].FillBytes(make([]byte, key.Size())) }
	return map[string][]byte{
		"0": small(0), "1": small(1), "2": small(2), "n-1": below(1), "n-2": below(2),
		"p": multiple(0), "q": multiple(1),
	}
}
