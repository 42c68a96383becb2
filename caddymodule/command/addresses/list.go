package addresses

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// A list has records, one after the other.
type list interface {
	// next returns io.EOF at the end.
	next() (record, error)
}

// A record is what stands in the place of an address.
type record struct {
	text        string
	broken      bool // it could not be read
	first, last int  // lines that it is reported as, counted from 1
}

// MaxLine is how long a line may be, in bytes, some hundred times what an address
// can be.
const MaxLine = 32 << 10

// lines are a list with an address in each.
type lines struct {
	reader *bufio.Reader // of MaxLine
	line   int
}

func (l *lines) next() (record, error) {
	line, err := l.reader.ReadSlice('\n')
	tooLong := errors.Is(err, bufio.ErrBufferFull)
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = l.reader.ReadSlice('\n')
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0 && !tooLong) {
		return record{}, err
	}
	l.line++
	r := record{broken: tooLong, first: l.line, last: l.line}
	if !tooLong {
		r.text = string(line)
	}
	return r, nil
}

// rows are a list with an address in a column of each.
type rows struct {
	*csv.Reader
	column     int
	mayBeNames bool // the next row may name the columns
}

func (s *rows) next() (record, error) {
	row, err := s.Read()
	var fault *csv.ParseError
	switch {
	case errors.As(err, &fault):
		return record{broken: true, first: fault.StartLine, last: fault.Line}, nil
	case err != nil:
		return record{}, err
	}
	names := s.mayBeNames
	s.mayBeNames = false
	if s.column >= len(row) {
		line, _ := s.FieldPos(0)
		return record{broken: true, first: line, last: line}, nil
	}
	if names && !strings.Contains(row[s.column], "@") {
		return s.next()
	}
	line, _ := s.FieldPos(s.column)
	return record{text: row[s.column], first: line, last: line}, nil
}
