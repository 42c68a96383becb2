package strength

const (
	leastWoven  = 4 // characters that stand between letters one by one
	wovenPoints = 1
)

// readUnwoven copies a text without the first series of digits or symbols that
// stand between letters one by one and are the same, or count: P1a2s3s4. It tells
// whether there is one.
func (t *text) readUnwoven(from *text) bool {
	chars := from.chars[:from.length]
	for first := 1; first < len(chars); first++ {
		number := woven(chars, first)
		if number < leastWoven {
			continue
		}
		t.length, t.keyed, t.squeezed = 0, false, false
		for i, r := range chars {
			if i < first || i >= first+2*number || (i-first)%2 == 1 {
				t.typed[t.length] = from.typed[i]
				t.add(r, from.shifted[i])
			}
		}
		return true
	}
	return false
}

// woven returns how many digits or symbols of such a series stand behind the letter
// that is before a place.
func woven(chars []rune, first int) int {
	number := 0
	for at := first; at < len(chars) && !isWordLetter(chars[at]) && isWordLetter(chars[at-1]); at += 2 {
		if number > 1 && weave(chars[at-2], chars[at]) != weave(chars[first], chars[first+2]) {
			break
		}
		if number++; number > 1 && weave(chars[at-2], chars[at]) == noWeave {
			return number - 1
		}
	}
	return number
}

func isWordLetter(r rune) bool { return !isSymbol(r) && !isDigit(r) }

// The ways in which one woven character follows another.
const (
	noWeave = iota
	sameAgain
	countUp
	countDown
)

func weave(before, now rune) int {
	switch {
	case before == now:
		return sameAgain
	case !isDigit(before) || !isDigit(now):
		return noWeave
	case (before-'0'+1)%10 == now-'0':
		return countUp
	case (now-'0'+1)%10 == before-'0':
		return countDown
	}
	return noWeave
}
