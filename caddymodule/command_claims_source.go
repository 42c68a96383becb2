package caddymodule

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// An addressSource finds addresses in an input, one after the other.
type addressSource interface {
	// next returns the next record, or io.EOF at the end.
	next() (addressRecord, error)

	// offset tells where what has not been returned yet begins.
	offset() int64
}

// An addressRecord is what stands in the place of an address.
type addressRecord struct {
	text        string
	broken      bool // it could not be read
	first, last int  // lines that it is reported as, counted from 1
}

// maxAddressLine is how long a line may be, in bytes, some hundred times what
// an address can be.
const maxAddressLine = 32 << 10

// lineSource finds an address in each line.
type lineSource struct {
	reader *bufio.Reader
	line   int
	end    int64
}

func newLineSource(at inputPlace) *lineSource {
	return &lineSource{reader: bufio.NewReaderSize(at, maxAddressLine), line: at.lines, end: at.offset}
}

func (s *lineSource) offset() int64 { return s.end }

func (s *lineSource) next() (addressRecord, error) {
	line, err := s.reader.ReadSlice('\n')
	s.end += int64(len(line))
	tooLong := errors.Is(err, bufio.ErrBufferFull)
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = s.reader.ReadSlice('\n')
		s.end += int64(len(line))
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0 && !tooLong) {
		return addressRecord{}, err
	}
	s.line++
	r := addressRecord{broken: tooLong, first: s.line, last: s.line}
	if !tooLong {
		r.text = string(line)
	}
	return r, nil
}

// csvSource finds an address in a column of each row.
type csvSource struct {
	*csv.Reader
	at         inputPlace
	column     int
	mayBeNames bool // the next row may name the columns
}

func (s *csvSource) offset() int64 { return s.at.offset + s.InputOffset() }

func (s *csvSource) next() (addressRecord, error) {
	row, err := s.Read()
	var fault *csv.ParseError
	switch {
	case errors.As(err, &fault):
		return addressRecord{broken: true, first: s.at.lines + fault.StartLine, last: s.at.lines + fault.Line}, nil
	case err != nil:
		return addressRecord{}, err
	}
	names := s.mayBeNames
	s.mayBeNames = false
	if s.column >= len(row) {
		line := s.lineOf(0)
		return addressRecord{broken: true, first: line, last: line}, nil
	}
	if names && !strings.Contains(row[s.column], "@") {
		return s.next()
	}
	line := s.lineOf(s.column)
	return addressRecord{text: row[s.column], first: line, last: line}, nil
}

func (s *csvSource) lineOf(column int) int {
	line, _ := s.FieldPos(column)
	return s.at.lines + line
}

// lineCounter counts the ends of lines that are written to it.
type lineCounter int

func (n *lineCounter) Write(p []byte) (int, error) {
	*n += lineCounter(bytes.Count(p, []byte("\n")))
	return len(p), nil
}
