package validation_test

import (
	"strings"
	"testing"
)

// The joiners are spelling where RFC 5892, appendix A.1 and A.2, allow them, and
// nowhere else.
func TestJoinersInNames(t *testing.T) {
	cases := []fieldCase{
		{name: "Sinhala", sent: "\u0da0\u0db1\u0dca\u0daf\u0dca\u200d\u0dbb\u0dd2\u0d9a\u0dcf"},
		{name: "Sinhala, twice", sent: "ශ්\u200dරී ප්\u200dරියා"},
		{name: "Persian", sent: "علی\u200cرضا"},
		{name: "Persian, with a space behind", sent: "مهدی\u200cزاده تهرانی"},
		{name: "Persian, beside an apostrophe", sent: "بی\u200cتا'ب", forwarded: "بی\u200cتا'ب"},
		{name: "vocalised Arabic script", sent: "بِّ\u200cبَ"},
		{name: "with marks behind the joiner", sent: "ب\u200c\u064eب"},
		{name: "with a tatweel elsewhere", sent: "مـهدی\u200cزاده"},
		{name: "Phags-pa, whose letter joins to the left", sent: "\ua872\u200c\ua840"},
		{name: "Devanagari, half a letter", sent: "क्\u200dष"},
		{name: "Devanagari, a letter apart", sent: "क्\u200cष"},
		{name: "Malayalam, a chillu", sent: "അവന്\u200d"},
		{name: "Bengali", sent: "হক্\u200cকানী"},
		{name: "Khmer", sent: "ក្\u200cក"},

		{name: "between Latin letters", sent: "An\u200cna", codes: refused("name_characters")},
		{name: "joiner between Latin letters", sent: "An\u200dna", codes: refused("name_characters")},
		{name: "before everything", sent: "\u200cعلی", codes: refused("name_characters")},
		{name: "behind everything", sent: "علی\u200c", codes: refused("name_characters")},
		{name: "before a space", sent: "علی\u200c رضا", codes: refused("name_characters")},
		{name: "before a hyphen", sent: "علی\u200c-رضا", codes: refused("name_characters")},
		{name: "behind a letter that joins nothing behind it", sent: "رد\u200cرضا", codes: refused("name_characters")},
		{name: "before a letter of another script", sent: "علی\u200cx", codes: refused("name_characters")},
		{name: "before a letter that joins nothing", sent: "علی\u200cء", codes: refused("name_characters")},
		{name: "twice in a row", sent: "علی\u200c\u200cرضا", codes: refused("name_characters")},
		{name: "behind a tatweel", sent: "مهدیـ\u200cزاده", codes: refused("name_characters")},
		{name: "joiner between Arabic letters", sent: "علی\u200dرضا", codes: refused("name_characters")},
		{name: "joiner without a virama", sent: "ක\u200dර", codes: refused("name_characters")},
		{name: "joiner before the virama", sent: "ර\u200d්ය", codes: refused("name_characters")},
		{name: "joiner twice", sent: "ක්\u200d\u200dර", codes: refused("name_characters")},
		{name: "joiner and non-joiner", sent: "ක්\u200d\u200cර", codes: refused("name_characters")},
		{name: "one that fits and one that does not", sent: "ශ්\u200dරී ප\u200dරියා", codes: refused("name_characters")},
		{name: "on a vowel sign between", sent: "क्ा\u200dष", codes: refused("name_characters")},
		{name: "of joiners alone", sent: "\u200c\u200d", codes: refused("name_characters")},
		{name: "of many", sent: "ب" + strings.Repeat("\u200cب", 24)},
	}
	for _, field := range []string{"firstName", "lastName"} {
		t.Run(field, func(t *testing.T) { runFieldCases(t, gate{}, field, cases) })
	}
}
