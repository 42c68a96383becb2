package strength

import "unicode/utf8"

const (
	wordLikePoints = 3
	leastWordLike  = 4  // letters
	mostWordLike   = 12 // letters: longer words are rare, longer phrases are not bad
	lettersByDigit = 5  // so many letters can hold one digit as if it were one of them

	// Letters alone can be so much less likely in a word than at random, in
	// eighths of bits: one odd pair, as in a foreign name, does not matter.
	plainOddness = 48
	// With look-alikes, of which random characters are full, each pair must on
	// average be so much likelier, and more so for a digit to be free.
	swappedLikeness = 4
	digitLikeness   = 8
)

// wordLike offers the runs ending at a place that read like a word: letters of
// one case, or with a capital in front, in pairs that words are made of. A leet
// character does not part the letters, but counts what it would count for
// itself, except for one digit within letters.
func wordLike(c *cover, place int, pairs *pairs) {
	w := wordShape{pairs: pairs}
	for length := 1; length <= min(mostWordLike, place); length++ {
		at := place - length
		if !w.prepend(c.text[at], c.shifted[at]) {
			return
		}
		if w.letters >= leastWordLike && w.likely() {
			c.offer(at, place, w.points(), KindWordLike)
		}
	}
}

// wordShape is what is known of a run of letters that is read backward.
type wordShape struct {
	pairs    *pairs
	letters  int
	swaps    int  // leet characters
	digit    bool // one of them is a digit with letters behind it
	first    rune // the letter in front, or what is read as one
	likeness int  // of all pairs
	lower    bool
	upper    bool
}

// likely tells whether the pairs of letters are those of a word.
func (w *wordShape) likely() bool {
	if w.swaps == 0 {
		return w.likeness >= -plainOddness
	}
	return w.averages(swappedLikeness)
}

// averages tells whether the pairs are at least so likely on average.
func (w *wordShape) averages(likeness int) bool {
	return w.likeness >= likeness*(w.letters+w.swaps-1)
}

// points returns what the run counts.
func (w *wordShape) points() int {
	points := wordLikePoints + w.swaps
	if w.digit && w.letters >= lettersByDigit && w.averages(digitLikeness) {
		points--
	}
	return points
}

// prepend puts a character in front of the run. It tells whether the run can
// still be that of a word.
func (w *wordShape) prepend(char rune, upper bool) bool {
	if w.lower && w.upper { // the capital in front has been read
		return false
	}
	if isLetter(char) {
		if w.upper && !upper {
			return false
		}
		w.letters++
		w.lower, w.upper = w.lower || !upper, w.upper || upper
	} else {
		if char >= utf8.RuneSelf || leetLetters[char] == "" {
			return false
		}
		w.swaps++
		w.digit = w.digit || isDigit(char) && w.letters > 0
		char = rune(leetLetters[char][0])
	}
	if w.first != 0 {
		w.likeness += w.pairs.of(char, w.first)
	}
	w.first = char
	return true
}
