package strength

import (
	"strings"
	"unicode/utf8"
)

const (
	leastWide      = 5  // letters
	leastUndrawn   = 3  // letters of the shortest words that are letters
	widePoints     = 1  // for the drawing
	mostWideVisits = 24 // of nodes, as in mostWordVisits
)

// wideSpellings are signs, and several characters together, that are drawn for a
// letter by who knows leet well. A single one of them in random characters means
// nothing, so that they count only for words of some length.
const wideSpellings = `^ a /\ a |3 b < c { c |) d & e ph f |= f & g # h |-| h |< k |{ k |_ l |v| m /v\ m |\/| m |\| n /\/ n * o () o ` +
	`|2 r |_| u \/ v vv w \/\/ w % x >< x`

// wideReading is a letter for some characters.
type wideReading struct {
	behind string // the first of them
	letter rune
}

// wideReadings are those that begin with a character.
var wideReadings = func() (table [utf8.RuneSelf][]wideReading) {
	fields := strings.Fields(wideSpellings)
	for i := 0; i < len(fields); i += 2 {
		first := fields[i][0]
		table[first] = append(table[first], wideReading{fields[i][1:], rune(fields[i+1][0])})
	}
	return table
}()

// fits tells whether the characters behind the first one are those of the reading.
func (r *wideReading) fits(behind []rune) bool {
	if len(behind) < len(r.behind) {
		return false
	}
	for i := range r.behind {
		if behind[i] != rune(r.behind[i]) {
			return false
		}
	}
	return true
}

// hasWide tells whether a text has letters that are drawn.
func hasWide(text []rune) bool {
	for i, char := range text {
		if char >= utf8.RuneSelf {
			continue
		}
		for _, reading := range wideReadings[char] {
			if reading.fits(text[i+1:]) {
				return true
			}
		}
	}
	return false
}

// wideWalk follows the words of a dictionary along a text with drawn letters.
type wideWalk struct {
	cover  *cover
	words  *dictionary
	origin int
	budget int // how many more nodes may be visited
}

// offerWide offers the words that start at a place and have a letter that is drawn.
func (d *dictionary) offerWide(c *cover, place int) {
	walk := wideWalk{cover: c, words: d, origin: place, budget: mostWideVisits}
	walk.follow(0, place, wideWord{})
}

// wideWord is what a walk has read.
type wideWord struct {
	letters int
	plain   int  // of them, as they are
	wide    bool // whether others are drawn
}

// with returns the word with one more letter.
func (r wideWord) with(plain, wide bool) wideWord {
	r.letters++
	if plain {
		r.plain++
	}
	r.wide = r.wide || wide
	return r
}

// follow goes on from a node and a place.
func (w *wideWalk) follow(node uint32, at int, read wideWord) {
	char := w.cover.charAt(at, 0, false)
	if char == noChar || w.budget == 0 {
		return
	}
	w.budget--
	if char >= utf8.RuneSelf {
		return
	}
	plain := &asciiReadings[char]
	for i, letter := range plain.chars[:plain.number] {
		w.step(node, letter, at+1, read.with(i == 0, false))
	}
	for _, reading := range wideReadings[char] {
		if reading.fits(w.cover.text[at+1:]) {
			w.step(node, reading.letter, at+1+len(reading.behind), read.with(false, true))
		}
	}
}

// step goes to the child of a node and offers the word that ends there.
func (w *wideWalk) step(node uint32, letter rune, at int, read wideWord) {
	next := w.words.child(node, letter)
	if next == 0 {
		return
	}
	n := w.words.nodes[next]
	common := n&nodeCommon != 0
	if n&nodeWord != 0 && read.wide && w.mayBeMeant(at, read, common) {
		points := rarePoints
		if common {
			points = commonPoints
		}
		w.cover.offer(w.origin, at, points+widePoints, KindWord)
	}
	if n&nodeParent != 0 {
		w.follow(next, at, read)
	}
}

// mayBeMeant tells whether what has been read can be meant to be a word: random
// characters make a short one by chance.
func (w *wideWalk) mayBeMeant(at int, read wideWord, common bool) bool {
	if read.letters > shortWord {
		return true
	}
	return common && read.letters >= leastWide && read.plain >= leastUndrawn && w.cover.regularCase(w.origin, at)
}
