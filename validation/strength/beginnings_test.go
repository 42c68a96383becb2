package strength

import "testing"

func TestBeginnings(t *testing.T) {
	// abba, abbot, zero
	d, err := unpack([]byte("abba\x01ot\x05zero\x04"))
	if err != nil {
		t.Fatal(err)
	}
	var b beginnings
	b.learn(d)
	for word, want := range map[string]bool{
		"abba": true, "abbo": true, "zero": true, "abbt": false, "zabo": false, "abro": false,
	} {
		if got := b.have(rune(word[0]), rune(word[1]), rune(word[2]), rune(word[3])); got != want {
			t.Errorf("have %s: %t", word, got)
		}
	}
	for sets, want := range map[[leastWord]string]bool{
		{"xa", "yb", "bz", "qo"}: true,
		{"za", "eb", "ra", "oa"}: true,
		{"za", "eb", "rb", "xt"}: false,
		{"a", "b", "b", ""}:      false,
		{"", "b", "b", "a"}:      false,
	} {
		var read [leastWord]charBits
		for i, set := range sets {
			for _, char := range set {
				read[i] |= bitOf(char)
			}
		}
		if got := b.haveAny(read[0], read[1], read[2], read[3]); got != want {
			t.Errorf("have any of %v: %t", sets, got)
		}
	}
}

// TestNoWordIsShorter: words that are would not be looked for.
func TestNoWordIsShorter(t *testing.T) {
	s := newScorer(t)
	for i, d := range append(s.typed.dictionaries[:], s.words) {
		for depth, nodes := 1, []uint32{0}; depth < leastWord; depth++ {
			var next []uint32
			for _, of := range nodes {
				for child, n := range d.children(of) {
					if next = append(next, child); n&nodeWord != 0 {
						t.Errorf("dictionary %d has a word of %d characters", i, depth)
					}
				}
			}
			nodes = next
		}
	}
}
