package strength

import (
	"math"
	"unicode/utf8"
)

const (
	bitParts = 8 // likenesses are in eighths of bits

	// The alphabets, by how many characters of alphabet they have.
	latinLetters = 26
	typedLetters = 33

	// Counts that every letter gets beside its own, lest one be impossible: as
	// much as this many words of what is likely when one letter less is known.
	priorPairs   = 1
	priorTriples = 4
)

// alphabet holds the letters of words, and behind those of Latin ones the other keys
// of a US keyboard that letters of other scripts are typed with.
const alphabet = "abcdefghijklmnopqrstuvwxyz[];',.`"

// letterNumbers are the numbers of the characters in the alphabet, beyond it for the
// others.
var letterNumbers = func() (numbers [utf8.RuneSelf]uint8) {
	for char := range numbers {
		numbers[char] = typedLetters
	}
	for i := range alphabet {
		numbers[alphabet[i]] = uint8(i)
	}
	return numbers
}()

// spelling tells how the words of a dictionary are spelled: how much likelier a
// letter is in front of the one or two letters that follow it than at random, in
// eighths of bits, negative for less likely.
type spelling struct {
	pairs   [typedLetters][typedLetters]int8
	triples [typedLetters][typedLetters][typedLetters]int8
}

// of returns how likely a small letter is in front of two others, the second of
// which may be absent (0).
func (s *spelling) of(letter, next, afterNext rune) int {
	first, second := letterNumbers[letter], letterNumbers[next]
	if afterNext == 0 {
		return int(s.pairs[first][second])
	}
	return int(s.triples[first][second][letterNumbers[afterNext]])
}

// counts are how often pairs and triples of letters occur in a dictionary. A
// beginning that several words share counts once.
type counts struct {
	letters int // of the alphabet
	pairs   [typedLetters][typedLetters]float64
	triples [typedLetters][typedLetters][typedLetters]float64
}

// learnSpelling compares how often pairs and triples of the first so many letters of
// the alphabet occur.
func (d *dictionary) learnSpelling(letters int) *spelling {
	seen := counts{letters: letters}
	for i, n := range d.nodes[:len(d.nodes)-1] {
		first := seen.number(n)
		if first == letters {
			continue
		}
		for j := n.link(); j < d.nodes[i+1].link(); j++ {
			if second := seen.number(d.nodes[j]); second < letters {
				seen.pairs[first][second]++
				d.countTriples(&seen, first, second, j)
			}
		}
	}
	return seen.spelling()
}

// number returns the number of the letter of a node, that of all letters when there
// is none.
func (seen *counts) number(n node) int {
	return min(seen.letters, int(letterNumbers[n.char()]))
}

// countTriples counts the triples of a letter, that of a node, and those of its
// children.
func (d *dictionary) countTriples(seen *counts, first, second int, at uint32) {
	for _, n := range d.nodes[d.nodes[at].link():d.nodes[at+1].link()] {
		if third := seen.number(n); third < seen.letters {
			seen.triples[first][second][third]++
		}
	}
}

// spelling turns counts into likenesses.
func (seen *counts) spelling() *spelling {
	s := new(spelling)
	letters := float64(seen.letters)
	for b := range seen.letters {
		before := letters * priorPairs
		for a := range seen.letters {
			before += seen.pairs[a][b]
		}
		var ratios [typedLetters]float64
		for a := range seen.letters {
			ratios[a] = (seen.pairs[a][b] + priorPairs) / before * letters
			s.pairs[a][b] = eighths(ratios[a])
		}
		for c := range seen.letters {
			seen.triplesBefore(s, &ratios, b, c)
		}
	}
	return s
}

// triplesBefore sets how much likelier letters are in front of b and c than at random,
// given how much likelier they are in front of b.
func (seen *counts) triplesBefore(s *spelling, ratios *[typedLetters]float64, b, c int) {
	letters := float64(seen.letters)
	before := letters * priorTriples
	for a := range seen.letters {
		before += seen.triples[a][b][c]
	}
	for a := range seen.letters {
		s.triples[a][b][c] = eighths((seen.triples[a][b][c]*letters + ratios[a]*letters*priorTriples) / before)
	}
}

// eighths returns the logarithm of a ratio in eighths of bits.
func eighths(ratio float64) int8 {
	return int8(math.Round(max(-128, min(127, bitParts*math.Log2(ratio)))))
}
