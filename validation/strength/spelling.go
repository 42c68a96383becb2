package strength

import "math"

const (
	alphabet = 26
	bitParts = 8 // likenesses are in eighths of bits

	// Counts that every letter gets beside its own, lest one be impossible: as
	// much as this many words of what is likely when one letter less is known.
	priorPairs   = 1
	priorTriples = 4
)

// spelling tells how the words of a dictionary are spelled: how much likelier a
// letter is in front of the one or two letters that follow it than at random, in
// eighths of bits, negative for less likely.
type spelling struct {
	pairs   [alphabet][alphabet]int8
	triples [alphabet][alphabet][alphabet]int8
}

// of returns how likely a small letter is in front of two others, the second of
// which may be absent (0).
func (s *spelling) of(letter, next, afterNext rune) int {
	if afterNext == 0 {
		return int(s.pairs[letter-'a'][next-'a'])
	}
	return int(s.triples[letter-'a'][next-'a'][afterNext-'a'])
}

// counts are how often pairs and triples of letters occur in a dictionary. A
// beginning that several words share counts once.
type counts struct {
	pairs   [alphabet][alphabet]float64
	triples [alphabet][alphabet][alphabet]float64
}

// learnSpelling compares how often pairs and triples of letters occur.
func (d *dictionary) learnSpelling() *spelling {
	var seen counts
	for i, n := range d.nodes[:len(d.nodes)-1] {
		if !isLetter(n.char()) {
			continue
		}
		for j := n.link(); j < d.nodes[i+1].link(); j++ {
			if next := d.nodes[j]; isLetter(next.char()) {
				seen.pairs[n.char()-'a'][next.char()-'a']++
				d.countTriples(&seen, n.char(), j)
			}
		}
	}
	return seen.spelling()
}

// countTriples counts the triples of a letter, a node and its children.
func (d *dictionary) countTriples(seen *counts, first rune, at uint32) {
	second := d.nodes[at].char()
	for _, third := range d.nodes[d.nodes[at].link():d.nodes[at+1].link()] {
		if isLetter(third.char()) {
			seen.triples[first-'a'][second-'a'][third.char()-'a']++
		}
	}
}

// spelling turns counts into likenesses.
func (seen *counts) spelling() *spelling {
	s := new(spelling)
	for b := range alphabet {
		before := float64(alphabet * priorPairs)
		for a := range alphabet {
			before += seen.pairs[a][b]
		}
		for a := range alphabet {
			ratio := (seen.pairs[a][b] + priorPairs) / before * alphabet
			s.pairs[a][b] = eighths(ratio)
			for c := range alphabet {
				s.triples[a][b][c] = eighths(seen.triple(a, b, c, ratio))
			}
		}
	}
	return s
}

// triple returns how much likelier a is in front of b and c than at random.
func (seen *counts) triple(a, b, c int, prior float64) float64 {
	before := float64(alphabet * priorTriples)
	for x := range alphabet {
		before += seen.triples[x][b][c]
	}
	return (seen.triples[a][b][c]*alphabet + prior*alphabet*priorTriples) / before
}

// eighths returns the logarithm of a ratio in eighths of bits.
func eighths(ratio float64) int8 {
	return int8(math.Round(max(-128, min(127, bitParts*math.Log2(ratio)))))
}
