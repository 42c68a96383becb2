// Command pack rewrites a WebAssembly module of Go's linker so that it compresses better:
// with its data in one segment, and without lines of source in it.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
)

func main() {
	if err := packFile(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func packFile(path string) error {
	module, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	packed, err := pack(module)
	if err != nil {
		return err
	}
	return os.WriteFile(path, packed, 0o600)
}

var errModule = errors.New("no module as Go's linker writes it")

const (
	preamble    = 8 // bytes of the magic number and the version
	dataSection = 11
)

func pack(module []byte) ([]byte, error) {
	if len(module) < preamble {
		return nil, errModule
	}
	packed := append([]byte{}, module[:preamble]...)
	for r := (reader{module[preamble:]}); len(r.rest) > 0; {
		id := r.bytes(1)
		content := r.bytes(r.number())
		if content == nil {
			return nil, errModule
		}
		if id[0] == dataSection {
			image, err := imageOf(reader{content})
			if err != nil {
				return nil, err
			}
			if err := stripLines(image.bytes); err != nil {
				return nil, err
			}
			content = image.section()
		}
		packed = append(packed, id[0])
		packed = append(binary.AppendUvarint(packed, uint64(len(content))), content...)
	}
	return packed, nil
}

// image is what memory holds at the start, from an address on.
type image struct {
	address int
	bytes   []byte
}

// imageOf puts the segments of a data section together. The linker begins a new one behind
// every eight zeros, tens of thousands, of which each has an address that Brotli cannot
// guess, while zeros cost it next to nothing.
func imageOf(r reader) (image, error) {
	number := r.number()
	if number == 0 || number > len(r.rest) {
		return image{}, errModule
	}
	segments := make([]image, number)
	joined := image{address: math.MaxInt}
	end := 0
	for i := range segments {
		s, ok := r.segment()
		if !ok {
			return image{}, errModule
		}
		segments[i] = s
		joined.address = min(joined.address, s.address)
		end = max(end, s.address+len(s.bytes))
	}
	joined.bytes = make([]byte, end-joined.address)
	for _, s := range segments {
		copy(joined.bytes[s.address-joined.address:], s.bytes)
	}
	return joined, nil
}

// segment reads one of memory 0 at a constant address: 0x00 0x41, the address, 0x0b.
func (r *reader) segment() (s image, ok bool) {
	start := string(r.bytes(2))
	s.address = r.number()
	end := string(r.bytes(1))
	s.bytes = r.bytes(r.number())
	return s, start == "\x00\x41" && end == "\x0b" && s.bytes != nil
}

// section writes a data section of one segment.
func (m image) section() []byte {
	section := []byte{1, 0, 0x41}
	section = binary.AppendUvarint(section, uint64(m.address))
	if last := len(section) - 1; section[last]&0x40 != 0 { // it would be read as negative
		section[last] |= 0x80
		section = append(section, 0)
	}
	section = append(section, 0x0b)
	return append(binary.AppendUvarint(section, uint64(len(m.bytes))), m.bytes...)
}

// reader reads numbers in LEB128 and bytes, nil where there are fewer.
type reader struct{ rest []byte }

func (r *reader) number() int {
	n, length := binary.Uvarint(r.rest)
	if length <= 0 || n > 1<<31 {
		r.rest = nil
		return 0
	}
	r.rest = r.rest[length:]
	return int(n)
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.rest) {
		r.rest = nil
		return nil
	}
	taken := r.rest[:n:n]
	r.rest = r.rest[n:]
	return taken
}
