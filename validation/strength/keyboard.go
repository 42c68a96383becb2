package strength

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// shiftPairs are what the keys of the US keyboard type that are no letters,
// without the shift key and with it.
var shiftPairs = [2]string{"`1234567890-=[]\\;',./", "~!@#$%^&*()_+{}|:\"<>?"}

// unshifted are what the key of each character types without the shift key,
// shifted what it types with it.
var unshifted, shifted = func() (without, with [utf8.RuneSelf]rune) {
	for i := range without {
		without[i], with[i] = rune(i), rune(i)
	}
	for i, character := range shiftPairs[1] {
		without[character] = rune(shiftPairs[0][i])
		with[shiftPairs[0][i]] = character
	}
	return without, with
}()

// shiftedKeys are the characters of the US keyboard that need the shift key.
var shiftedKeys = func() (table [utf8.RuneSelf]bool) {
	for _, character := range shiftPairs[1] + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		table[character] = true
	}
	return table
}()

// isShifted tells whether a character, not folded, needs the shift key.
func isShifted(r rune) bool {
	if r < utf8.RuneSelf {
		return shiftedKeys[r]
	}
	return unicode.IsUpper(r)
}

// key is a place on a keyboard. Rows are numbered from 1 at the digits, so that the
// zero key is no key.
type key struct{ row, column int8 }

// keysOf are the keys of one character on each keyboard.
type keysOf [len(keyboards)]key

// layouts is a set of keyboards, one bit each.
type layouts uint32

const (
	everyLayout layouts = 1<<len(keyboards) - 1
	usLayout    layouts = 1 << 0

	// usual are the arrangements of Latin letters that most keyboards have:
	// qwerty, qwertz and azerty.
	usual layouts = 1<<3 - 1
)

// The ways in which two keys can lie to each other. Each row is shifted half a key
// against the row above, so that keys touch in one diagonal direction only.
const (
	rightward = iota // in one row, side by side
	leftward
	downward // in one column, one below the other
	upward
	touching // neighbours that touch
	near     // neighbours
	inColumn // in one column
	inStrip  // in one column or two neighbouring ones

	directions
)

// watched are the keyboards on which it matters that keys lie to each other in each
// of the ways: see newKeyRuns.
var watched = [directions]layouts{
	rightward: everyLayout, leftward: everyLayout, downward: everyLayout, upward: everyLayout,
	touching: usLayout, near: usual, inColumn: usLayout, inStrip: usLayout,
}

// closeness tells on which keyboards two characters lie to each other in each of
// the ways.
type closeness [directions]layouts

// add notes how two different keys of a keyboard lie to each other.
func (c *closeness) add(on layouts, from, to key) {
	rows, columns := int(to.row-from.row), int(to.column-from.column)
	isNear := max(rows, -rows, columns, -columns) == 1
	for direction, holds := range [directions]bool{
		rightward: rows == 0 && columns == 1,
		leftward:  rows == 0 && columns == -1,
		downward:  columns == 0 && rows == 1,
		upward:    columns == 0 && rows == -1,
		touching:  isNear && rows != columns,
		near:      isNear,
		inColumn:  columns == 0,
		inStrip:   max(columns, -columns) <= 1,
	} {
		if holds {
			c[direction] |= on & watched[direction]
		}
	}
}

// goesOn tells whether two keys lie to each other as two before them do, in one way on
// one keyboard at least.
func (c *closeness) goesOn(before *closeness) bool {
	for way := range c {
		if c[way]&before[way] != 0 {
			return true
		}
	}
	return false
}

// closenessOf returns how the keys of two characters lie to each other.
func closenessOf(from, to *keysOf) (c closeness) {
	for i := range from {
		if from[i].row != 0 && to[i].row != 0 && from[i] != to[i] {
			c.add(1<<i, from[i], to[i])
		}
	}
	return c
}

// asciiSet holds ASCII characters.
type asciiSet [utf8.RuneSelf]bool

var noASCII asciiSet

func (s *asciiSet) has(r rune) bool { return r < utf8.RuneSelf && s[r] }

// neighbourhood knows how the keys of any two characters lie to each other.
type neighbourhood struct {
	known []closeness                          // the first is that of keys that are not close
	ascii [utf8.RuneSelf][utf8.RuneSelf]uint16 // which of these it is for two ASCII characters
	steps [utf8.RuneSelf]asciiSet              // those that are one step from each of them
	keys  map[rune]*keysOf                     // of all characters, letters in small
}

// neighbours is the neighbourhood, built once.
var neighbours = sync.OnceValue(func() *neighbourhood {
	n := &neighbourhood{known: make([]closeness, 1), keys: map[rune]*keysOf{}}
	for i := range keyboards {
		n.learn(i)
	}
	numbers := map[closeness]uint16{{}: 0}
	for from := range rune(utf8.RuneSelf) {
		for to := range rune(utf8.RuneSelf) {
			found := n.compare(from, to)
			number, seen := numbers[found]
			if !seen {
				number = uint16(len(n.known))
				n.known, numbers[found] = append(n.known, found), number
			}
			n.ascii[from][to] = number
			step := stepBetween(fold(from), fold(to))
			n.steps[from][to] = step == 1 || step == -1 || (found[rightward]|found[leftward])&usLayout != 0
		}
	}
	return n
})

// learn enters the keys of a keyboard. A character that several keys type has the
// first of them.
func (n *neighbourhood) learn(keyboard int) {
	for row, layers := range keyboards[keyboard] {
		for _, layer := range layers {
			column := int8(0)
			for _, r := range layer {
				if n.keys[r] == nil {
					n.keys[r] = new(keysOf)
				}
				if at := &n.keys[r][keyboard]; r != ' ' && at.row == 0 {
					*at = key{int8(row + 1), column}
				}
				column++
			}
		}
	}
}

// compare works out how the keys of two characters lie to each other.
func (n *neighbourhood) compare(from, to rune) closeness {
	a := n.keys[unicode.ToLower(from)]
	if a == nil {
		return closeness{}
	}
	b := n.keys[unicode.ToLower(to)]
	if b == nil {
		return closeness{}
	}
	return closenessOf(a, b)
}

// stepsFrom returns the characters that are beside one, folded or not, in the alphabet or
// along a row of a US keyboard, whatever shift they are typed in.
func (n *neighbourhood) stepsFrom(r rune) *asciiSet {
	if r < utf8.RuneSelf {
		return &n.steps[r]
	}
	return &noASCII
}

// between returns how the keys of two characters, not folded, lie to each other,
// false when they do not lie close on any keyboard.
func (n *neighbourhood) between(from, to rune) (*closeness, bool) {
	if from < utf8.RuneSelf && to < utf8.RuneSelf {
		number := n.ascii[from][to]
		return &n.known[number], number != 0
	}
	found := n.compare(from, to)
	return &found, found != closeness{}
}
