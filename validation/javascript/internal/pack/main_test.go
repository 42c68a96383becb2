package main

import (
	"bytes"
	"testing"
)

// Segments in any order come together, with the zeros between; other sections stay.
func TestPack(t *testing.T) {
	module := []byte("\x00asm\x01\x00\x00\x00" + "\x00\x02hi" +
		"\x0b\x13" + "\x02" + "\x00\x41\xc8\x00\x0b\x03def" + "\x00\x41\xc0\x00\x0b\x03abc" + "\x01\x01!")
	want := []byte("\x00asm\x01\x00\x00\x00" + "\x00\x02hi" +
		"\x0b\x12" + "\x01" + "\x00\x41\xc0\x00\x0b\x0babc\x00\x00\x00\x00\x00def" + "\x01\x01!")
	packed, err := pack(module)
	if err != nil || !bytes.Equal(packed, want) {
		t.Errorf("%q, %v", packed, err)
	}
}

func TestPackMalformed(t *testing.T) {
	const preamble = "\x00asm\x01\x00\x00\x00"
	for name, module := range map[string]string{
		"nothing":                         "",
		"a section that is cut":           preamble + "\x0b\x09\x01",
		"a section without a length":      preamble + "\x0b",
		"a segment of another memory":     preamble + "\x0b\x07\x01\x01\x41\x01\x0b\x01a",
		"a segment at no constant":        preamble + "\x0b\x07\x01\x00\x23\x01\x0b\x01a",
		"a segment at a sum":              preamble + "\x0b\x07\x01\x00\x41\x01\x6a\x01a",
		"a segment that is cut":           preamble + "\x0b\x07\x01\x00\x41\x01\x0b\x02a",
		"fewer segments than there are":   preamble + "\x0b\x07\x02\x00\x41\x01\x0b\x01a",
		"a number that is too large":      preamble + "\x0b\xff\xff\xff\xff\xff\x0f",
		"more segments than can be there": preamble + "\x0b\x05\xff\xff\xff\xff\x07",
	} {
		if packed, err := pack([]byte(module)); err == nil {
			t.Errorf("%s: %q", name, packed)
		}
	}
}
