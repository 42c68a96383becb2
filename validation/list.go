package validation

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// element is what a client sent for one element of a list.
type element struct {
	kind  jsontext.Kind
	value value
}

// list reads the elements of a list. One of another type than the list's is read
// for its syntax alone.
func (r *reader) list(v *value, item *row) error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	v.elements = new([]element)
	for r.dec.PeekKind() != ']' {
		el := element{kind: r.dec.PeekKind()}
		raw, err := r.value()
		if err != nil {
			return err
		}
		el.value.offset = int(r.dec.InputOffset()) - len(raw)
		el.value.raw = raw
		el.value.state = wrongType
		if item.kind.matches(el.kind) {
			el.value.state = present
			if err := r.set(&el.value, item, el.kind, raw); err != nil {
				return err
			}
		}
		*v.elements = append(*v.elements, el)
	}
	_, err := r.dec.ReadToken()
	return err
}

// list judges the number of a list's elements, and each of them.
func (c *check) list() {
	n := len(*c.value.elements)
	if b := c.row.bounds; b != nil {
		switch {
		case n < int(b.Min):
			c.rejectWith(sayLength(TooShort, "elements", b))
		case n > int(b.Max):
			c.rejectWith(sayLength(TooLong, "elements", b))
			return
		}
	}
	seen := make(map[string]struct{}, n)
	for i := range *c.value.elements {
		if c.s.foreign.full() {
			return
		}
		c.checkElement(i, seen)
	}
}

// checkElement judges one element, as a check of its own.
func (c *check) checkElement(i int, seen map[string]struct{}) {
	el := &(*c.value.elements)[i]
	inner := check{
		rules: c.rules, s: c.s, row: c.row.item, value: &el.value,
		element: &spot{
			pointer: c.row.pointer + jsontext.Pointer("/"+strconv.Itoa(i)),
			place:   unknownPlace(string(c.row.pointer)), offset: el.value.offset,
		},
	}
	inner.run()
	switch {
	case el.value.state == wrongType || el.value.broken:
		c.value.broken = true
	case c.row.unique:
		key := el.key()
		if _, found := seen[key]; found {
			inner.reject(Duplicate)
			c.value.broken = true
		}
		seen[key] = struct{}{}
	}
}

// key is the same for elements that are the same: texts as they go on, numbers of
// the same value.
func (el *element) key() string {
	switch el.kind {
	case '"':
		return el.value.text
	case '0':
		return canonicalNumber(el.value.raw)
	default:
		return string(el.value.raw)
	}
}

// canonicalNumber spells numbers of the same value alike: without a sign of zero,
// digits without zeros around them, and the power of ten of the last.
func canonicalNumber(raw []byte) string {
	digits, exponent, _ := bytes.Cut(bytes.ToLower(raw), []byte("e"))
	power, _ := strconv.Atoi(string(exponent))
	negative := bytes.HasPrefix(digits, []byte("-"))
	whole, fraction, _ := bytes.Cut(bytes.TrimPrefix(digits, []byte("-")), []byte("."))
	all := string(whole) + string(fraction)
	power -= len(fraction)
	for len(all) > 0 && all[len(all)-1] == '0' {
		all, power = all[:len(all)-1], power+1
	}
	for len(all) > 0 && all[0] == '0' {
		all = all[1:]
	}
	if all == "" {
		return "0"
	}
	if negative {
		all = "-" + all
	}
	return all + "e" + strconv.Itoa(power)
}

// lengthFault is what is wrong with the length of a text.
func (b *Bounds) lengthFault(characters int) (fault saying, found bool) {
	switch {
	case b == nil:
	case characters > int(b.Max):
		return sayLength(TooLong, "", b), true
	case characters < int(b.Min):
		return sayLength(TooShort, "", b), true
	}
	return saying{}, false
}
