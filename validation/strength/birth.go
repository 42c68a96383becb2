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
	birth, ok := parseBirth(a.read(text))
	if !ok {
		return
	}
	a.birth = birth
	if !a.chars.hasNumber(leastPersonal) {
		return
	}
	for _, form := range birthForms {
		a.add(birth.write(a.field[:0], form), KindBirthDate)
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

// write appends a form of the date to a buffer.
func (d date) write(to []rune, form string) []rune {
	for _, field := range form {
		switch field {
		case 'Y':
			to = appendDigits(to, d.year, 4)
		case 'y':
			to = appendDigits(to, d.year%100, 2)
		case 'M':
			to = appendDigits(to, d.month, 2)
		case 'm':
			to = appendDigits(to, d.month, 1)
		case 'D':
			to = appendDigits(to, d.day, 2)
		case 'd':
			to = appendDigits(to, d.day, 1)
		}
	}
	return to
}

// appendDigits appends a number in at least so many digits.
func appendDigits(to []rune, n, least int) []rune {
	if n >= 10 || least > 1 {
		to = appendDigits(to, n/10, least-1)
	}
	return append(to, '0'+rune(n%10))
}
