package main

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// The layout of runtime.pcHeader and runtime._func, as of Go 1.20 to 1.26.
const (
	headerSize = 8 * 9
	entrySize  = 8 // of a function in the table: its address, and where its _func is

	funcPCSP      = 16
	funcPCFile    = 20
	funcPCLine    = 24
	funcPCData    = 28 // how many more tables there are by address
	funcUnit      = 32 // the compilation unit, for names of files
	funcStartLine = 36
	funcTables    = 44
)

var (
	headerMagic = []byte{0xF1, 0xFF, 0xFF, 0xFF, 0, 0, 1, 8}
	errTables   = errors.New("the function tables are not laid out as those of Go 1.26")
)

// functions are the function tables of a program, runtime.pclntab.
type functions struct {
	number                         int
	units, files, byAddress, table []byte // table has the functions
}

// functionsIn finds the function tables in an image: their magic number, which the code
// has as a constant, too, and a number of functions that fits.
func functionsIn(image []byte) (*functions, error) {
	start := bytes.Index(image, headerMagic)
	if start < 0 || bytes.Contains(image[start+1:], headerMagic) || len(image)-start < headerSize {
		return nil, errTables
	}
	tables := image[start:]
	field := func(i int) int { return int(binary.LittleEndian.Uint64(tables[8*i:])) }
	units, files, byAddress, table := field(5), field(6), field(7), field(8)
	ordered := headerSize <= units && units <= files && files <= byAddress && byAddress <= table
	if !ordered || table+field(1)*entrySize > len(tables) {
		return nil, errTables
	}
	return &functions{
		number: field(1), units: tables[units:files], files: tables[files:byAddress],
		byAddress: tables[byAddress:table], table: tables[table:],
	}, nil
}

// stripLines blanks the files and lines of functions, which only the traces of panics show.
// Their names stay: the runtime goes by some of them.
func stripLines(image []byte) error {
	f, err := functionsIn(image)
	if err != nil {
		return err
	}
	kept := f.tablesKept()
	for i := range f.number {
		function := f.function(i)
		for _, field := range []int{funcPCFile, funcPCLine} {
			if at := word(function, field); !kept[at] {
				f.blankTable(at)
			}
		}
		for _, field := range []int{funcPCFile, funcPCLine, funcUnit, funcStartLine} {
			clear(function[field : field+4])
		}
	}
	clear(f.units)
	clear(f.files)
	return nil
}

// tablesKept are those by address that something else than files and lines is in, such
// as which stack slots have pointers. Equal tables are one.
func (f *functions) tablesKept() map[int]bool {
	kept := map[int]bool{0: true}
	for i := range f.number {
		function := f.function(i)
		kept[word(function, funcPCSP)] = true
		for k := range word(function, funcPCData) {
			kept[word(function, funcTables+4*k)] = true
		}
	}
	return kept
}

func (f *functions) function(i int) []byte { return f.table[word(f.table, i*entrySize+4):] }

func word(of []byte, at int) int { return int(binary.LittleEndian.Uint32(of[at:])) }

// blankTable blanks a table by address: pairs of numbers in LEB128 up to a zero, which
// only the first of a pair can be, and not the very first.
func (f *functions) blankTable(at int) {
	table := f.byAddress[at:]
	for first := true; ; first = false {
		difference, length := binary.Uvarint(table)
		clear(table[:length])
		if difference == 0 && !first {
			return
		}
		table = table[length:]
		_, length = binary.Uvarint(table)
		clear(table[:length])
		table = table[length:]
	}
}
