package validation

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Violation is one thing that is wrong with a submission.
type Violation struct {
	// Pointer is the JSON pointer (RFC 6901) of the value, empty for the whole
	// body. It may hold member names that the client chose: answer with it,
	// but log [Violation.Place].
	Pointer jsontext.Pointer `json:"pointer"`
	// Code is stable and meant for programs.
	Code Code `json:"code"`
	// Message is an English sentence for people. It never repeats the value.
	Message string `json:"message"`
	// Params are what Message says in figures and names, for a program that says it in
	// its own words. [Codes] lists those of each code.
	Params Params `json:"params,omitempty"`

	place  string
	offset int
}

// Place is Pointer with every name that the contract does not know replaced by
// "*". It has few distinct values and holds nothing that a client wrote, so it
// is fit for logs and metrics.
func (v Violation) Place() string { return v.place }

// CountFields counts the values that the violations are about: one value may
// break several rules.
func CountFields(violations []Violation) int {
	pointers := make(map[jsontext.Pointer]struct{}, len(violations))
	for _, v := range violations {
		pointers[v.Pointer] = struct{}{}
	}
	return len(pointers)
}

// inDocumentOrder sorts violations by where their values stand in the body.
// Those of one value keep the order in which its rules ran.
func inDocumentOrder(violations []Violation) {
	slices.SortStableFunc(violations, func(a, b Violation) int { return a.offset - b.offset })
}

// unknownPlace is the place of a member that the contract does not know, in
// the object at the given pointer.
func unknownPlace(object string) string {
	return strings.TrimSuffix(object, "/") + "/*"
}
