// Package reuse bounds how many answers are given about one ciphertext, and about
// how many words they tell something.
//
// Whoever captured a ciphertext elsewhere cannot open it, but could send it
// with guesses in the other fields and learn from the answers what it holds.
// An honest client sends one a few times, while its user corrects a form.
package reuse

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// MaxWords is against how many words one ciphertext is judged, whatever the limit and
// its window: a client that sends a form again an hour later encrypts anew. What one
// person is called makes some ten.
const MaxWords = 24

// A Limit is how many answers are given about one ciphertext in a window of
// time. The zero value is no limit.
type Limit struct {
	// Count is how many answers are given at most; 0 is no limit.
	Count int

	// Window begins with the first answer about a ciphertext. When it is over,
	// counting begins anew.
	Window time.Duration
}

// Take takes one of the answers that the limit allows about a ciphertext, and
// reports whether there was one left. It is safe for concurrent use.
//
// The words are those that the plaintext is going to be judged against. When
// they would be more than MaxWords together with those of earlier answers, there
// is no answer, and none any more while the ciphertext is remembered. The first answer
// is given however many there are: nobody is refused for having many names.
//
// A ciphertext is given as the octets that were opened, of which there must be
// one form only. Only those that open should come here: they alone can be
// probed, and nobody can fill the memory with junk.
//
// The answers are counted for the whole process: every gate, tenant and
// configuration that has the same window draws on the same ones. A tenant need
// not be named, as a ciphertext opens with one key. The window counts as a part
// of the ciphertext's name: otherwise a gate with a short window would begin
// the count anew for one with a long window.
func (l Limit) Take(ciphertext []byte, words Words, now time.Time) bool {
	if l.Count == 0 {
		return true
	}
	m := process()
	tag := m.tag(ciphertext, l.Window)
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.answers.take(tag, words, l.Count, l.Window, now.Sub(m.began))
}

// memory is what is known of the ciphertexts that were sent.
type memory struct {
	key   [sha256.Size]byte
	began time.Time // times are counted from here, by the monotonic clock

	mu      sync.Mutex // held for a fraction of a microsecond, between operations of about a millisecond
	answers *table
}

// ciphertexts is how many are remembered, in 13 MiB.
const ciphertexts = 1 << 17

// process is the memory of this process, made when it is first needed.
var process = sync.OnceValue(func() *memory {
	m := &memory{began: time.Now(), answers: newTable(ciphertexts)}
	rand.Read(m.key[:]) // it never fails
	return m
})

// tag is a keyed hash: nobody can find two ciphertexts with the same one, and
// no ciphertext is kept. It never leaves the process.
func (m *memory) tag(ciphertext []byte, window time.Duration) uint64 {
	var room [sha256.Size + 8 + keys.MaxBits/8]byte
	input := append(room[:0], m.key[:]...)
	input = binary.BigEndian.AppendUint64(input, uint64(window))
	input = append(input, ciphertext...)
	sum := sha256.Sum256(input)
	return max(binary.BigEndian.Uint64(sum[:]), 1) // 0 is an empty slot of the table
}
