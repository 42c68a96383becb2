package e2e

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"sync"
	"testing"
)

// testKey is a tenant's key pair in the forms that gateways and clients read.
type testKey struct {
	private *rsa.PrivateKey
	pem     []byte // PKCS#8
	spki    []byte // DER of the public key
}

// keyOfTests is the pair that gateways have unless a test says otherwise.
var keyOfTests = sync.OnceValue(newKey)

func newKey() *testKey {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		panic(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		panic(err)
	}
	return &testKey{
		private: private,
		pem:     pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}),
		spki:    spki,
	}
}

// encrypt is a client's work with the hash of its habit in MGF1.
func (k *testKey) encrypt(t testing.TB, plaintext string, mgf1 crypto.Hash) string {
	t.Helper()
	ciphertext, err := rsa.EncryptOAEPWithOptions(rand.Reader, &k.private.PublicKey, []byte(plaintext),
		&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: mgf1})
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(ciphertext)
}

// secretParts are lines of the private key that must be found nowhere but in
// its file: of the PEM form, and of the DER form in Base64.
func (k *testKey) secretParts() []string {
	block, _ := pem.Decode(k.pem)
	der := base64.StdEncoding.EncodeToString(block.Bytes)
	return []string{"PRIVATE KEY", der[400:440], der[800:840], k.private.D.String()[:40], k.private.Primes[0].String()[:40]}
}

func parsePKCS8(text []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("not PEM")
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	return private.(*rsa.PrivateKey), nil
}
