package strength

import "unicode/utf8"

const (
	wordLikePoints = 3
	leastWordLike  = 4  // letters
	mostWordLike   = 12 // letters: longer words are rare, longer phrases are not bad

	// Letters alone can be so much less likely in a word than at random, in
	// eighths of bits: one odd pair, as in a foreign name, does not matter. Few
	// letters can have no odd pair: random ones are more often likely.
	plainLikeness = -48
	briefLikeness = -8
	briefWord     = 5 // letters
	// With look-alikes, of which random characters are full, each letter must on
	// average be so much likelier, and all together so much for what cannot be
	// chance.
	swappedLikeness  = 4
	disguiseLikeness = 40
	disguisePoints   = 1

	// Letters that are capitals in turn are a word when there are enough of them
	// and they cannot be chance.
	leastAlternating = 6 // letters
)

// wordLike offers the runs ending at a place that read like a word: letters of
// one case, with a capital in front, or capitals in turn, spelled as words are. A leet character
// does not part the letters, but counts what it would count for itself, unless
// the run is so likely a word that it must be one in disguise.
func wordLike(c *cover, place int, s *spelling) {
	w := wordShape{spelling: s, alternating: true}
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
	spelling *spelling
	letters  int
	swaps    int     // leet characters
	next     [2]rune // the two letters in front, or what is read as such
	likeness int
	lower    bool
	upper    bool

	capital     bool // whether the letter in front is one
	irregular   bool // whether there are capitals elsewhere than in front
	alternating bool // whether every other letter is one
}

// likely tells whether the run is spelled like a word.
func (w *wordShape) likely() bool {
	switch {
	case w.irregular:
		return w.letters >= leastAlternating && w.swaps == 0 && w.likeness >= disguiseLikeness
	case w.swaps > 0:
		return w.likeness >= swappedLikeness*(w.letters+w.swaps)
	case w.letters <= briefWord:
		return w.likeness >= briefLikeness
	}
	return w.likeness >= plainLikeness
}

// points returns what the run counts.
func (w *wordShape) points() int {
	if w.likeness >= disguiseLikeness {
		return wordLikePoints + min(disguisePoints, w.swaps)
	}
	return wordLikePoints + w.swaps
}

// prepend puts a character in front of the run. It tells whether the run can
// still be that of a word.
func (w *wordShape) prepend(char rune, upper bool) bool {
	if isLetter(char) {
		return w.prependLetter(char, upper)
	}
	if w.lower && w.upper { // the capital in front has been read
		return false
	}
	if char >= utf8.RuneSelf || leetLetters[char] == "" {
		return false
	}
	w.swaps++
	w.read(w.likeliest(leetLetters[char]))
	return true
}

// prependLetter puts a letter in front of the run: see prepend.
func (w *wordShape) prependLetter(char rune, upper bool) bool {
	w.irregular = w.irregular || w.upper && (w.lower || !upper)
	w.alternating = w.alternating && (w.letters == 0 || upper != w.capital)
	if w.irregular && !w.alternating {
		return false
	}
	w.letters++
	w.lower, w.upper, w.capital = w.lower || !upper, w.upper || upper, upper
	w.read(char)
	return true
}

// likeliest returns the letter that is the likeliest in front of the run.
func (w *wordShape) likeliest(letters string) rune {
	best := rune(letters[0])
	for _, letter := range letters[1:] {
		if w.next[0] != 0 && w.of(letter) > w.of(best) {
			best = letter
		}
	}
	return best
}

// of returns how likely a letter is in front of the run.
func (w *wordShape) of(letter rune) int { return w.spelling.of(letter, w.next[0], w.next[1]) }

// read puts a letter in front of the run.
func (w *wordShape) read(letter rune) {
	if w.next[0] != 0 {
		w.likeness += w.of(letter)
	}
	w.next[0], w.next[1] = letter, w.next[0]
}
