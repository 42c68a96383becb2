// Package addresses reads lists of email addresses into a store of claims.
package addresses

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Format is how addresses stand in a list. The zero value is one in each line.
type Format struct {
	csv       bool
	delimiter rune
	column    int    // counted from 0; -1 if the first row names it
	name      string // in lower case
}

// CSV is the format with addresses in a column, which is named as in the first
// row or counted from 1. A delimiter \t is a tab.
func CSV(column, delimiter string) (Format, error) {
	comma, size := utf8.DecodeRuneInString(delimiter)
	if delimiter == `\t` {
		comma, size = '\t', len(delimiter)
	}
	if size != len(delimiter) || size == 0 || comma == utf8.RuneError || strings.ContainsRune("\"\r\n", comma) {
		return Format{}, errors.New("--delimiter: want one character, which is neither a quotation mark nor the end of a line")
	}
	format := Format{csv: true, delimiter: comma, column: -1, name: columnName(column)}
	if n, err := strconv.Atoi(column); err == nil {
		if n < 1 {
			return Format{}, errors.New("--column: columns are counted from 1")
		}
		format.column = n - 1
	}
	return format, nil
}

func columnName(cell string) string { return strings.ToLower(strings.TrimSpace(cell)) }

// byteOrderMark is what spreadsheets write at the start.
var byteOrderMark = []byte("\ufeff")

func (f Format) open(input io.Reader) (list, error) {
	reader := bufio.NewReaderSize(input, MaxLine)
	if start, _ := reader.Peek(len(byteOrderMark)); bytes.Equal(start, byteOrderMark) {
		_, _ = reader.Discard(len(byteOrderMark)) // it is there
	}
	if !f.csv {
		return &lines{reader: reader}, nil
	}
	rows := &rows{Reader: csv.NewReader(reader), column: f.column, mayBeNames: f.column >= 0}
	rows.Comma = f.delimiter
	rows.FieldsPerRecord = -1
	rows.ReuseRecord = true
	if f.column >= 0 {
		return rows, nil
	}
	names, err := rows.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the names of the columns: %w", err)
	}
	rows.column = slices.IndexFunc(names, func(cell string) bool { return columnName(cell) == f.name })
	if rows.column < 0 {
		return nil, fmt.Errorf("--column: the first row names %d columns, and none of them so; see --delimiter", len(names))
	}
	return rows, nil
}
