package strength

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"testing"
)

// packWords packs a dictionary of so many heads, as internal/gendict does.
func packWords(tb testing.TB, number uint32, heads, tails string) []byte {
	tb.Helper()
	var packed bytes.Buffer
	zw, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		tb.Fatal(err)
	}
	data := binary.BigEndian.AppendUint32(nil, number)
	if _, err := zw.Write(append(append(data, heads...), tails...)); err != nil {
		tb.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		tb.Fatal(err)
	}
	return packed.Bytes()
}

func TestUnpack(t *testing.T) {
	// abba, abbot (common), zoo
	d, err := unpack(packWords(t, 3, "\x00\x83\x00", "abb\xe1o\xf4zo\xef"))
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
	for name, packed := range map[string][]byte{
		"not compressed":                []byte("abba"),
		"no number":                     packWords(t, 1, "", "")[:0],
		"more heads than there are":     packWords(t, 9, "\x00", "abb\xe1"),
		"a tail without an end":         packWords(t, 1, "\x00", "abba"),
		"no tail":                       packWords(t, 1, "\x00", ""),
		"more shared than there is":     packWords(t, 2, "\x00\x05", "abb\xe1\xe1"),
		"a word of too many characters": packWords(t, 1, "\x00", string(bytes.Repeat([]byte("a"), 300))+"\xe1"),
	} {
		if _, err := unpack(packed); err == nil {
			t.Errorf("%s: unpacked", name)
		}
	}
	var short bytes.Buffer
	zw, err := flate.NewWriter(&short, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := zw.Write([]byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := unpack(short.Bytes()); err == nil {
		t.Error("three bytes: unpacked")
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
			checkHolds(t, typed[i], word)
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
