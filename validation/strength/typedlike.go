package strength

import "unicode/utf8"

const (
	leastTypedLike = 6  // keys
	mostTypedLike  = 20 // keys: of two words, which no spelling tells apart
	typedLikeness  = 32 // eighths of bits
)

// typedLike offers the runs of keys ending at a place that are spelled like a word of
// another script: in regular shift, and likelier in a word than at random by what
// chance does not do.
func typedLike(c *cover, place int, s *spelling) {
	var next [2]rune
	likeness, rest := 0, c.shifted[place-1]
	for at := place - 1; at >= max(0, place-mostTypedLike); at-- {
		char := c.text[at]
		if char >= utf8.RuneSelf || letterNumbers[unshifted[char]] == cyrillicKeys || rest && !c.shifted[at] {
			return
		}
		char = unshifted[char]
		if next[0] != 0 {
			likeness += s.of(char, next[0], next[1])
		}
		next[0], next[1] = char, next[0]
		if place-at >= leastTypedLike && likeness >= typedLikeness {
			c.offer(at, place, wordLikePoints, KindWordLike)
		}
		if c.shifted[at] && !rest { // the capital in front
			return
		}
	}
}
