package strength

// The number that parts a word, in digits, and what it counts: less if it is a year.
const (
	leastParting      = 2
	mostParting       = 8
	partingPoints     = 2
	partingYearPoints = 1
)

// readJoined copies a text without the first number that stands between letters:
// Sun1984shine. It returns what the number counts, 0 when there is none.
func (t *text) readJoined(from *text) int {
	first, to := partingNumber(from.chars[:from.length])
	if to == 0 {
		return 0
	}
	t.length, t.keyed, t.squeezed = 0, false, false
	for i, r := range from.chars[:from.length] {
		if i < first || i >= to {
			t.typed[t.length] = from.typed[i]
			t.add(r, from.shifted[i])
		}
	}
	if to-first == 4 && isYear(number(from.chars[first:to])) {
		return partingYearPoints
	}
	return partingPoints
}

// partingNumber returns where the first number between letters is, 0 for none.
func partingNumber(chars []rune) (first, end int) {
	for first = 1; first < len(chars); first++ {
		end = first + leadingDigits(chars[first:], mostParting)
		if end-first >= leastParting && end < len(chars) && isWordLetter(chars[first-1]) && isWordLetter(chars[end]) {
			return first, end
		}
	}
	return 0, 0
}
