package uniqueness

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"net/http"
	"testing"
)

// TestKeptAnswersAreSealed: the store shows nothing of an answer, and one that
// was moved to another entry, damaged, or kept under another pepper is not given.
func TestKeptAnswersAreSealed(t *testing.T) {
	const canary = "c4n4ry"
	ours, theirs := &pepper{key: bytes.Repeat([]byte{1}, 32)}, &pepper{key: bytes.Repeat([]byte{2}, 32)}
	id := ours.requestID("default", "k")
	sealed, err := ours.seal(id, &keptAnswer{Fingerprint: sha256.Sum256([]byte("x")), Answer: Answer{Status: 201, Header: http.Header{"X": {canary}}, Body: []byte(canary)}})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte(canary)) {
		t.Error("the store shows the answer")
	}
	if again, err := ours.seal(id, &keptAnswer{}); err != nil || bytes.Equal(again[:12], sealed[:12]) {
		t.Errorf("two answers have the same nonce: %v", err)
	}
	kept, err := ours.open(id, sealed)
	if err != nil || string(kept.Answer.Body) != canary || kept.Answer.Header.Get("X") != canary || kept.Fingerprint != sha256.Sum256([]byte("x")) {
		t.Errorf("opened %+v, %v", kept, err)
	}
	damaged := bytes.Clone(sealed)
	damaged[len(damaged)-1] ^= 1
	for name, open := range map[string]func() (*keptAnswer, error){
		"another entry":  func() (*keptAnswer, error) { return ours.open(ours.requestID("default", "l"), sealed) },
		"another tenant": func() (*keptAnswer, error) { return ours.open(ours.requestID("acme", "k"), sealed) },
		"another pepper": func() (*keptAnswer, error) { return theirs.open(id, sealed) },
		"damaged":        func() (*keptAnswer, error) { return ours.open(id, damaged) },
		"cut off":        func() (*keptAnswer, error) { return ours.open(id, sealed[:11]) },
		"empty":          func() (*keptAnswer, error) { return ours.open(id, nil) },
	} {
		if _, err := open(); !errors.Is(err, errForeignAnswer) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

// TestFingerprintLeavesNoCopies: a copy of a password is one that nobody wipes.
func TestFingerprintLeavesNoCopies(t *testing.T) {
	pepper, body := pepperOf("a"), []byte(`{"password":"secret"}`)
	mac := testing.AllocsPerRun(100, func() { pepper.mac(make([]byte, 0, sha256.Size), []byte("x")) })
	if n := testing.AllocsPerRun(100, func() { pepper.fingerprint("/register", body) }); n > mac+3 { // the pool of MACs loses some under the race detector
		t.Errorf("%v allocations, want %v for the MAC", n, mac)
	}
}
