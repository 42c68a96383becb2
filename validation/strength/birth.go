package strength

// birthForms are the ways to write a birth date in digits: Y is the year, y its
// last two digits, M and D the month and the day in two digits, m and d without
// a leading zero.
var birthForms = [...]string{
	"Y", "DM", "MD", "My",
	"DMy", "MDy", "yMD", "DMY", "MDY", "YMD", "YDM", "MY", "YM",
	"dmy", "mdy", "dmY", "mdY", "Ymd",
}

// learnBirth learns the forms of a birth date, YYYY-MM-DD.
func (a *about) learnBirth(text string) {
	read := a.read(text)
	birth, ok := parseBirth(read)
	if !ok {
		return
	}
	a.birth = birth
	if !a.chars.hasNumber(leastPersonal) {
		return
	}
	for _, form := range birthForms {
		a.add(writeBirth(a.field[len(read):len(read)], read, form), KindBirthDate)
	}
}

// parseBirth reads YYYY-MM-DD.
func parseBirth(text []rune) (date, bool) {
	const layout = "0000-00-00"
	if len(text) != len(layout) {
		return date{}, false
	}
	for i, want := range layout {
		if got := text[i]; want == '0' && !isDigit(got) || want != '0' && got != want {
			return date{}, false
		}
	}
	d := date{number(text[:4]), number(text[5:7]), number(text[8:])}
	return d, plausible(d.month, d.day)
}

// writeBirth appends a form of a birth date, YYYY-MM-DD, to a buffer.
func writeBirth(to, text []rune, form string) []rune {
	year, month, day := text[:4], text[5:7], text[8:]
	for _, field := range form {
		switch field {
		case 'Y':
			to = append(to, year...)
		case 'y':
			to = append(to, year[2:]...)
		case 'M':
			to = append(to, month...)
		case 'm':
			to = append(to, withoutZero(month)...)
		case 'D':
			to = append(to, day...)
		case 'd':
			to = append(to, withoutZero(day)...)
		}
	}
	return to
}

// withoutZero returns a number of two digits without a zero in front.
func withoutZero(digits []rune) []rune {
	if digits[0] == '0' {
		return digits[1:]
	}
	return digits
}
