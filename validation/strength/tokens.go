package strength

import "unicode/utf8"

// tokens is a trie of a few words that are not in the dictionary: those of an
// operator, or what is known about one customer. Unlike the dictionary it grows
// and holds characters of any script.
type tokens struct {
	nodes []token           // the first is the root
	roots [rootSlots]uint32 // the children of the root by their character modulo rootSlots
	among *charSet          // the characters of the words that matter
}

const rootSlots = 128

// token is a node of the trie.
type token struct {
	char    rune
	child   uint32 // the first one, 0 for none; not used by the root
	sibling uint32 // the next one, 0 for none
	kind    Kind   // of the piece that ends here, plain for none
}

// use empties the trie and gives it room for its nodes. It never takes more, and
// only words of some characters.
func (t *tokens) use(room []token, among *charSet) {
	t.nodes, t.among = room[:1], among
}

// forget clears all that the trie holds.
func (t *tokens) forget() {
	clear(t.nodes)
	clear(t.roots[:])
	t.nodes, t.among = nil, nil
}

// add enters a word of folded characters, and those of its beginnings that have
// at least so many characters, as far as capacity goes. What is there already
// keeps its kind. What cannot match for lack of a character is left out.
func (t *tokens) add(word []rune, least int, kind Kind) {
	least = min(least, len(word))
	if word = word[:t.among.leading(word)]; len(word) < least {
		return
	}
	at := uint32(0)
	for i, char := range word {
		next := t.child(at, char)
		if next == 0 {
			if next = t.grow(at, char); next == 0 {
				return
			}
		}
		at = next
		if i+1 >= least && t.nodes[at].kind == plain {
			t.nodes[at].kind = kind
		}
	}
}

// first returns where the chain of a node's children begins that may hold a
// character.
func (t *tokens) first(of uint32, char rune) *uint32 {
	if of == 0 {
		return &t.roots[uint32(char)%rootSlots]
	}
	return &t.nodes[of].child
}

// grow adds a child to a node; it returns 0 when there is no room.
func (t *tokens) grow(of uint32, char rune) uint32 {
	if len(t.nodes) == cap(t.nodes) {
		return 0
	}
	next, first := uint32(len(t.nodes)), t.first(of, char)
	t.nodes = append(t.nodes, token{char: char, sibling: *first})
	*first = next
	return next
}

// child returns the child of a node by its character, 0 when there is none.
func (t *tokens) child(of uint32, char rune) uint32 {
	next := *t.first(of, char)
	for next != 0 && t.nodes[next].char != char {
		next = t.nodes[next].sibling
	}
	return next
}

// tokenWalk follows the words of a trie along a text: see wordWalk.
type tokenWalk struct {
	cover  *cover
	tokens *tokens
	origin int
	back   bool
	budget int // how many more nodes may be visited
}

// mostVisits bounds a walk: whoever chooses both a password and a name or an
// address could make one of them fork at every character.
const mostVisits = 16

// offer offers the words that start at a place.
func (t *tokens) offer(c *cover, place int) {
	if len(t.nodes) > 1 {
		forward := tokenWalk{cover: c, tokens: t, origin: place, budget: mostVisits}
		forward.follow(0, 0, 0)
	}
}

// offerReversed offers the words that end at a place, read backward.
func (t *tokens) offerReversed(c *cover, place int) {
	if len(t.nodes) > 1 {
		backward := tokenWalk{cover: c, tokens: t, origin: place, back: true, budget: mostVisits}
		backward.follow(0, 0, 0)
	}
}

// follow goes on from a node, length characters from the origin, of which swaps
// are leet, and offers the words it comes to.
func (w *tokenWalk) follow(at uint32, length, swaps int) {
	char := w.cover.charAt(w.origin, length, w.back)
	if char == noChar {
		return
	}
	var sign readings
	read := &sign
	if char < utf8.RuneSelf {
		read = &asciiReadings[char]
	} else {
		sign = readingsOf(char)
	}
	for i, letter := range read.chars[:read.number] {
		next := w.tokens.child(at, letter)
		if next == 0 {
			continue
		}
		w.visit(next, length+1, swaps+min(i, 1))
		if w.cover.squeezed {
			w.visitTwin(next, letter, length+1, swaps+min(i, 1))
		}
	}
}

// visitTwin goes on from a node as if its letter had been there twice.
func (w *tokenWalk) visitTwin(at uint32, letter rune, length, swaps int) {
	if twin := w.tokens.child(at, letter); twin != 0 {
		w.visit(twin, length, swaps)
	}
}

// visit offers the word of a node and goes on, while there is budget.
func (w *tokenWalk) visit(at uint32, length, swaps int) {
	if w.budget == 0 {
		return
	}
	w.budget--
	n := &w.tokens.nodes[at]
	if n.kind != plain {
		w.found(n.kind, length, swaps)
	}
	if n.child != 0 {
		w.follow(at, length, swaps)
	}
}

// found offers a word: for nothing when it is about the customer, and as a
// common word otherwise.
func (w *tokenWalk) found(kind Kind, length, swaps int) {
	from, to := span(w.origin, length, w.back)
	points := 0
	if kind == KindWord {
		points = commonPoints
		if length <= shortWord && !w.cover.mayBeShortWord(from, to, swaps, w.back) {
			return
		}
	}
	w.cover.offer(from, to, points, kind)
}
