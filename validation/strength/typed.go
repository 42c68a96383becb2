package strength

import "unicode/utf8"

const (
	briefTypedWord = 4 // keys of a word of another script that random keys spell by chance: it counts as rare
	longTypedWord  = 6 // keys of one that need not be in regular shift
)

// typedWords are words as typed on keyboards of other scripts. The dictionaries of
// single scripts come first and know how their words are spelled.
type typedWords struct {
	dictionaries [3]*dictionary
	begin        beginnings // of all of them
}

// offer offers the words that start at a place.
func (t *typedWords) offer(c *cover, place int) {
	if !c.mayBeginAs(&t.begin, place, &unshifted) {
		return
	}
	for _, words := range t.dictionaries {
		words.offerTyped(c, place)
	}
}

// offerTyped offers the words that start at a place, as typed on another
// keyboard. They are in regular shift: random keys spell a short one by chance.
func (d *dictionary) offerTyped(c *cover, place int) {
	at := uint32(0)
	for length := 1; ; length++ {
		char := c.charAt(place, length-1, false)
		if char >= utf8.RuneSelf {
			return
		}
		if at = d.child(at, unshifted[char]); at == 0 {
			return
		}
		n := d.nodes[at]
		if n&nodeWord != 0 && c.mayBeTyped(place, place+length) {
			points := rarePoints
			if n&nodeCommon != 0 && (length > briefTypedWord || c.keyed) {
				points = commonPoints
			}
			c.offer(place, place+length, points, KindWord)
		}
	}
}

// mayBeTyped tells whether some keys can be meant to be a word of another script.
func (c *cover) mayBeTyped(from, to int) bool {
	return to-from >= longTypedWord || c.regularShift(from, to)
}

// regularShift tells whether some characters are typed with the shift key, without
// it, or only the first one with it.
func (c *cover) regularShift(from, to int) bool {
	rest := c.shifted[from+1]
	if rest && !c.shifted[from] {
		return false
	}
	for _, shifted := range c.shifted[from+1 : to] {
		if shifted != rest {
			return false
		}
	}
	return true
}
