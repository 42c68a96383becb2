package uniqueness

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// AnswerRule picks out answers of the upstream.
type AnswerRule struct {
	// Status codes, such as `201`, and classes of them, such as `2xx`; one of
	// them has to match. Required.
	Status []string `json:"status"`

	// A JSON pointer (RFC 6901) to a value in the answer's body, of which the
	// first 64 KiB are looked at. Default: the body does not matter.
	Pointer string `json:"pointer,omitempty"`

	// What that value has to be: a JSON scalar, or a string without quotes.
	// Default: an empty string.
	Value string `json:"value,omitempty"`
}

// statusPattern leaves out 1xx, which no answer ends with.
var statusPattern = regexp.MustCompile(`^[2-5]([0-9]{2}|xx)$`)

// check refuses a rule that could not match. It is nil where the option is not
// set.
func (a *AnswerRule) check(option string) error {
	if a == nil {
		return nil
	}
	if len(a.Status) == 0 {
		return fmt.Errorf("%s: name at least one status code, such as 201 or 2xx", option)
	}
	for i, status := range a.Status {
		if !statusPattern.MatchString(status) {
			return fmt.Errorf("%s: %q is not a status code such as 201, nor a class of them such as 2xx", option, status)
		}
		if slices.Contains(a.Status[:i], status) {
			return fmt.Errorf("%s: %s is listed twice", option, status)
		}
	}
	switch {
	case a.Pointer == "" && a.Value != "":
		return fmt.Errorf("%s: there is a value, but no JSON pointer to where it has to be", option)
	case a.Pointer != "" && (!strings.HasPrefix(a.Pointer, "/") || !jsontext.Pointer(a.Pointer).IsValid()):
		return fmt.Errorf("%s: %q is not a JSON pointer such as /success", option, a.Pointer)
	}
	return nil
}

// answerRule is an AnswerRule at work.
type answerRule struct {
	status []string
	path   []string // to a value of the body; nil where that does not matter
	value  jsontext.Value
	unless bool // the value is what must not be there
}

var (
	defaultSuccess = answerRule{status: []string{"2xx"}, path: []string{"success"}, value: jsontext.Value("false"), unless: true}
	defaultTaken   = answerRule{status: []string{"409"}}
)

func (a *AnswerRule) orElse(byDefault answerRule) answerRule {
	if a == nil {
		return byDefault
	}
	return answerRule{
		status: a.Status,
		path:   slices.Collect(jsontext.Pointer(a.Pointer).Tokens()),
		value:  scalar(a.Value),
	}
}

// scalar reads a configured value: what is no JSON scalar is a string.
func scalar(text string) jsontext.Value {
	value := jsontext.Value(text)
	if kind := value.Kind(); value.IsValid() && kind != '{' && kind != '[' {
		return jsontext.Value(strings.Trim(text, " \t\r\n"))
	}
	quoted, _ := jsontext.AppendQuote(nil, text) // a configuration is UTF-8
	return quoted
}

// match is whether an answer is one that a rule picks out.
type match uint8

const (
	no match = iota
	yes
	unknown // it depends on what cannot be read
)

func matchIf(matches bool) match {
	if matches {
		return yes
	}
	return no
}

// matches judges an answer by its status and by what was kept of its body.
func (a answerRule) matches(answer *upstreamAnswer) match {
	switch {
	case !a.matchesStatus(answer.Status):
		return no
	case len(a.path) == 0:
		return yes
	case answer.coded && answer.length > 0:
		return unknown
	}
	value := a.find(answer.Body, answer.length > int64(len(answer.Body)))
	if a.unless && value != unknown {
		return matchIf(value == no)
	}
	return value
}

func (a answerRule) matchesStatus(status int) bool {
	code := strconv.Itoa(status)
	return slices.ContainsFunc(a.status, func(want string) bool {
		return code == want || strings.HasSuffix(want, "xx") && code[0] == want[0]
	})
}

// byteOrderMark is put before JSON by some servers. It may be ignored (RFC 8259,
// section 8.1).
var byteOrderMark = []byte("\ufeff")

// find tells whether the value is in its place, as far as the body is JSON, of
// which there may be more if it goes on. It is unknown in JSON that ends too
// early, and where names are doubled in such a way that parsers disagree.
func (a answerRule) find(body []byte, goesOn bool) match {
	s := search{value: a.value, Decoder: jsontext.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, byteOrderMark)),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
	err := s.descend(a.path)
	cutOff := errors.Is(err, io.ErrUnexpectedEOF) || goesOn && errors.Is(err, io.EOF) // nothing but blanks so far
	if s.right && s.wrong || cutOff && !s.right && !s.wrong {
		return unknown
	}
	return matchIf(s.right)
}

// search looks through JSON for a value.
type search struct {
	*jsontext.Decoder
	value jsontext.Value
	right bool // it was in its place
	wrong bool // another one was
}

// descend reads a value, and looks for another one inside of it.
func (s *search) descend(path []string) error {
	switch kind := s.PeekKind(); {
	case len(path) == 0:
		return s.compare()
	case kind == '{':
		return s.members(path)
	case kind == '[':
		return s.elements(path)
	}
	return s.SkipValue()
}

func (s *search) compare() error {
	found, err := s.ReadValue()
	if err != nil {
		return err
	}
	if sameScalar(found, s.value) {
		s.right = true
	} else {
		s.wrong = true
	}
	return nil
}

func (s *search) members(path []string) error {
	if _, err := s.ReadToken(); err != nil {
		return err
	}
	for s.PeekKind() == '"' {
		name, err := s.ReadToken()
		if err != nil {
			return err
		}
		if name.String() == path[0] {
			err = s.descend(path[1:])
		} else {
			err = s.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := s.ReadToken() // the end, or what is wrong
	return err
}

func (s *search) elements(path []string) error {
	if _, err := s.ReadToken(); err != nil {
		return err
	}
	for i := 0; s.PeekKind() != ']'; i++ {
		var err error
		if strconv.Itoa(i) == path[0] {
			err = s.descend(path[1:])
		} else {
			err = s.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := s.ReadToken()
	return err
}

// sameScalar compares numbers by their digits, and strings by what they say.
func sameScalar(a, b jsontext.Value) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	if a.Kind() != '"' {
		return bytes.Equal(a, b)
	}
	textA, errA := jsontext.AppendUnquote(nil, a)
	textB, errB := jsontext.AppendUnquote(nil, b)
	return errA == nil && errB == nil && bytes.Equal(textA, textB)
}
