package validation

import (
	"cmp"
	"strconv"
	"strings"

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
	exact := decimalOf(string(raw))
	return exact.compare(decimalOf(spell(b.Min))) >= 0 && exact.compare(decimalOf(spell(b.Max))) <= 0
}

// integerRule wants a whole number, however it is written: 1.0 and 1e2 are whole.
func integerRule(c *check, v *value) {
	if !decimalOf(string(v.raw)).isWhole() {
		c.rejectWith(sayNoInteger)
	}
}

// spell writes the shortest decimal that is read as this double.
func spell(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// decimal is a number with all its digits: its sign, -1, 0 or 1, times 0.digits times
// 10^point. No digit is a zero in front or at the end, so that each number has one.
type decimal struct {
	sign   int
	digits string
	point  int
}

// decimalOf reads a JSON number that a double holds: its exponent is small.
func decimalOf(number string) decimal {
	mantissa, power, _ := strings.Cut(strings.ToLower(number), "e")
	exponent, _ := strconv.Atoi(power) // 0 where there is none
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	d := decimal{sign: 1, digits: strings.TrimRight(digits, "0"), point: exponent + len(digits) - len(fraction)}
	switch {
	case digits == "":
		return decimal{}
	case negative:
		d.sign = -1
	}
	return d
}

func (d decimal) compare(with decimal) int {
	if d.sign != with.sign {
		return cmp.Compare(d.sign, with.sign)
	}
	return d.sign * cmp.Or(cmp.Compare(d.point, with.point), strings.Compare(d.digits, with.digits))
}

func (d decimal) isWhole() bool { return len(d.digits) <= max(d.point, 0) }
