package validation

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	// maxDepth is how deep a body may nest (contract, section 4).
	maxDepth = 32

	// maxMembers is how many members a body may have, in all of its objects: to tell
	// duplicates takes many times their size in memory. More hardly fit into 1 MiB.
	maxMembers = 100_000

	// usualText is the length, in bytes, that few names and texts are over.
	usualText = 64
)

// MalformedError says that a body is not exactly one JSON text of strict
// RFC 8259: UTF-8 without BOM or lone surrogates, no duplicate member names,
// nothing behind the value, at most 32 levels and 100,000 members. It holds nothing of
// the body.
type MalformedError struct {
	// Fault is what is wrong, stable and meant for programs, such as "duplicate_name".
	// [MalformedFaults] lists all.
	Fault string
	// Reason is an English phrase for it, such as "duplicate member name".
	Reason string
	// Offset counts the bytes before the one that is wrong.
	Offset int64
}

func (e *MalformedError) Error() string {
	return fmt.Sprintf("%s at byte %d", e.Reason, e.Offset)
}

// Read takes a body apart. The submission keeps referring to the body, which must
// not change while the submission is in use. The error is a *[MalformedError].
func (e *Endpoint) Read(body []byte) (*Submission, error) {
	s := &Submission{endpoint: e, values: make([]value, len(e.rows)), size: len(body)}
	r := reader{body: body, dec: newDecoder(body), s: s, text: make([]byte, 0, usualText)}
	defer r.dec.release()
	if err := r.document(); err != nil {
		s.Wipe()
		return nil, r.malformed(err)
	}
	return s, nil
}

type reader struct {
	dec     *decoder
	body    []byte
	s       *Submission
	text    []byte // scratch for one string, never a secret
	members int    // seen so far
}

var (
	errTooDeep  = errors.New("nesting over 32 levels")
	errTooMany  = errors.New("over 100,000 members")
	errTrailing = errors.New("something behind the JSON value")
)

var malformedFaults = map[string]string{
	"not_json":        "not a JSON text",
	"too_deep":        errTooDeep.Error(),
	"too_many":        errTooMany.Error(),
	"trailing":        errTrailing.Error(),
	"byte_order_mark": "a byte order mark",
	"duplicate_name":  "duplicate member name",
	"cut":             "the JSON text ends too early",
}

// MalformedFaults are the English phrases for what a [MalformedError] says.
func MalformedFaults() map[string]string { return maps.Clone(malformedFaults) }

func (r *reader) malformed(err error) error {
	fault := "not_json"
	switch {
	case errors.Is(err, errTooDeep):
		fault = "too_deep"
	case errors.Is(err, errTooMany):
		fault = "too_many"
	case errors.Is(err, errTrailing):
		fault = "trailing"
	case bytes.HasPrefix(r.body, []byte("\ufeff")):
		fault = "byte_order_mark"
	case errors.Is(err, jsontext.ErrDuplicateName):
		fault = "duplicate_name"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		fault = "cut"
	}
	offset := r.dec.InputOffset()
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset = syntactic.ByteOffset
	}
	return &MalformedError{Fault: fault, Reason: malformedFaults[fault], Offset: offset}
}

// document reads the one value that a body is.
func (r *reader) document() error {
	if r.dec.PeekKind() == '{' {
		if err := r.object(r.s.endpoint.root); err != nil {
			return err
		}
	} else {
		if _, err := r.value(); err != nil {
			return err
		}
		r.s.notObject = true
	}
	if _, err := r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return errTrailing
	}
	return nil
}

// object reads the members of an object that the contract describes.
func (r *reader) object(o object) error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() != '}' {
		if err := r.member(o); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// count counts a member, and reports one too many.
func (r *reader) count() error {
	if r.members++; r.members > maxMembers {
		return errTooMany
	}
	return nil
}

func (r *reader) member(o object) error {
	raw, err := r.dec.ReadValue()
	if err != nil {
		return err
	}
	if err := r.count(); err != nil {
		return err
	}
	r.text, err = jsontext.AppendUnquote(r.text[:0], raw)
	if err != nil {
		return err
	}
	offset := int(r.dec.InputOffset()) - len(raw)
	i, known := o.members[string(r.text)]
	if known {
		return r.field(i, offset)
	}
	name := string(r.text)
	span, err := r.value()
	if err != nil {
		return err
	}
	r.s.extras = append(r.s.extras, extra{in: o.pointer, name: name, raw: span, offset: offset})
	return nil
}

// field reads the value of a known member. A value of another type than the
// field's is read for its syntax alone.
func (r *reader) field(i, offset int) error {
	f, v := &r.s.endpoint.rows[i], &r.s.values[i]
	v.offset = offset
	kind := r.dec.PeekKind()
	if f.kind == record && kind == '{' {
		v.state = present
		return r.object(f.object)
	}
	if f.kind == list && kind == '[' {
		v.state = present
		return r.list(v, f.item)
	}
	raw, err := r.value()
	if err != nil {
		return err
	}
	switch {
	case f.kind == barred:
		v.state = present
	case kind == 'n':
		v.state = absent
	case !f.kind.matches(kind):
		v.state = wrongType
	default:
		v.state = present
		return r.set(v, f, kind, raw)
	}
	return nil
}

func (r *reader) set(v *value, f *row, kind jsontext.Kind, raw jsontext.Value) (err error) {
	switch {
	case f.sealed:
		// Room for the text as it stands, so that growing leaves no copy behind.
		v.secret, err = jsontext.AppendUnquote(make([]byte, 0, len(raw)), raw)
	case f.kind == text:
		r.text, err = jsontext.AppendUnquote(r.text[:0], raw)
		v.text = string(r.text)
	case f.kind == flag:
		v.flag = kind == 't'
	case f.kind == freeform, f.kind == number:
		v.raw = raw
	}
	return err
}

// value reads any value and returns where it stands in the body.
func (r *reader) value() (jsontext.Value, error) {
	switch r.dec.PeekKind() {
	case '{', '[':
		return r.nested()
	default:
		v, err := r.dec.ReadValue()
		end := int(r.dec.InputOffset())
		return jsontext.Value(r.body[end-len(v) : end]), err
	}
}

// nested reads an object or array token by token, because that is where the
// decoder tells how deep it is.
func (r *reader) nested() (jsontext.Value, error) {
	outer := r.dec.StackDepth()
	start := -1
	for {
		if _, err := r.dec.ReadToken(); err != nil {
			return nil, err
		}
		if start < 0 {
			start = int(r.dec.InputOffset()) - 1
		}
		if r.dec.afterName() {
			if err := r.count(); err != nil {
				return nil, err
			}
		}
		switch depth := r.dec.StackDepth(); {
		case depth > maxDepth:
			return nil, errTooDeep
		case depth == outer:
			return jsontext.Value(r.body[start:r.dec.InputOffset()]), nil
		}
	}
}
