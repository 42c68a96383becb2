package strength

import "slices"

// Kind is a kind of piece that a password is made of.
type Kind uint8

// The kinds, in the order in which a Verdict lists them.
const (
	plain Kind = iota // a character that no piece covers; never in a Verdict

	KindName       // a first or last name of the customer
	KindEmail      // a part of the customer's email address
	KindPhone      // digits of the customer's phone number
	KindBirthDate  // a form of the customer's birth date
	KindLeaked     // the whole password is known from a leak
	KindWord       // a dictionary word
	KindKeyboard   // neighbouring keys
	KindSequence   // characters at a constant distance, as in abc or 8642
	KindRepetition // a character or a block said again
	KindYear       // a year from 1920 to 2049
	KindDate       // a date
	KindNumber     // a run of digits
	KindWordLike   // letters that read like a word

	kinds // the number of kinds
)

// phrases are the kinds in words that fit a message such as "it is made of a
// common word, a year".
var phrases = [kinds]string{
	plain:          "a character",
	KindName:       "your name",
	KindEmail:      "your email address",
	KindPhone:      "your phone number",
	KindBirthDate:  "your birth date",
	KindLeaked:     "a leaked password",
	KindWord:       "a common word",
	KindKeyboard:   "a keyboard pattern",
	KindSequence:   "a sequence",
	KindRepetition: "a repetition",
	KindYear:       "a year",
	KindDate:       "a date",
	KindNumber:     "a number",
	KindWordLike:   "a word-like run of letters",
}

// names are what programs read.
var names = [kinds]string{
	plain: "plain", KindName: "name", KindEmail: "email", KindPhone: "phone", KindBirthDate: "birth_date", KindLeaked: "leaked",
	KindWord: "word", KindKeyboard: "keyboard", KindSequence: "sequence", KindRepetition: "repetition", KindYear: "year",
	KindDate: "date", KindNumber: "number", KindWordLike: "word_like",
}

// Name is stable and meant for programs, such as "word_like".
func (k Kind) Name() string {
	if k >= kinds {
		return "unknown"
	}
	return names[k]
}

// KindNames lists the names of all kinds, in the order of a Verdict.
func KindNames() []string { return slices.Clone(names[plain+1:]) }

// KindPhrases are the English noun phrases of all kinds, by their names.
func KindPhrases() map[string]string {
	byName := make(map[string]string, kinds)
	for k := plain + 1; k < kinds; k++ {
		byName[k.Name()] = k.String()
	}
	return byName
}

// String returns an English noun phrase for messages, such as "a common word".
func (k Kind) String() string {
	if k >= kinds {
		return "an unknown kind"
	}
	return phrases[k]
}

// personal tells whether pieces of the kind come from what is known about the
// customer.
func (k Kind) personal() bool { return k >= KindName && k <= KindBirthDate }

// kindSet is a set of kinds, one bit each.
type kindSet uint16

func (s *kindSet) add(k Kind)     { *s |= 1 << k }
func (s kindSet) has(k Kind) bool { return s&(1<<k) != 0 }

// list returns the kinds of the set in the order of their constants.
func (s kindSet) list() []Kind {
	var list []Kind
	for k := plain + 1; k < kinds; k++ {
		if s.has(k) {
			list = append(list, k)
		}
	}
	return list
}
