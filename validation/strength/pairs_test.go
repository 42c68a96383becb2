package strength

import "testing"

func TestCountPairs(t *testing.T) {
	// abba, abbot, zoo: seven pairs, as the two words with one beginning have
	// its pairs in common
	d, err := unpack(packWords(t, 3, "\x00\x03\x00", "abb\xe1o\xf4zo\xef"))
	if err != nil {
		t.Fatal(err)
	}
	for pair, want := range map[string]int{"ab": 8, "bb": 8, "ot": 8, "zo": 8, "ao": 0, "tz": 0, "qx": 0} {
		if got := d.pairs.of(rune(pair[0]), rune(pair[1])); got != want {
			t.Errorf("%s is %d, not %d", pair, got, want)
		}
	}
}

func TestEmbeddedPairs(t *testing.T) {
	d, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range []string{"in", "er", "th", "an", "st"} {
		if got := d.pairs.of(rune(pair[0]), rune(pair[1])); got < bitParts {
			t.Errorf("%s is %d: unlikely", pair, got)
		}
	}
	for _, pair := range []string{"qz", "kx", "vq", "jx", "wx"} {
		if got := d.pairs.of(rune(pair[0]), rune(pair[1])); got > -3*bitParts {
			t.Errorf("%s is %d: likely", pair, got)
		}
	}
}
