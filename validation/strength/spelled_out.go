package strength

import "unicode"

// spelledOut is how people write letters of Latin alphabets where there is no key
// for them, or no room, as in an email address or in a passport (ICAO Doc 9303, part
// 3, section 6), if that is more than the letter without its accent.
var spelledOut = map[rune]string{
	'ä': "ae", 'æ': "ae", 'å': "aa", 'ö': "oe", 'ø': "oe", 'œ': "oe", 'ü': "ue", 'ß': "ss", 'þ': "th", 'ð': "dh", 'đ': "dj", 'ñ': "nn", 'ĳ': "ij",
}

// learnSpelledOut learns a name as it is when its letters are spelled out.
func (a *about) learnSpelledOut(name string) {
	n, seen, found := 0, 0, false
	for _, r := range name {
		if seen++; seen > len(a.field) {
			break
		}
		letters := spelledOut[unicode.ToLower(r)]
		if letters == "" && !isAccent(r) {
			letters = string(fold(r))
		} else {
			found = found || letters != ""
		}
		for _, letter := range letters {
			if n < len(a.field) {
				a.field[n] = letter
				n++
			}
		}
	}
	if found {
		a.learnText(a.field[:n], KindName)
	}
}
