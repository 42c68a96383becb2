package strength

import "unicode/utf8"

const (
	leastTypedLike = 6  // keys
	mostTypedLike  = 20 // keys: of two words, which no spelling tells apart

	// The keys must be so much likelier in a word of the script than at random or in
	// an English word, in eighths of bits; then, so much that chance is out of the
	// question.
	typedLikeness = 32
	certainTyped  = 48
	certainPoints = 2
)

// offerTypedLike offers the runs of keys ending at a place that are spelled like a
// word of the dictionary's script: in regular shift, and neither by chance nor
// because they are Latin letters of a word.
func (d *dictionary) offerTypedLike(c *cover, place int, english *spelling) {
	if d.spelling == nil || place < len(c.text) && isLetter(c.text[place]) && !c.shifted[place] {
		return // no such words, or amid letters
	}
	var next [2]rune
	likeness, latin, rest := 0, 0, c.shifted[place-1]
	for at := place - 1; at >= max(0, place-mostTypedLike); at-- {
		char := c.text[at]
		if char >= utf8.RuneSelf || rest && !c.shifted[at] {
			return
		}
		if char = unshifted[char]; letterNumbers[char] == typedLetters {
			return
		}
		if next[0] != 0 {
			likeness += d.spelling.of(char, next[0], next[1])
			latin += english.of(char, next[0], next[1])
		}
		next[0], next[1] = char, next[0]
		if place-at >= leastTypedLike {
			offerLikely(c, at, place, likeness-max(0, latin))
		}
		if c.shifted[at] && !rest { // the capital in front
			return
		}
	}
}

// offerLikely offers a run that is so much likelier a word than something else.
func offerLikely(c *cover, from, to, likeness int) {
	switch {
	case likeness >= certainTyped:
		c.offer(from, to, certainPoints, KindWordLike)
	case likeness >= typedLikeness:
		c.offer(from, to, wordLikePoints, KindWordLike)
	}
}
