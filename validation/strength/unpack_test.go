package strength

import (
	"strings"
	"testing"
)

func TestUnpack(t *testing.T) {
	// abba, abbot (common), zoo
	d, err := unpack([]byte("abba\x01ot\x85zoo\x03"))
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]node{
		"abba":  nodeWord,
		"abbot": nodeWord | nodeCommon,
		"zoo":   nodeWord,
		"abb":   nodeParent,
		"abbo":  nodeParent,
	} {
		at := uint32(0)
		for _, char := range word {
			if at = d.child(at, char); at == 0 {
				t.Fatalf("%s is not there", word)
			}
		}
		if got := d.nodes[at] & (nodeWord | nodeCommon | nodeParent); got != want {
			t.Errorf("%s is %b, not %b", word, got, want)
		}
	}
	if d.child(0, 'b') != 0 || d.child(d.child(0, 'a'), 'a') != 0 || d.child(d.child(0, 'a'), 'z') != 0 {
		t.Error("a child that is not there has been found")
	}
}

func TestUnpackMalformed(t *testing.T) {
	for name, packed := range map[string]string{
		"nothing":                       "",
		"a mark alone":                  "\x00",
		"no mark at the end":            "abba\x01o",
		"a word twice":                  "abba\x00\x01",
		"further back than there is":    "abba\x05o\x01",
		"a character that is none":      "abb\xe1\x04",
		"a word of too many characters": strings.Repeat("a", 300) + "\x01",
	} {
		if _, err := unpack([]byte(packed)); err == nil {
			t.Errorf("%s: unpacked", name)
		}
	}
}

func TestEmbeddedDictionary(t *testing.T) {
	d, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	words, common := 0, 0
	for _, n := range d.nodes {
		if n&nodeWord != 0 {
			words++
		}
		if n&nodeCommon != 0 {
			common++
		}
	}
	if words < 90_000 || common < 9_000 {
		t.Errorf("%d words, %d of them common", words, common)
	}
}

func TestEmbeddedTyped(t *testing.T) {
	typed, err := embeddedTyped()
	if err != nil {
		t.Fatal(err)
	}
	for i, words := range [...][]string{{"cj,frf", "ghbdtn"}, {"akuo"}, {"kalhm;era", "lvpfh", "dkssud", "arigatou"}} {
		for _, word := range words {
			checkHolds(t, typed.dictionaries[i], word)
		}
	}
}

func checkHolds(t *testing.T, d *dictionary, word string) {
	t.Helper()
	at := uint32(0)
	for _, char := range word {
		if at = d.child(at, char); at == 0 {
			t.Errorf("%s is not there", word)
			return
		}
	}
	if d.nodes[at]&nodeWord == 0 {
		t.Errorf("%s is no word", word)
	}
}
