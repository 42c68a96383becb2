package reuse

import (
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"slices"
)

// Words are the words that the plaintexts of a request are judged against, as
// keyed hashes, which never leave the process.
type Words []uint64

// Words hashes words, each of which is to come once. It takes the same time
// whatever becomes of the ciphertexts. There are none without a limit.
func (l Limit) Words(words iter.Seq[string]) Words {
	if l.Count == 0 || words == nil {
		return nil
	}
	hashed := make(Words, 0, MaxWords)
	for word := range words {
		hashed = append(hashed, process().word(word))
	}
	return hashed
}

func (m *memory) word(word string) uint64 {
	var room [128]byte
	sum := sha256.Sum256(append(append(room[:0], m.key[:]...), word...))
	return binary.BigEndian.Uint64(sum[:])
}

// judge adds words to those of earlier answers, and reports whether there are
// not too many now. After too many there is no room for any.
func (e *entry) judge(words Words) bool {
	for _, word := range words {
		mark := uint16(mix(e.tag^word) >> 48)
		if e.words > MaxWords || slices.Contains(e.judged[:e.words], mark) {
			continue
		}
		if e.words < MaxWords {
			e.judged[e.words] = mark
		}
		e.words++
	}
	return e.words <= MaxWords
}

// mix is the finalizer of MurmurHash3. With it, which words pass for another, one in
// some thousands, differs from one ciphertext to the next: whoever found out about some with a
// ciphertext of their own knows nothing about those for a captured one.
func mix(x uint64) uint64 {
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
