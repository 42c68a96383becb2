package languages

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/customergate/customergate/validation"
)

const maxFile = 1 << 20

// readFile reads a catalogue of the operator's.
func readFile(path string) (*Catalogue, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it is only read
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxFile:
		return nil, fmt.Errorf("%s is over 1 MiB", path)
	}
	return parse(path, text)
}

// parse reads a catalogue. An error names the line.
func parse(name string, text []byte) (*Catalogue, error) {
	r := &fileReader{dec: jsontext.NewDecoder(bytes.NewReader(text)), c: &Catalogue{Messages: map[string]Text{}}}
	err := r.file()
	if err == nil {
		return r.c, nil
	}
	offset := r.dec.InputOffset()
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset, err = syntactic.ByteOffset, syntactic.Err
	}
	line := 1 + bytes.Count(text[:min(int(offset), len(text))], []byte("\n"))
	return nil, fmt.Errorf("%s:%d: %w", name, line, err)
}

// fileReader reads one file token by token, to know the line of what is wrong.
type fileReader struct {
	dec *jsontext.Decoder
	c   *Catalogue
}

func (r *fileReader) file() error {
	err := r.object(func(name string) (err error) {
		switch name {
		case "language":
			if r.c.Language, err = r.text(); err == nil {
				_, err = parseTag(r.c.Language)
			}
		case "separator":
			r.c.Separator, err = r.text()
		case "words":
			err = r.object(r.words)
		case "messages":
			err = r.object(r.message)
		default:
			err = fmt.Errorf("there is no member %q; want language, separator, words and messages", name)
		}
		return err
	})
	if err != nil {
		return err
	}
	if _, err := r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind the object")
	}
	if r.c.Language == "" {
		return errors.New("language: say which one this is, such as it or fr-CA")
	}
	return nil
}

// object reads an object, member by member.
func (r *fileReader) object(member func(name string) error) error {
	if r.dec.PeekKind() != '{' && r.dec.PeekKind() != 0 {
		return errors.New("an object is wanted here")
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() == '"' {
		name, err := r.dec.ReadToken()
		if err != nil {
			return err
		}
		if err := member(name.String()); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

func (r *fileReader) text() (string, error) {
	if r.dec.PeekKind() != '"' && r.dec.PeekKind() != 0 {
		return "", errors.New("a text is wanted here")
	}
	token, err := r.dec.ReadToken()
	if err != nil {
		return "", err
	}
	return token.String(), nil
}

func (r *fileReader) words(param string) error {
	terms := validation.Terms(param)
	if len(terms) == 0 {
		return fmt.Errorf("words: there are none for %q, only for fault, kinds and type", param)
	}
	words := map[string]string{}
	err := r.object(func(value string) (err error) {
		if _, known := terms[value]; !known {
			return fmt.Errorf("words: %s is never %q", param, value)
		}
		if words[value], err = r.text(); err != nil {
			return err
		}
		return checkText(validation.Sentence{}, words[value])
	})
	if r.c.Words == nil {
		r.c.Words = map[string]map[string]string{}
	}
	r.c.Words[param] = words
	return err
}

func (r *fileReader) message(key string) error {
	if r.c.Language == "" {
		return errors.New("language: it comes first, before the messages")
	}
	text := Text{}
	var err error
	if r.dec.PeekKind() == '{' {
		err = r.object(func(form string) (err error) {
			text[form], err = r.text()
			return err
		})
	} else {
		text[other], err = r.text()
	}
	if err != nil {
		return err
	}
	r.c.Messages[key] = text
	return r.c.check(key, text)
}
