package validation

import (
	"math"
	"math/big"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// number judges a number: readers have to agree on it, and it has to be within its
// bounds.
func (c *check) number(raw jsontext.Value) {
	switch bounds := c.row.bounds; {
	case !isDouble(raw):
		c.rejectWith(sayNoDouble)
		return
	case wrapsToZero(raw):
		c.rejectWith(sayManyDigits)
		return
	case bounds != nil && !bounds.hold(raw):
		c.rejectWith(sayRange(bounds))
		return
	}
	c.judge()
}

// hold compares with all digits of a number, of which a double has only the first
// few; and with a bound as it is written, so that 0.1 is within 0.1 to 1.
func (b *Bounds) hold(raw jsontext.Value) bool {
	n, err := strconv.ParseFloat(string(raw), 64)
	switch {
	case err != nil || n < b.Min || n > b.Max:
		return false
	case n > b.Min && n < b.Max:
		return true
	}
	exact, ok := new(big.Rat).SetString(string(raw))
	return ok && exact.Cmp(decimal(b.Min)) >= 0 && exact.Cmp(decimal(b.Max)) <= 0
}

// decimal is the shortest one that is read as this double.
func decimal(n float64) *big.Rat {
	exact, _ := new(big.Rat).SetString(spell(n))
	return exact
}

// integerRule wants a whole number, however it is written: 1.0 and 1e2 are whole.
func integerRule(c *check, v *value) {
	n, err := strconv.ParseFloat(string(v.raw), 64)
	if err == nil && n == math.Trunc(n) {
		if exact, ok := new(big.Rat).SetString(string(v.raw)); ok && exact.IsInt() {
			return
		}
	}
	c.rejectWith(sayNoInteger)
}

func spell(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
