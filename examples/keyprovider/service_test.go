package kms_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // MGF1's of Java
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys"
)

// A service is a KMS of the tests.
type service struct {
	*httptest.Server
	pairs []*pair
	list  []byte

	trouble atomic.Pointer[http.HandlerFunc] // nil while all is well
	ended   chan struct{}                    // with the test
}

// A pair is an RSA key pair as the KMS lists it.
type pair struct {
	ID        string `json:"id"`
	Tenant    string `json:"tenant"`
	PublicKey string `json:"public_key"`

	private *rsa.PrivateKey
}

func newPair(id, tenant string) *pair { return &pair{ID: id, Tenant: tenant} }

// newService starts a KMS with such keys, made on the spot.
func newService(t *testing.T, pairs ...*pair) *service {
	t.Helper()
	for _, p := range pairs {
		var err error
		if p.private, err = keys.Generate(keys.DefaultBits); err != nil {
			t.Fatal(err)
		}
		if p.PublicKey, err = keys.PublicBase64(&p.private.PublicKey); err != nil {
			t.Fatal(err)
		}
	}
	list, err := json.Marshal(pairs)
	if err != nil {
		t.Fatal(err)
	}
	s := &service{pairs: pairs, list: list, ended: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /keys", s.serveList)
	mux.HandleFunc("POST /decrypt", s.serveDecrypt)
	s.Server = httptest.NewServer(s.troubled(mux))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(s.ended) })
	return s
}

func (s *service) troubled(next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if trouble := s.trouble.Load(); trouble != nil {
			(*trouble)(w, r)
			return
		}
		next.ServeHTTP(w, r)
	}
}

func (s *service) begin(trouble http.HandlerFunc) { s.trouble.Store(&trouble) }

func (s *service) fail() {
	s.begin(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
}

func (s *service) hang() {
	s.begin(func(http.ResponseWriter, *http.Request) { <-s.ended })
}

// cut has the KMS break off in the middle of its answers.
func (s *service) cut() {
	s.begin(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, password)
	})
}

// listing has the KMS give another list.
func (s *service) listing(list string) *service {
	s.list = []byte(list)
	return s
}

func (s *service) serveList(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(s.list) }

func (s *service) serveDecrypt(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	hashes := map[string]crypto.Hash{"SHA-1": crypto.SHA1, "SHA-256": crypto.SHA256}
	hash, mgf1 := hashes[query.Get("hash")], hashes[query.Get("mgf1")]
	p := s.pair(query.Get("key"))
	ciphertext, err := io.ReadAll(r.Body)
	if p == nil || hash == 0 || mgf1 == 0 || err != nil {
		http.Error(w, "no such key, or no such hash", http.StatusBadRequest)
		return
	}
	plaintext, err := p.private.Decrypt(nil, ciphertext, &rsa.OAEPOptions{Hash: hash, MGFHash: mgf1})
	if err != nil {
		http.Error(w, "it cannot be opened", http.StatusUnprocessableEntity)
		return
	}
	_, _ = w.Write(plaintext)
}

func (s *service) pair(id string) *pair {
	i := slices.IndexFunc(s.pairs, func(p *pair) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return s.pairs[i]
}

// encrypt is what a client does with the public key.
func (s *service) encrypt(t *testing.T, id string, mgf1 crypto.Hash) string {
	t.Helper()
	ciphertext, err := rsa.EncryptOAEPWithOptions(rand.Reader, &s.pair(id).private.PublicKey, []byte(password),
		&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: mgf1})
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(ciphertext)
}
