package strength

import "math/bits"

// charBits is a set of characters, one bit each. Those whose codes differ by a multiple
// of 32 share one: letters have each their own, and few words have anything else.
type charBits uint32

func bitOf(char rune) charBits { return 1 << (char % 32) }

// beginnings are the first leastWord characters of the words of dictionaries: by the
// first three, what can be the fourth. Most walks would end before it, and need
// not begin. No word is shorter.
type beginnings struct {
	thirds  [32][32]charBits // what can be the third, by the first two: small enough for a cache
	fourths [32][32][32]charBits
}

// learn enters those of a dictionary.
func (b *beginnings) learn(d *dictionary) {
	for i, first := range d.children(0) {
		for j, second := range d.children(i) {
			for k, third := range d.children(j) {
				b.thirds[first.char()%32][second.char()%32] |= bitOf(third.char())
				of := &b.fourths[first.char()%32][second.char()%32][third.char()%32]
				for _, fourth := range d.children(k) {
					*of |= bitOf(fourth.char())
				}
			}
		}
	}
}

// have tells whether a word may begin with these characters.
func (b *beginnings) have(first, second, third, fourth rune) bool {
	return b.thirds[first%32][second%32]&bitOf(third) != 0 &&
		b.fourths[first%32][second%32][third%32]&bitOf(fourth) != 0
}

// haveAny tells whether a word may begin with one of each of these sets.
func (b *beginnings) haveAny(first, second, third, fourth charBits) bool {
	for ; first != 0; first &= first - 1 {
		for second := second; second != 0; second &= second - 1 {
			i, j := first.least(), second.least()
			for third := third & b.thirds[i][j]; third != 0; third &= third - 1 {
				if b.fourths[i][j][third.least()]&fourth != 0 {
					return true
				}
			}
		}
	}
	return false
}

// least is the number of the first bit that is set.
func (s charBits) least() int { return bits.TrailingZeros32(uint32(s)) % 32 }
