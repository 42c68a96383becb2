package strength

import (
	"iter"
	"unicode/utf8"
)

const (
	leastWord         = 4 // characters
	leastReversedWord = 5 // characters
	commonPoints      = 1
	rarePoints        = 2
	shortWordSwaps    = 1 // leet characters in a word of leastWord characters
	rareWordSwaps     = 2 // leet characters in a rare word of shortWord characters
	shortWord         = 5 // characters: the longest word that a disguise can make chance
)

// dictionary is a trie of words. Its nodes are in order of depth, then of their
// words, so that the children of a node lie side by side and those of the next
// node follow them.
type dictionary struct {
	nodes    []node                  // the first is the root, the last marks the end
	roots    [utf8.RuneSelf]uint32   // the children of the root by their character
	seconds  [][utf8.RuneSelf]uint32 // those of these, by the number of their parent
	begin    *beginnings             // of the words, nil when it is not needed
	spelling *spelling               // of the words, nil when it is not needed
}

// node packs a node of the trie: its character (7 bits), three flags, and the
// number of the node it links to, its first child.
type node uint32

const (
	nodeWord   node = 1 << 7 // a word ends here
	nodeCommon node = 1 << 8 // and it is common
	nodeParent node = 1 << 9 // it has children
	linkShift       = 10
	mostNodes       = 1 << (32 - linkShift)
)

func (n node) char() rune   { return rune(n) & 0x7F }
func (n node) link() uint32 { return uint32(n >> linkShift) }

// children are those of a node, by their numbers.
func (d *dictionary) children(of uint32) iter.Seq2[uint32, node] {
	return func(yield func(uint32, node) bool) {
		for i := d.nodes[of].link(); i < d.nodes[of+1].link() && yield(i, d.nodes[i]); i++ {
		}
	}
}

// child returns the child of a node by its character, 0 when there is none.
func (d *dictionary) child(of uint32, char rune) uint32 {
	switch {
	case of == 0:
		return d.roots[char]
	case of < uint32(len(d.seconds)):
		return d.seconds[of][char]
	}
	first := d.nodes[of].link()
	for i, n := range d.nodes[first:d.nodes[of+1].link()] {
		if c := n.char(); c >= char {
			if c == char {
				return first + uint32(i)
			}
			return 0
		}
	}
	return 0
}

// wordWalk follows the words of a dictionary along a text, from one place
// forward or backward. It tries what each character can stand for while there
// are words that go on so; no spelling is ever written out.
type wordWalk struct {
	cover  *cover
	words  *dictionary
	origin int
	back   bool
	budget int // how many more nodes may be visited
}

// mostWordVisits bounds a walk: characters that stand for several letters make it
// fork. Walks along what people type are shorter.
const mostWordVisits = 16

// offer offers the words that start at a place, but for those that start with one
// character held down: they are a repetition.
func (d *dictionary) offer(c *cover, place int) {
	if !c.mayBegin(d.begin, place) || c.heldDown(place, place+leastWord) {
		return
	}
	forward := wordWalk{cover: c, words: d, origin: place, budget: mostWordVisits}
	forward.follow(0, 0, 0)
}

// offerReversed offers the words that end at a place, read backward.
func (d *dictionary) offerReversed(c *cover, place int) {
	if !c.mayBeginReversed(d.begin, place) || c.heldDown(place-leastWord, place) {
		return
	}
	backward := wordWalk{cover: c, words: d, origin: place, back: true, budget: mostWordVisits}
	backward.follow(0, 0, 0)
}

// follow goes on from a node, length characters from the origin, of which swaps
// are leet, and offers the words it comes to.
func (w *wordWalk) follow(at uint32, length, swaps int) {
	char := w.cover.charAt(w.origin, length, w.back)
	if w.budget == 0 {
		return
	}
	var sign readings
	read := &sign
	if char < utf8.RuneSelf {
		read = &asciiReadings[char]
	} else if sign = readingsOf(char); sign.number == 1 {
		return
	} else {
		sign.chars[0] = 0 // no word has the sign itself
	}
	w.budget--
	for i, letter := range read.chars[:read.number] {
		next := w.words.child(at, letter)
		if next == 0 {
			continue
		}
		n := w.words.nodes[next]
		if n&nodeWord != 0 && !w.plural(at, letter, i, swaps) {
			w.found(length+1, swaps+min(i, 1), n&nodeCommon != 0)
		}
		if n&nodeParent != 0 {
			w.follow(next, length+1, swaps+min(i, 1))
		}
		if w.cover.squeezed {
			w.followTwin(next, letter, length+1, swaps+min(i, 1))
		}
	}
}

// plural tells whether an s behind a node's word is none: a $ or 5 behind a word
// is more often what it looks like than a plural, unless the word has other leet
// characters.
func (w *wordWalk) plural(at uint32, letter rune, reading, swaps int) bool {
	return reading > 0 && swaps == 0 && letter == 's' && !w.back && w.words.nodes[at]&nodeWord != 0
}

// followTwin goes on from a node as if its letter had been there twice.
func (w *wordWalk) followTwin(at uint32, letter rune, length, swaps int) {
	twin := w.words.child(at, letter)
	if twin == 0 {
		return
	}
	if n := w.words.nodes[twin]; n&nodeWord != 0 {
		w.found(length, swaps, n&nodeCommon != 0)
	}
	w.follow(twin, length, swaps)
}

// mayBeShortWord tells whether so few characters can be meant to be a word,
// reversed or not, with so many leet characters: enough short words turn up in
// random characters to refuse good passwords for, unless they look as people
// write them.
func (c *cover) mayBeShortWord(from, to, swaps int, back bool) bool {
	if back && to-from < leastReversedWord || to-from == leastWord && swaps > shortWordSwaps {
		return false
	}
	return swaps == 0 && !back && to-from > leastWord || c.regularCase(from, to)
}

// regularCase tells whether the letters among some characters are all small, all
// capitals, or capitals in front only by the first one.
func (c *cover) regularCase(from, to int) bool {
	letters, capitals, first := 0, 0, false
	for at := from; at < to; at++ {
		if !isLetter(c.text[at]) {
			continue
		}
		if c.shifted[at] {
			capitals++
			first = first || letters == 0
		}
		letters++
	}
	return capitals == 0 || capitals == letters || capitals == 1 && first
}

// found offers a word. Words of the least length are all common: the rare ones
// are not in the dictionary.
func (w *wordWalk) found(length, swaps int, common bool) {
	from, to := span(w.origin, length, w.back)
	if length <= shortWord && (!common && swaps > rareWordSwaps || !w.cover.mayBeShortWord(from, to, swaps, w.back)) {
		return
	}
	points := rarePoints
	if common {
		points = commonPoints
	}
	w.cover.offer(from, to, points, KindWord)
}
