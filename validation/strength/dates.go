package strength

import "unicode/utf8"

const (
	firstYear  = 1920
	lastYear   = 2049
	datePoints = 1
	dayPoints  = 2 // a day and a month without a year
	mostNumber = 4 // digits beside the name of a month or a day
)

// date is a day of the calendar; in one that a password holds, the year may
// have two digits only.
type date struct{ year, month, day int }

// plausible tells whether a month and a day can be meant, in this order.
func plausible(month, day int) bool {
	return month >= 1 && month <= 12 && day >= 1 && day <= 31
}

func isYear(n int) bool { return n >= firstYear && n <= lastYear }

// dates offers the years and dates that start at a place.
func dates(c *cover, place int, birth date) {
	rest := c.text[place:]
	digits := leadingDigits(rest, 8)
	shortMillennium(c, place)
	if digits == 0 {
		monthBeforeNumber(c, place)
		return
	}
	numberBeforeMonth(c, place, digits)
	separatedDate(c, place, birth)
	if digits < 4 {
		return
	}
	if isYear(number(rest[:4])) {
		c.offer(place, place+4, datePoints, KindYear)
	}
	if a, b := number(rest[:2]), number(rest[2:4]); plausible(a, b) || plausible(b, a) {
		c.offer(place, place+4, dayPoints, KindDate)
	}
	for _, length := range [...]int{6, 8} {
		if digits >= length && isDate(rest[:length]) {
			c.offer(place, place+length, datePoints, KindDate)
		}
	}
}

// shortMillennium offers a year written like 2k5 or 2k15.
func shortMillennium(c *cover, place int) {
	rest := c.text[place:]
	if len(rest) < 3 || rest[0] != '2' || rest[1] != 'k' {
		return
	}
	for digits := 1; digits <= leadingDigits(rest[2:], 2); digits++ {
		c.offer(place, place+2+digits, datePoints, KindYear)
	}
}

// isDate tells whether 6 or 8 digits are a date: day or month first, then the
// other one, then the year; or the year, the month and the day.
func isDate(digits []rune) bool {
	yearDigits := len(digits) - 4
	a, b, last := number(digits[:2]), number(digits[2:4]), number(digits[4:])
	first := number(digits[:yearDigits])
	month, day := number(digits[yearDigits:yearDigits+2]), number(digits[yearDigits+2:])
	if yearDigits == 2 {
		return plausible(a, b) || plausible(b, a) || plausible(month, day)
	}
	return isYear(last) && (plausible(a, b) || plausible(b, a)) || isYear(first) && plausible(month, day)
}

// separatedDate offers a date of three numbers with the same symbol between
// them; for nothing if it is the customer's birth date.
func separatedDate(c *cover, place int, birth date) {
	rest := c.text[place:]
	first := leadingDigits(rest, 5)
	if first == 3 || first > 4 || first >= len(rest) || !separates(rest[first]) {
		return
	}
	symbol, afterFirst := rest[first], rest[first+1:]
	second := leadingDigits(afterFirst, 3)
	if second == 0 || second > 2 || second >= len(afterFirst) || afterFirst[second] != symbol {
		return
	}
	afterSecond := afterFirst[second+1:]
	third := leadingDigits(afterSecond, 4)
	a, b := number(rest[:first]), number(afterFirst[:second])
	for length := 1; length <= third; length++ {
		end := place + first + second + 2 + length
		z := number(afterSecond[:length])
		switch {
		case first == 4 && length <= 2:
			offerDate(c, place, end, date{a, b, z}, birth)
		case first <= 2 && (length == 2 || length == 4 && isYear(z)):
			offerDate(c, place, end, date{z, b, a}, birth)
			offerDate(c, place, end, date{z, a, b}, birth)
		}
	}
}

// offerDate offers a date if its month and day can be meant.
func offerDate(c *cover, from, to int, d, birth date) {
	switch {
	case !plausible(d.month, d.day):
	case d.month == birth.month && d.day == birth.day && (d.year == birth.year || d.year == birth.year%100):
		c.offer(from, to, 0, KindBirthDate)
	default:
		c.offer(from, to, datePoints, KindDate)
	}
}

func separates(r rune) bool {
	switch r {
	case '.', '/', '-', '_', ',', ' ':
		return true
	}
	return false
}

// abbreviated tells whether a text starts with the abbreviation of a month or a
// day of the week.
func abbreviated(text []rune) bool {
	if len(text) < 3 {
		return false
	}
	var name [3]byte
	for i, r := range text[:3] {
		if r >= utf8.RuneSelf {
			return false
		}
		name[i] = byte(r)
	}
	switch string(name[:]) {
	case "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
		"mon", "tue", "wed", "thu", "fri", "sat", "sun":
		return true
	}
	return false
}

// monthBeforeNumber offers an abbreviation with digits behind it.
func monthBeforeNumber(c *cover, place int) {
	rest := c.text[place:]
	if len(rest) < 3 {
		return
	}
	digits := leadingDigits(rest[3:], mostNumber)
	if digits == 0 || !abbreviated(rest) {
		return
	}
	for n := 1; n <= digits; n++ {
		c.offer(place, place+3+n, datePoints, KindDate)
	}
}

// numberBeforeMonth offers digits with an abbreviation behind them.
func numberBeforeMonth(c *cover, place, digits int) {
	if digits <= mostNumber && abbreviated(c.text[place+digits:]) {
		c.offer(place, place+digits+3, datePoints, KindDate)
	}
}

// leadingDigits counts the digits a text starts with, up to most.
func leadingDigits(text []rune, most int) int {
	n := 0
	for n < min(most, len(text)) && isDigit(text[n]) {
		n++
	}
	return n
}

// number returns the value of a few digits.
func number(digits []rune) int {
	n := 0
	for _, r := range digits {
		n = n*10 + int(r-'0')
	}
	return n
}
