package caddymodule

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// importInput is a file with addresses, or standard input.
type importInput struct {
	*os.File
	size     int64 // 0 if it is not known
	modified time.Time
	seekable bool // it can be read again, from any place
}

func openInput(file string, stdin *os.File) (*importInput, error) {
	if file == "-" {
		return &importInput{File: stdin}, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if !info.Mode().IsRegular() {
		return &importInput{File: f}, nil
	}
	return &importInput{File: f, size: info.Size(), modified: info.ModTime(), seekable: true}, nil
}

// headSize is how much of an input is looked at to know it again.
const headSize = 64 << 10

// about tells this import from others. It is hashed with the pepper, because a
// short input could be guessed from a plain hash.
func (in *importInput) about(p *pepper, purpose ...string) (importAbout, error) {
	head := make([]byte, min(headSize, in.size))
	if _, err := in.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return importAbout{}, err
	}
	sum := sha256.Sum256(head)
	return importAbout{
		Size:     in.size,
		Modified: in.modified,
		Head:     hex.EncodeToString(p.sum(nil, "import head", hex.EncodeToString(sum[:]))),
		Purpose:  hex.EncodeToString(p.sum(nil, append([]string{"import purpose"}, purpose...)...)),
	}, nil
}

// importFormat is how addresses stand in an input.
type importFormat struct {
	csv       bool
	delimiter rune
	column    int    // counted from 0; -1 if the first row names it
	name      string // in lower case
}

func (f importFlags) format() (importFormat, error) {
	if f.column == "" {
		return importFormat{}, nil
	}
	delimiter, size := utf8.DecodeRuneInString(f.delimiter)
	if f.delimiter == `\t` {
		delimiter, size = '\t', len(f.delimiter)
	}
	if size != len(f.delimiter) || size == 0 || delimiter == utf8.RuneError || strings.ContainsRune("\"\r\n", delimiter) {
		return importFormat{}, errors.New("--delimiter: want one character, which is neither a quotation mark nor the end of a line")
	}
	format := importFormat{csv: true, delimiter: delimiter, column: -1, name: columnName(f.column)}
	if n, err := strconv.Atoi(f.column); err == nil {
		if n < 1 {
			return importFormat{}, errors.New("--column: columns are counted from 1")
		}
		format.column = n - 1
	}
	return format, nil
}

func columnName(cell string) string { return strings.ToLower(strings.TrimSpace(cell)) }

// open returns the addresses of an input from an offset on, which is 0 or one
// that a source for the same input has told.
func (f importFormat) open(input *importInput, offset int64) (addressSource, error) {
	if !f.csv {
		at, err := input.skipTo(offset)
		return newLineSource(at), err
	}
	var header []string
	if f.column < 0 {
		at, err := input.skipTo(0)
		if err != nil {
			return nil, err
		}
		names := f.newSource(at)
		if header, err = names.Read(); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("reading the names of the columns: %w", err)
		}
		if f.column = f.find(header); f.column < 0 {
			return nil, fmt.Errorf("--column: the first row names %d columns, and none of them so; see --delimiter", len(header))
		}
		if offset == 0 {
			names.column = f.column
			return names, nil
		}
	}
	at, err := input.skipTo(offset)
	source := f.newSource(at)
	source.mayBeNames = offset == 0
	return source, err
}

// find returns the place of the column in the row of names, or -1.
func (f importFormat) find(header []string) int {
	for i, cell := range header {
		if columnName(cell) == f.name {
			return i
		}
	}
	return -1
}

func (f importFormat) newSource(at inputPlace) *csvSource {
	reader := csv.NewReader(at)
	reader.Comma = f.delimiter
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	return &csvSource{Reader: reader, at: at, column: f.column}
}

// inputPlace is an input from an offset on.
type inputPlace struct {
	io.Reader
	offset int64
	lines  int // that are before it
}

// skipTo goes to an offset and counts the lines before it. A byte order mark at
// the start, which spreadsheets write, is passed over.
func (in *importInput) skipTo(offset int64) (inputPlace, error) {
	if !in.seekable {
		return withoutMark(in.File)
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return inputPlace{}, err
	}
	if offset == 0 {
		return withoutMark(in.File)
	}
	var lines lineCounter
	if _, err := io.CopyN(&lines, in.File, offset); err != nil {
		return inputPlace{}, fmt.Errorf("what was imported already cannot be read again: %v", err) //nolint:errorlint // io.EOF would mean that all is imported
	}
	return inputPlace{Reader: in.File, offset: offset, lines: int(lines)}, nil
}

func withoutMark(r io.Reader) (inputPlace, error) {
	start := make([]byte, len(byteOrderMark))
	n, err := io.ReadFull(r, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return inputPlace{}, err
	}
	if bytes.Equal(start, byteOrderMark) {
		return inputPlace{Reader: r, offset: int64(n)}, nil
	}
	return inputPlace{Reader: io.MultiReader(bytes.NewReader(start[:n]), r)}, nil
}
