package uniqueness

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// repeatWindow is how long an answer can be asked for again.
const repeatWindow = 24 * time.Hour

// keptAnswer is an answer in the store.
type keptAnswer struct {
	Fingerprint [sha256.Size]byte // of the request
	Answer      Answer
	Token       claims.Token // with which it is kept
	Mismatches  int          // how many other requests have come with the key
}

// requestID names the entry of a request by its key.
func (p *pepper) requestID(tenant, key string) claims.ID {
	id := claims.ID{Kind: claims.Idempotency}
	p.sum(id.Sum[:0], "request", tenant, key)
	return id
}

// fingerprint tells what is asked for, and where, from anything else, without a
// copy of the passwords in it.
func (p *pepper) fingerprint(target string, body []byte) (sum [sha256.Size]byte) {
	p.mac(sum[:0], []byte("request to\x00"+target+"\x00"), body)
	return sum
}

// seal encrypts an answer for the store, bound to its entry.
func (p *pepper) seal(id claims.ID, answer *keptAnswer) ([]byte, error) {
	aead, err := p.aead()
	if err != nil {
		return nil, err
	}
	var plain bytes.Buffer
	if err := gob.NewEncoder(&plain).Encode(answer); err != nil { // JSON would alter a header that is not UTF-8
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+plain.Len()+aead.Overhead())
	_, _ = rand.Read(nonce) // it never fails
	return aead.Seal(nonce, nonce, plain.Bytes(), id.Sum[:]), nil
}

var errForeignAnswer = errors.New("it was kept under another pepper, or is damaged")

// open decrypts an answer of the store.
func (p *pepper) open(id claims.ID, kept []byte) (*keptAnswer, error) {
	aead, err := p.aead()
	if err != nil {
		return nil, err
	}
	if len(kept) < aead.NonceSize() {
		return nil, errForeignAnswer
	}
	nonce, sealed := kept[:aead.NonceSize()], kept[aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, sealed, id.Sum[:])
	if err != nil {
		return nil, errForeignAnswer
	}
	answer := new(keptAnswer)
	return answer, gob.NewDecoder(bytes.NewReader(plain)).Decode(answer)
}

// aead is AES-256-GCM under a key of its own.
func (p *pepper) aead() (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, p.key, nil, "customergate kept answers", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
