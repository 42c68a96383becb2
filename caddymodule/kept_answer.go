package caddymodule

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/validation"
)

// keptAnswer is an answer that can be given again.
type keptAnswer struct {
	Fingerprint [sha256.Size]byte // of the request
	Status      int
	Header      http.Header
	Body        []byte

	keep time.Duration // how long it can be asked for
}

// maxKept is how large an answer can be that is kept, in bytes of body and header.
const maxKept = 64 << 10

// connectionSpecific fields speak of one connection or one moment (RFC 9110,
// section 7.6.1), not of what is answered.
var connectionSpecific = []string{
	"Connection", "Content-Length", "Date", "Keep-Alive", "Proxy-Connection", "Server", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
}

// keepAnswer returns nil for what is too large. The header becomes the answer's.
func keepAnswer(status int, header http.Header, body []byte) *keptAnswer {
	for _, name := range connectionSpecific {
		delete(header, name)
	}
	size := len(body)
	for name, values := range header {
		for _, value := range values {
			size += len(name) + len(value)
		}
	}
	if size > maxKept {
		return nil
	}
	return &keptAnswer{Status: status, Header: header, Body: body, keep: idempotencyWindow}
}

// kept is the upstream's answer for a client that repeats its request. It is nil
// for one that asks to try again (RFC 9110, section 15.5.9; RFC 8470, section
// 5.2; RFC 6585, section 4), and where nobody asked for it to be kept.
func (a *upstreamAnswer) kept() *keptAnswer {
	switch {
	case a.header == nil || a.written > int64(a.body.Len()):
		return nil
	case a.status == http.StatusRequestTimeout || a.status == http.StatusTooEarly || a.status == http.StatusTooManyRequests:
		return nil
	}
	return keepAnswer(a.status, a.header, a.body.Bytes())
}

// write gives the answer, marked as one that was given before.
func (a *keptAnswer) write(w http.ResponseWriter) {
	header := w.Header()
	maps.Copy(header, a.Header)
	header.Set("Idempotency-Replayed", "true")
	if len(a.Body) > 0 {
		header.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body)
}

// requestID names the entry of a request by its key.
func (p *pepper) requestID(tenant, key string) claims.ID {
	id := claims.ID{Kind: claims.Idempotency}
	p.sum(id.Sum[:0], "request", tenant, key)
	return id
}

// fingerprint tells what is asked for from anything else: it is that of the
// decrypted and normalised body, so a retry that is encrypted anew has the same.
func (p *pepper) fingerprint(s *validation.Submission) (sum [sha256.Size]byte) {
	body := s.AppendBody(nil) // with passwords, and room enough for them
	defer clear(body)
	p.mac(sum[:0], []byte("body\x00"), body)
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
