package validation

import (
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// What one answer says of unknown members and of faults in free-form values is
// bounded, because the contract allows an answer 64 KiB (section 4): a body has
// room for thousands of faults, each under a pointer as long as the body, and a
// client that sends so many needs no complete list.
const (
	maxForeign         = 100
	maxForeignPointers = 32 << 10 // bytes in JSON, all of them together
	maxPointer         = 1 << 10  // bytes in JSON, one of them
)

// tally counts what was reported of unknown members and free-form values.
type tally struct {
	violations, pointers int
}

// full reports whether the answer lists enough: at least one violation.
func (t tally) full() bool {
	return t.violations >= maxForeign || t.pointers > maxForeignPointers
}

// spot is where a member or value stands that the contract does not know.
type spot struct {
	pointer jsontext.Pointer
	place   string
	offset  int
}

// refuse reports a violation at a place that the contract does not know.
func (s *Submission) refuse(at spot, what saying) {
	pointer := nameable(at.pointer)
	if pointer != at.pointer {
		what.params = append(Params{{paramWithin, true}}, what.params...)
		what.message = within.Say(Params{{paramMessage, what.message}})
	}
	s.foreign.violations++
	s.foreign.pointers += max(len(at.pointer), lengthInJSON(pointer))
	at.pointer = pointer
	s.add(what.at(at))
}

// nameable returns a pointer, or that of the nearest enclosing value with one that
// is short enough for an answer.
func nameable(pointer jsontext.Pointer) jsontext.Pointer {
	if len(pointer) > maxPointer {
		pointer = pointer[:maxPointer+1].Parent()
	}
	for lengthInJSON(pointer) > maxPointer {
		pointer = pointer.Parent()
	}
	return pointer
}

// lengthInJSON is how many bytes a pointer has in JSON at most, whichever
// characters are written as escapes.
func lengthInJSON(pointer jsontext.Pointer) int {
	const escape = len(`\u0000`)
	n := 0
	for _, r := range string(pointer) {
		switch r {
		case '"', '\\', '<', '>', '&', '\u2028', '\u2029':
			n += escape
		default:
			if unicode.IsControl(r) {
				n += escape
			} else {
				n += utf8.RuneLen(r)
			}
		}
	}
	return n
}
