package validation

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Submission is one body that a client sent, taken apart. It belongs to one
// goroutine.
type Submission struct {
	endpoint   *Endpoint
	values     []value // one for each of the endpoint's rows
	extras     []extra // members that the contract does not know
	notObject  bool
	encryption encryption
	facts      Facts
	rules      *Rules // since Check
	unsealed   bool   // Unseal has put plaintexts in the place of ciphertexts
	complete   bool   // every rule has run
	violations []Violation
	relaxed    []Violation // of codes that are monitored
	foreign    tally
	size       int // of the body that was read
}

// Facts are what the rules need to know of the world.
type Facts struct {
	// Now is the current time; the rules take the date from it in the policy's
	// time zone.
	Now time.Time
	// PlaintextAllowed reports whether this client may send raw passwords.
	PlaintextAllowed bool
	// IsCiphertext reports whether a sealed value has exactly the form of a
	// ciphertext for one of the keys at hand. It is asked where a client need not
	// say whether it encrypts and has not said so. Default: none has.
	IsCiphertext func(value []byte) bool
}

// value is what a client sent for one field.
type value struct {
	state  state
	broken bool // a violation is known; neighbours must not build on it
	asSent bool // it breaks a rule that is relaxed, and is not normalised
	cipher bool // secret came as a ciphertext
	opened bool // secret is plaintext
	flag   bool // of a flag
	offset int  // of the member in the body

	text   string         // of a text, normalised by its rule
	raw    jsontext.Value // of a number or a freeform object, in the body
	secret []byte         // of a sealed text: as sent, then its plaintext

	elements *[]element // of a list
}

type state uint8

const (
	absent state = iota // not sent, or null
	wrongType
	present
)

// extra is a member that the contract does not know.
type extra struct {
	in     string // pointer of the object that holds it
	name   string
	raw    jsontext.Value
	offset int
	pass   bool // the policy lets it through
}

type encryption uint8

const (
	unstated encryption = iota // payloadEncrypted is missing where it is required, or not a boolean
	encrypted
	plaintext
	evident // payloadEncrypted is left out: each sealed value shows what it is
)

// Violations returns what [Submission.Check] and [Submission.CheckSecrets]
// found, in document order: by where the values stand in the body. A value
// that is missing counts as standing behind the field that the contract has
// before it.
func (s *Submission) Violations() []Violation {
	inDocumentOrder(s.violations)
	return s.violations
}

// Text returns the value of a text field, normalised if its rule has run, or
// "" when the client sent none. Sealed fields have no text.
func (s *Submission) Text(name string) string {
	i, known := s.endpoint.root.members[name]
	if !known {
		return ""
	}
	return s.values[i].text
}

// Wipe clears every secret that the submission holds. What [Endpoint.Read] was
// given and what [Submission.AppendBody] returned are the caller's to clear.
func (s *Submission) Wipe() {
	for i := range s.values {
		clear(s.values[i].secret)
		s.values[i].secret = nil
	}
}

// Mask puts asterisks in the place of every secret, for a body that people
// will look at.
func (s *Submission) Mask() {
	s.Wipe()
	for i := range s.values {
		if s.endpoint.rows[i].sealed {
			s.values[i].secret = []byte("********")
		}
	}
}
