package strength

import (
	"math"
	"slices"
	"unicode/utf8"
)

// maxChars is how many characters of a password are judged.
const maxChars = 128

// cover finds the cheapest way to cover a text with pieces: dynamic
// programming over the places between its characters. The places are visited
// in order; a finder is asked at each place for the pieces that end or start
// there, and offers them.
type cover struct {
	text     []rune // folded
	typed    []rune // the same characters, not folded
	shifted  []bool // which characters were typed with the shift key
	keyed    bool   // whether keys of another script have been pressed for it
	squeezed bool   // whether one character may stand for two in a row
	foreign  bool   // whether there are letters of other scripts
	brief    bool   // whether the text is short enough to look for rare disguises
	drawn    bool   // whether it is, and has characters that are drawn for letters
	keyboard *neighbourhood
	walks    walks
	readings [maxChars]charBits // what each character can be read as
	cost     [maxChars + 1]cost
	via      [maxChars + 1]step // how the cheapest way to a place gets there
}

// cost is twice the points of a way, plus one unless it has a personal piece:
// of ways of the same points, the one that is about the customer is cheaper.
type cost int

const impersonal cost = 1

func (c cost) points() int { return int(c >> 1) }

// step is the last piece on the way to a place.
type step struct {
	from uint8
	kind Kind
}

// start begins a cover of the start of a text.
func (c *cover) start(t *text, length int) {
	c.text, c.typed, c.shifted = t.chars[:length], t.typed[:length], t.shifted[:length]
	c.keyed, c.squeezed = t.keyed, t.squeezed
	c.foreign = t.foreign && slices.ContainsFunc(c.text, func(r rune) bool { return foreignLetter(r) > 0 })
	c.brief = length <= mostReread
	c.drawn = c.brief && hasWide(c.text)
	c.keyboard = neighbours()
	c.walks.start()
	for i, char := range c.text {
		c.readings[i] = readingBits(char)
	}
	for i := range c.cost[:length+1] {
		c.cost[i] = math.MaxInt
	}
	c.cost[0] = impersonal
}

// noChar is what there is beyond either end of a text.
const noChar rune = utf8.MaxRune + 1

// charAt returns the character so many steps forward or back from a place.
func (c *cover) charAt(place, steps int, back bool) rune {
	at := place + steps
	if back {
		at = place - 1 - steps
	}
	if uint(at) >= uint(len(c.text)) {
		return noChar
	}
	return c.text[at]
}

// mayBegin tells whether a word that begins so may start at a place. Where characters
// count twice, that is not worth telling.
func (c *cover) mayBegin(words *beginnings, place int) bool {
	read := c.readings[place:len(c.text)]
	return c.squeezed || len(read) >= leastWord && words.haveAny(read[0], read[1], read[2], read[3])
}

// mayBeginReversed is mayBegin for a word that ends at a place, read backward.
func (c *cover) mayBeginReversed(words *beginnings, place int) bool {
	if c.squeezed || place < leastWord {
		return c.squeezed
	}
	read := c.readings[place-leastWord : place]
	return words.haveAny(read[3], read[2], read[1], read[0])
}

// mayBeginAs is mayBegin for a word whose characters are typed as others, by a table of
// those in ASCII.
func (c *cover) mayBeginAs(words *beginnings, place int, meant *[utf8.RuneSelf]rune) bool {
	if len(c.text)-place < leastWord {
		return false
	}
	var chars [leastWord]rune
	for i, char := range c.text[place : place+leastWord] {
		if char >= utf8.RuneSelf {
			return false
		}
		chars[i] = meant[char]
	}
	return words.have(chars[0], chars[1], chars[2], chars[3])
}

// heldDown tells whether some characters are all the same.
func (c *cover) heldDown(from, to int) bool {
	if from < 0 || to > len(c.text) {
		return false
	}
	for _, r := range c.text[from+1 : to] {
		if r != c.text[from] {
			return false
		}
	}
	return true
}

// span returns the start and the end of so many characters forward or back from
// a place.
func span(place, length int, back bool) (from, to int) {
	if back {
		return place - length, place
	}
	return place, place + length
}

// offer takes the piece text[from:to] if it makes a cheaper way to its end. The
// cheapest way to its start has to be known already.
func (c *cover) offer(from, to, points int, kind Kind) {
	way := c.cost[from] + cost(2*points)
	if kind.personal() {
		way &^= impersonal
	}
	if way < c.cost[to] {
		c.cost[to] = way
		c.via[to] = step{from: uint8(from), kind: kind}
	}
}

// total returns the cost of the whole text.
func (c *cover) total() cost { return c.cost[len(c.text)] }

// words returns how many words, or what reads like one, are on the cheapest way
// to the end. What reads like a word may be several, joined by symbols that are
// taken for letters.
func (c *cover) words() int {
	words := 0
	for place := len(c.text); place > 0; place = int(c.via[place].from) {
		if via := c.via[place]; via.kind == KindWord || via.kind == KindWordLike {
			words += max(1, letterRuns(c.text[via.from:place]))
		}
	}
	return words
}

// letterRuns counts the runs of letters that can be words.
func letterRuns(text []rune) int {
	runs, letters := 0, 0
	for _, r := range text {
		if !isLetter(r) {
			letters = 0
			continue
		}
		if letters++; letters == phraseWord {
			runs++
		}
	}
	return runs
}

// kinds returns the kinds of the pieces on the cheapest way to the end.
func (c *cover) kinds() kindSet {
	var set kindSet
	for place := len(c.text); place > 0; place = int(c.via[place].from) {
		if kind := c.via[place].kind; kind != plain {
			set.add(kind)
		}
	}
	return set
}
