package strength

import "math"

const (
	alphabet    = 26
	bitParts    = 8 // pairs are in eighths of bits
	unseenPairs = 1 // counted for each pair, lest one be impossible
)

// pairs tell how much likelier each pair of letters is in the words of a
// dictionary than among random letters, in eighths of bits, negative for less
// likely.
type pairs [alphabet][alphabet]int8

// of returns the entry of a pair of small letters.
func (p *pairs) of(first, second rune) int { return int(p[first-'a'][second-'a']) }

// countPairs compares how often the pairs of letters occur in a dictionary. A
// beginning that several words share counts once.
func (d *dictionary) countPairs() pairs {
	var counts [alphabet][alphabet]int
	total := 0
	for i, n := range d.nodes[:len(d.nodes)-1] {
		if !isLetter(n.char()) {
			continue
		}
		for _, child := range d.nodes[n.link():d.nodes[i+1].link()] {
			if isLetter(child.char()) {
				counts[n.char()-'a'][child.char()-'a']++
				total++
			}
		}
	}
	var p pairs
	average := float64(total)/(alphabet*alphabet) + unseenPairs
	for first := range counts {
		for second, count := range counts[first] {
			ratio := float64(count+unseenPairs) / average
			p[first][second] = int8(math.Round(bitParts * math.Log2(ratio)))
		}
	}
	return p
}
