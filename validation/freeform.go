package validation

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// freeformCheck walks a value of the client's own for what JSON readers do not
// agree on.
type freeformCheck struct {
	s     *Submission
	rules *Rules
	dec   *decoder
	at    spot   // of the value
	text  []byte // scratch for one name or text
}

func (s *Submission) checkFreeform(rules *Rules, raw jsontext.Value, at spot) {
	c := freeformCheck{s: s, rules: rules, dec: newDecoder(raw), at: at}
	defer c.dec.release()
	for !s.foreign.full() && c.next() {
	}
}

// next judges one token and reports whether there was one. Read has seen that
// the value is well-formed, so an error is its end.
func (c *freeformCheck) next() bool {
	switch c.dec.PeekKind() {
	case '"':
		raw, err := c.dec.ReadValue()
		if err != nil {
			return false
		}
		c.text, _ = jsontext.AppendUnquote(c.text[:0], raw)
		c.string()
	case '0':
		raw, err := c.dec.ReadValue()
		if err != nil {
			return false
		}
		c.number(raw)
	default:
		_, err := c.dec.ReadToken()
		return err == nil
	}
	return true
}

func (c *freeformCheck) string() {
	if parent, i := c.dec.StackIndex(c.dec.StackDepth()); parent == '{' && i%2 == 1 {
		c.name()
		return
	}
	if hasControlInText(c.text) {
		c.refuse(sayTextWithControl)
	}
}

func (c *freeformCheck) name() {
	if isReserved(string(c.text)) {
		c.refuse(c.rules.usual[UnknownField])
	}
	if fault, found := nameFault(c.text); found {
		c.refuse(fault)
	}
}

func (c *freeformCheck) number(raw []byte) {
	if !isDouble(raw) {
		c.refuse(sayNoDouble)
	} else if wrapsToZero(raw) {
		c.refuse(sayManyDigits)
	}
}

func (c *freeformCheck) refuse(what saying) {
	at := c.at
	at.pointer += c.dec.StackPointer()
	at.place = unknownPlace(at.place)
	c.s.refuse(at, what)
}

// maxName is how many bytes the name of a member of the client's own may have: with
// more of them Jackson refuses the whole body.
const maxName = 50_000

// nameFault is what is wrong with the name of a member of the client's own.
func nameFault[Text string | []byte](name Text) (fault saying, found bool) {
	switch {
	case hasControl(name):
		return sayNameWithControl, true
	case len(name) > maxName:
		return sayNameTooLong, true
	}
	return saying{}, false
}

const (
	maxNumber       = 1000 // characters; some readers take no more
	maxZeroExponent = 999  // of a zero: PostgreSQL refuses one of over 16383 places
)

// isDouble reports whether IEEE 754 binary64 holds a JSON number, rounded: some
// readers take what is too great for infinite and what is too small for zero,
// and some refuse it (RFC 8259, section 6).
func isDouble(number []byte) bool {
	if len(number) > maxNumber {
		return false
	}
	n, err := strconv.ParseFloat(string(number), 64)
	if err != nil || n != 0 {
		return err == nil
	}
	digits, exponent, found := strings.Cut(strings.ToLower(string(number)), "e")
	if strings.ContainsAny(digits, "123456789") {
		return false
	}
	if !found {
		return true
	}
	e, err := strconv.Atoi(exponent)
	return err == nil && -maxZeroExponent <= e && e <= maxZeroExponent
}

// wrapsToZero reports whether the first digits of a JSON number are a multiple of
// 2^64, and more follow before its point. Gson and Moshi, which add them up in 64
// bits, then take what follows for digits behind a leading zero, and the number for
// a text.
func wrapsToZero(number []byte) bool {
	var sum uint64
	digits := bytes.TrimPrefix(number, []byte("-"))
	for i, b := range digits {
		if !isDigit(b) {
			return false
		}
		if i > 0 && sum == 0 {
			return true
		}
		sum = 10*sum + uint64(b-'0')
	}
	return false
}
