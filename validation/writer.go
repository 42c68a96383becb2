package validation

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// slack is how much longer than the client's body the normalised one can be: texts
// that NFC spells with up to three more bytes for each code point, a dialing code put
// before a phone number, and plaintexts whose every byte needs an escape.
func (s *Submission) slack() int {
	slack := 64
	for i := range s.values {
		v := &s.values[i]
		slack += 2*len(v.secret) + 3*len(v.text)
		if v.elements != nil {
			for j := range *v.elements {
				slack += 3 * len((*v.elements)[j].value.text)
			}
		}
	}
	return slack
}

// AppendBody appends the body for the upstream, built anew from the validated
// values (contract, section 5): members in the order of the table, then the
// unknown members that were let through, then dynamicFields. It panics while there
// are violations or rules that have not run, because such a body must not be sent.
// With a nil dst it makes a slice with room enough, so
// that no copy of a password is left behind by growing.
func (s *Submission) AppendBody(dst []byte) []byte {
	if !s.complete || len(s.violations) > 0 {
		panic("validation: the body of a submission that has not passed every rule")
	}
	if dst == nil {
		dst = make([]byte, 0, s.size+s.slack())
	}
	w := writer{dst: append(dst, '{'), s: s}
	w.members(-1, false)
	w.extras("")
	w.members(-1, true)
	return append(w.dst, '}')
}

type writer struct {
	dst  []byte
	s    *Submission
	some bool // a member stands before in this object
}

// members writes the fields of one object, the free-form ones or the others.
func (w *writer) members(parent int, freeforms bool) {
	for i := range w.s.values {
		f := &w.s.endpoint.rows[i]
		if f.parent == parent && (f.kind == freeform) == freeforms && w.s.values[i].state == present {
			w.name(f.name)
			w.field(f, i)
		}
	}
}

func (w *writer) field(f *row, i int) {
	v := &w.s.values[i]
	switch f.kind {
	case record:
		w.dst = append(w.dst, '{')
		w.some = false
		w.members(i, false)
		w.extras(string(f.pointer))
		w.members(i, true)
		w.dst = append(w.dst, '}')
		w.some = true
	case list:
		w.list(f, v)
	default:
		w.scalar(f, v)
	}
}

func (w *writer) list(f *row, v *value) {
	w.dst = append(w.dst, '[')
	for i := range *v.elements {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		w.scalar(f.item, &(*v.elements)[i].value)
	}
	w.dst = append(w.dst, ']')
}

// scalar writes a value that is not made of others that the contract knows.
func (w *writer) scalar(f *row, v *value) {
	switch {
	case f.kind == flag:
		w.dst = strconv.AppendBool(w.dst, v.flag)
	case f.kind == freeform || f.kind == number:
		w.value(v.raw)
	case f.sealed:
		w.dst = quote(w.dst, v.secret)
	default:
		w.dst = quote(w.dst, v.text)
	}
}

// extras writes the unknown members of one object that were let through.
func (w *writer) extras(in string) {
	for _, x := range w.s.extras {
		if x.pass && x.in == in {
			w.name(x.name)
			w.value(x.raw)
		}
	}
}

func (w *writer) name(name string) {
	if w.some {
		w.dst = append(w.dst, ',')
	}
	w.some = true
	w.dst = quote(w.dst, name)
	w.dst = append(w.dst, ':')
}

// quote appends a JSON string. Its text was UTF-8 when it was read or opened,
// which is all that AppendQuote can complain of.
func quote[Text string | []byte](dst []byte, text Text) []byte {
	dst, _ = jsontext.AppendQuote(dst, text)
	return dst
}

// value writes a value of the client's own again, without its white space and
// needless escapes, its numbers in their original digits. It was read before,
// so nothing in it is an error.
func (w *writer) value(raw jsontext.Value) {
	w.dst, _ = jsontext.AppendFormat(w.dst, raw)
}
