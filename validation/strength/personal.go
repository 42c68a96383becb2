package strength

import (
	"unicode"
	"unicode/utf8"

	"github.com/customergate/customergate/validation/strength/internal/keys"
)

// Personal is what is known about the customer whose password is judged. Any
// field may be empty. What is not well-formed is read as far as it makes sense.
type Personal struct {
	FirstName string
	LastName  string
	Email     string
	Phone     string // E.164 or digits
	BirthDate string // YYYY-MM-DD
}

const (
	leastPersonal  = 3   // characters of a personal piece
	leastPhoneEnd  = 4   // last digits of the phone number
	leastPhonePart = 6   // digits of it elsewhere
	mostPhone      = 15  // digits of an E.164 number
	mostField      = 255 // characters of a field that are read
	mostPersonal   = 12  // characters of it
	mostTokenNodes = 768 // room for what is known about one customer

	mostRewritten    = 32 // characters of a part of a name in Latin letters
	longestRewritten = 7  // of one of its letters
)

// about is what is known about a customer, ready for comparison.
type about struct {
	tokens tokens
	chars  charSet // of the password
	birth  date
	field  [mostField]rune // of the field being read
	part   [mostRewritten + longestRewritten]rune
	room   [mostTokenNodes]token
}

// learnFor takes in what is known about a customer, as far as a text can have it.
func (a *about) learnFor(t *text, p *Personal) {
	a.chars.of(t)
	a.learn(p)
}

// learnAll takes in what is known about a customer.
func (a *about) learnAll(p *Personal) {
	a.chars.all = true
	a.learn(p)
}

// learn takes in what is known about a customer, of what the set of characters
// allows. What comes first has room for sure, whatever the rest is.
func (a *about) learn(p *Personal) {
	a.tokens.use(a.room[:], &a.chars)
	a.learnBirth(p.BirthDate)
	a.learnPhone(p.Phone)
	a.learnText(a.read(p.FirstName), KindName)
	a.learnText(a.read(p.LastName), KindName)
	a.learnEmail(a.read(p.Email))
	for _, name := range [...]string{p.FirstName, p.LastName} {
		a.learnSpelledOut(name)
	}
	a.learnRomanised(p.FirstName, p.LastName)
}

func isForeign(r rune) bool { return r >= keys.First }

// rewriter appends a folded letter of another script as it is written in Latin
// ones. It tells whether it knows the letter.
type rewriter func(to []rune, r rune) ([]rune, bool)

// learnRewritten learns the parts of a folded name of another script as they are
// written in Latin letters.
func (a *about) learnRewritten(name []rune, rewrite rewriter) {
	part, all := a.part[:0], true
	for _, r := range name {
		if isSymbol(r) {
			a.addRewritten(part, all)
			part, all = part[:0], true
			continue
		}
		if all = all && len(part) < mostRewritten; all {
			part, all = rewrite(part, r)
		}
	}
	a.addRewritten(part, all)
}

// addRewritten learns a part of a name if all of its letters are known. When its
// first one is typed with the key of a symbol, the shift key gives another.
func (a *about) addRewritten(part []rune, all bool) {
	if !all || len(part) == 0 {
		return
	}
	a.add(part, KindName)
	if first := part[0]; isSymbol(first) && first < utf8.RuneSelf {
		part[0] = shifted[first]
		a.add(part, KindName)
	}
}

// forget clears all that was learnt.
func (a *about) forget() {
	a.tokens.forget()
	clear(a.field[:])
	clear(a.part[:])
	a.birth, a.chars = date{}, charSet{}
}

// read folds a field into the buffer, without accents.
func (a *about) read(field string) []rune {
	n, seen := 0, 0
	for _, r := range field {
		if seen == len(a.field) {
			break
		}
		seen++
		if !isAccent(r) {
			a.field[n] = fold(r)
			n++
		}
	}
	return a.field[:n]
}

// learnText learns a text as it is and without its symbols, and the parts
// between these. It overwrites the text.
func (a *about) learnText(text []rune, kind Kind) {
	if !a.chars.hasPart(text, leastPersonal) {
		return
	}
	a.add(text, kind)
	a.learnParts(text, kind)
	whole := text[:0]
	for _, r := range text {
		if !isSymbol(r) {
			whole = append(whole, r)
		}
	}
	a.add(whole, kind)
}

// learnParts learns the parts of a text between its symbols, and the letters
// and digits of each part.
func (a *about) learnParts(text []rune, kind Kind) {
	a.split(text, isSymbol, kind)
	a.split(text, func(r rune) bool { return !unicode.IsLetter(r) }, kind)
	a.split(text, func(r rune) bool { return !isDigit(r) }, kind)
}

// split learns the parts of a text between the characters that separate them.
func (a *about) split(text []rune, separates func(rune) bool, kind Kind) {
	start := 0
	for i, r := range text {
		if separates(r) {
			a.add(text[start:i], kind)
			start = i + 1
		}
	}
	a.add(text[start:], kind)
}

// learnEmail learns the local part and the labels of the domain but its last.
// It overwrites the address.
func (a *about) learnEmail(address []rune) {
	if !a.chars.hasPart(address, leastPersonal) {
		return
	}
	at, dot := len(address), len(address)
	for i, r := range address {
		switch r {
		case '@':
			at = i
		case '.':
			dot = i
		}
	}
	if dot > at {
		a.split(address[at+1:dot], isSymbol, KindEmail)
	}
	a.learnText(address[:at], KindEmail)
}

// learnPhone learns the ends of a phone number, and longer parts of it.
func (a *about) learnPhone(phone string) {
	if !a.chars.hasNumber(leastPhoneEnd) {
		return
	}
	digits := a.field[:0]
	for _, r := range a.read(phone) {
		if isDigit(r) && len(digits) < mostPhone {
			digits = append(digits, r)
		}
	}
	for start := 0; start+leastPhoneEnd <= len(digits); start++ {
		a.tokens.add(digits[start:], leastPhonePart, KindPhone)
	}
}

// add learns one piece; a long one as several that cost as little together,
// which keeps walks short.
func (a *about) add(piece []rune, kind Kind) {
	for len(piece) > mostPersonal {
		n := min(mostPersonal, len(piece)-leastPersonal)
		a.tokens.add(piece[:n], n, kind)
		piece = piece[n:]
	}
	if len(piece) >= leastPersonal {
		a.tokens.add(piece, len(piece), kind)
	}
}
