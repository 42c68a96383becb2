package strength

import "unicode/utf8"

const (
	leastMisplaced  = 5 // letters: words of so many are common
	misplacedPoints = 1 // for each word whose keys have been missed
)

// The letters of US keyboards and what the same keys type on others.
const (
	usKeys      = "qwertyuiop[]asdfghjkl;'zxcvbnm,./-="
	dvorakKeys  = "',.pyfgcrl/=aoeuidhtns-;qjkxbmwvz[]"
	colemakKeys = "qwfpgjluy;[]arstdhneio'zxcvbkm,./-="
	azertyKeys  = "azqw,;" // and those that are elsewhere on a US keyboard,
	qwertyKeys  = "qwazmm" // where either key beside the L may be meant for M
)

// The letters and the keys beside them to the right, and the same without the
// first letter of each row, which hands that lie too far left leave where it is.
const (
	leftKeys    = "qwertyuiopasdfghjklzxcvbnm"
	rightKeys   = "wertyuiop[sdfghjkl;xcvbnm,"
	insideLeft  = "wertyuiosdfghjkxcvbn"
	insideRight = "ertyuiopdfghjklcvbnm"
)

// The letters and the keys of the row above them, and the letters above those of the
// row below.
const (
	lowerKeys = "qwertyuiopasdfghjklzxcvbnm"
	upperKeys = "1234567890qwertyuioasdfghj"
	overKeys  = "qwertyuiopasdfghjkl"
	underKeys = "asdfghjkl;zxcvbnm,."
)

// misplacements are, for each way to miss the keys, the letters that are meant by
// the characters of a US keyboard without the shift key: those of a keyboard that
// is arranged in another way than the typist thinks, and those of hands that lie
// one key beside, above or below their place.
var misplacements = [...][utf8.RuneSelf]rune{
	meant(azertyKeys, qwertyKeys),
	meant("yz", "zy"),
	meant(usKeys, dvorakKeys),
	meant(dvorakKeys, usKeys),
	meant(usKeys, colemakKeys),
	meant(colemakKeys, usKeys),
	meant(leftKeys, rightKeys),
	meant(rightKeys, leftKeys),
	meant(insideLeft, insideRight),
	meant(upperKeys, lowerKeys),
	meant(underKeys, overKeys),
}

// meant returns the character that is meant by each that is typed.
func meant(typed, meant string) (table [utf8.RuneSelf]rune) {
	for char := range table {
		table[char] = rune(char)
	}
	for i := range typed {
		table[typed[i]] = rune(meant[i])
		table[shifted[typed[i]]] = rune(meant[i])
	}
	return table
}

// offerMisplaced offers the words that start at a place, typed with keys that are
// not theirs.
func (d *dictionary) offerMisplaced(c *cover, place int) {
	end := place + leastMisplaced
	if end > len(c.text) || !c.mayStart(place) || !c.regularShift(place, end) || c.heldDown(place, end) {
		return
	}
	for i := range misplacements {
		if letters := &misplacements[i]; c.mayBeginAs(d.begin, place, letters) {
			d.offerMeant(c, place, letters)
		}
	}
}

// mayStart tells whether a word of other letters than those that are typed can start
// at a place: not within letters of one case.
func (c *cover) mayStart(place int) bool {
	return place == 0 || !isLetter(c.text[place-1]) || c.shifted[place]
}

// offerMeant offers the words that start at a place, when other letters are meant
// by the characters there. They are in regular shift, and those of the least length
// common: random characters make such words by chance.
func (d *dictionary) offerMeant(c *cover, place int, letters *[utf8.RuneSelf]rune) {
	at := uint32(0)
	for length := 1; ; length++ {
		char := c.charAt(place, length-1, false)
		if char >= utf8.RuneSelf {
			return
		}
		if at = d.child(at, letters[char]); at == 0 {
			return
		}
		n := d.nodes[at]
		if n&nodeWord == 0 || length < leastMisplaced || !c.regularShift(place, place+length) {
			continue
		}
		switch {
		case n&nodeCommon != 0:
			c.offer(place, place+length, commonPoints+misplacedPoints, KindWord)
		case length > leastMisplaced:
			c.offer(place, place+length, rarePoints+misplacedPoints, KindWord)
		}
	}
}
