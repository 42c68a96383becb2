package strength

import "testing"

func TestLearnSpelling(t *testing.T) {
	// abba, abbot, zoo: the two words with one beginning have its letters in
	// common
	d, err := unpack([]byte("abba\x01ot\x05zoo\x03"))
	if err != nil {
		t.Fatal(err)
	}
	s := d.learnSpelling(latinLetters)
	for _, tt := range []struct {
		letters string
		want    int
	}{
		{"ab", 7},  // one of the two letters in front of b: 26·(1+1)/(2+26)
		{"qb", -1}, // none of them: 26·1/(2+26)
		{"qx", 0},  // nothing is known about x
		{"abb", 8}, // what is in front of bb: 26·(1+4·2·26/28)/(1+4·26)
		{"qbb", -1},
		{"qxz", 0},
	} {
		afterNext := rune(0)
		if len(tt.letters) == 3 {
			afterNext = rune(tt.letters[2])
		}
		if got := s.of(rune(tt.letters[0]), rune(tt.letters[1]), afterNext); got != tt.want {
			t.Errorf("%s is %d, not %d", tt.letters, got, tt.want)
		}
	}
}

func TestEmbeddedSpelling(t *testing.T) {
	d, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, letters := range []string{"the", "ing", "str", "ion", "qui"} {
		if got := d.spelling.of(rune(letters[0]), rune(letters[1]), rune(letters[2])); got < bitParts {
			t.Errorf("%s is %d: unlikely", letters, got)
		}
	}
	for _, letters := range []string{"qzx", "kxv", "xqk", "jqz", "vqz"} {
		if got := d.spelling.of(rune(letters[0]), rune(letters[1]), rune(letters[2])); got > -bitParts {
			t.Errorf("%s is %d: likely", letters, got)
		}
	}
}
