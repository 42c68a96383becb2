package reuse

import (
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"
)

// called are words that nobody else is called.
func called(from, to int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := from; i < to && yield(fmt.Sprintf("word%d", i)); i++ {
		}
	}
}

// TestTakeWithWords: what one person is called is judged as often as the limit
// says, and so are a few corrections. Too many words are the last, unless they
// come first. A new word may pass for an old one, which ten allow for.
func TestTakeWithWords(t *testing.T) {
	type request struct {
		from, to int // the words
		after    time.Duration
		answered bool
	}
	const most, ten = MaxWords, 10
	for name, requests := range map[string][]request{
		"one person":                           {{0, ten, 0, true}, {0, ten, 0, true}, {0, ten, 0, true}},
		"nobody":                               {{0, 0, 0, true}, {0, 0, 0, true}},
		"corrections":                          {{0, ten, 0, true}, {1, ten + 3, 0, true}, {4, ten + 6, 0, true}, {4, ten + 9, 0, true}},
		"back and forth":                       {{0, ten, 0, true}, {3, ten + 3, 0, true}, {0, ten, 0, true}, {3, ten + 3, 0, true}},
		"another person":                       {{0, ten, 0, true}, {ten, most + ten, 0, false}},
		"a word at a time":                     {{0, most, 0, true}, {most, most + ten, 0, false}},
		"too many, then as before":             {{0, ten, 0, true}, {0, most + ten, 0, false}, {0, ten, 0, false}},
		"too many, then none":                  {{0, ten, 0, true}, {0, most + ten, 0, false}, {0, 0, 0, false}},
		"too many at first":                    {{0, most + ten, 0, true}, {0, most + ten, 0, false}},
		"too many at first, then some of them": {{0, most + ten, 0, true}, {0, 3, 0, false}},
		"far too many":                         {{0, 1000, 0, true}, {0, 0, 0, false}},
		"a new window":                         {{0, ten, 0, true}, {0, ten, time.Hour, true}, {0, ten, 2 * time.Hour, true}},
		"a new window after too many":          {{0, most + ten, 0, true}, {0, ten, time.Hour - 1, false}, {0, ten, time.Hour, false}, {0, ten, 100 * time.Hour, false}},
		"a new person in each":                 {{0, ten, 0, true}, {100, 105, time.Hour, true}, {200, 220, 2 * time.Hour, false}, {0, ten, 3 * time.Hour, false}},
	} {
		t.Run(name, func(t *testing.T) {
			limit, ciphertext, began := Limit{Count: 20, Window: time.Hour}, fresh(t), time.Now()
			for i, r := range requests {
				if got := limit.Take(ciphertext, limit.Words(called(r.from, r.to)), began.Add(r.after)); got != r.answered {
					t.Errorf("request %d is answered: %t, want %t", i+1, got, r.answered)
				}
			}
			if !limit.Take(fresh(t), limit.Words(called(0, most)), began) {
				t.Error("another ciphertext is refused")
			}
		})
	}
}

func TestWordsWithoutALimit(t *testing.T) {
	var none Limit
	if words := none.Words(called(0, 5)); words != nil {
		t.Errorf("%d words are hashed", len(words))
	}
	ciphertext := fresh(t)
	for i := range 100 {
		if !none.Take(ciphertext, none.Words(called(100*i, 100*i+100)), time.Now()) {
			t.Fatal("it is refused")
		}
	}
}

// TestWordsAreCountedApart: against what a ciphertext was judged, and which words
// pass for others, says nothing about another one.
func TestWordsAreCountedApart(t *testing.T) {
	made := newTags()
	words := func(n int) Words {
		return slices.Collect(func(yield func(uint64) bool) {
			for range n {
				if !yield(made.next()) {
					return
				}
			}
		})
	}
	one, other, known := entry{tag: made.next()}, entry{tag: made.next()}, words(MaxWords)
	one.judge(known)
	other.judge(known)
	free := 0 // words that pass for others
	alike := 0
	for _, word := range words(100_000) {
		if passes(one, word) {
			free++
			if passes(other, word) {
				alike++
			}
		}
	}
	if free > 100_000/1000 || alike > 5 {
		t.Errorf("%d of 100000 words pass for others, and %d of these for another ciphertext too", free, alike)
	}
}

// passes reports whether a word passes for one of those that an entry knows.
func passes(e entry, word uint64) bool {
	before := e.words
	e.judge(Words{word})
	return e.words == before
}
