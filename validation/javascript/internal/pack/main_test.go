package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// Segments in any order come together, with the zeros between.
func TestImage(t *testing.T) {
	segments := []byte("\x02" + "\x00\x41\xc8\x00\x0b\x03def" + "\x00\x41\xc0\x00\x0b\x03abc")
	want := []byte("\x01" + "\x00\x41\xc0\x00\x0b\x0babc\x00\x00\x00\x00\x00def")
	joined, err := imageOf(reader{segments})
	if err != nil || !bytes.Equal(joined.section(), want) {
		t.Errorf("%q, %v", joined.section(), err)
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
		if packed, err := pack([]byte(module)); !errors.Is(err, errModule) {
			t.Errorf("%s: %q, %v", name, packed, err)
		}
	}
}

// program is an image with the function tables of one function: no name, no units, no
// files; tables by address for its stack (1), files (4), lines (7) and, the same as its
// files, for pointers.
func program() []byte {
	tables := append([]byte{}, headerMagic...)
	for _, n := range []uint64{1, 0, 0, 72, 72, 74, 76, 86} { // functions, ..., units, files, tables, functions
		tables = binary.LittleEndian.AppendUint64(tables, n)
	}
	tables = append(tables, "uuff"...)
	tables = append(tables, 0, 2, 1, 0, 4, 1, 0, 6, 1, 0)
	for _, n := range []uint32{0, 8, 0, 5, 0, 0, 1, 4, 7, 1, 9, 9, 0, 4} { // the entry, then the function
		tables = binary.LittleEndian.AppendUint32(tables, n)
	}
	return tables
}

func TestStripLines(t *testing.T) {
	image := append([]byte("before"), program()...)
	if err := stripLines(image); err != nil {
		t.Fatal(err)
	}
	tables := image[len("before"):]
	if got, want := string(tables[72:86]), "\x00\x00\x00\x00"+"\x00\x02\x01\x00\x04\x01\x00\x00\x00\x00"; got != want {
		t.Errorf("units, files and tables are %q, not %q", got, want)
	}
	var function []int
	for at := 94; at < len(tables); at += 4 {
		function = append(function, word(tables, at))
	}
	if want := []int{0, 5, 0, 0, 1, 0, 0, 1, 0, 0, 0, 4}; !slices.Equal(function, want) {
		t.Errorf("the function is %v, not %v", function, want)
	}
}

func TestStripLinesOfAnotherGo(t *testing.T) {
	tooMany := program()
	tooMany[8] = 200
	for name, image := range map[string][]byte{
		"no tables":                 []byte("nothing"),
		"two tables":                append(program(), program()...),
		"a header that is cut":      program()[:20],
		"more functions than bytes": tooMany,
	} {
		if err := stripLines(image); !errors.Is(err, errTables) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
