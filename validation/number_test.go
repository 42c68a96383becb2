package validation

import (
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"
)

// A decimal says of numbers what their exact fractions say.
func TestDecimalsAgreeWithFractions(t *testing.T) {
	numbers := []string{
		"0", "-0", "0.0", "-0.00e5", "0e-300", "1", "-1", "1.0", "10", "0.1", "0.10", "1e0", "1E+2", "100", "1e-2",
		"12.50e1", "125", "12.5", "0.00125e3", "1.25", "9007199254740993", "9007199254740992.5", "1e308", "5e-324",
		"0.1000000000000000055511151231257827", "123456789012345678901234567890", "-12.50", "-0.001", "99.9e-1", "9.99",
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		number := strconv.Itoa(random.IntN(2000) - 1000)
		if random.IntN(2) == 0 {
			number += "." + strconv.Itoa(random.IntN(200))
		}
		if random.IntN(2) == 0 {
			number += "e" + strconv.Itoa(random.IntN(8)-4)
		}
		numbers = append(numbers, number)
	}
	for _, a := range numbers {
		exact := fraction(t, a)
		if got := decimalOf(a).isWhole(); got != exact.IsInt() {
			t.Errorf("%s: whole = %v", a, got)
		}
		for _, b := range numbers {
			if got, want := decimalOf(a).compare(decimalOf(b)), exact.Cmp(fraction(t, b)); got != want {
				t.Errorf("%s compared with %s is %d, not %d", a, b, got, want)
			}
		}
	}
}

func fraction(t *testing.T, number string) *big.Rat {
	t.Helper()
	exact, ok := new(big.Rat).SetString(number)
	if !ok {
		t.Fatalf("%s is no number", number)
	}
	return exact
}
