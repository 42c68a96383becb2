package validation

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/nyaruka/phonenumbers/v2"

	"github.com/customergate/customergate/internal/race"
)

// The compiled plans must say what the library says: of an example of every
// kind in every region, of the same with digits changed, added and taken away,
// and of random digits behind every calling code.
func TestNumberingPlansAgreeWithLibrary(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	checked, valid := 0, 0
	compare := func(number string) {
		t.Helper()
		want := isCanonical(number)
		if got := isValidPhone(number); got != want {
			t.Errorf("%s: valid = %v, the library says %v", number, got, want)
		}
		checked++
		if want {
			valid++
		}
	}
	for code := range phonenumbers.GetSupportedCallingCodes() {
		prefix := "+" + strconv.Itoa(code)
		for _, example := range exampleNumbers(code) {
			compare(example)
			for range 24 / race.Share {
				compare(mutate(random, example, len(prefix)))
			}
		}
		for range 56 / race.Share {
			compare(prefix + randomDigits(random, 1+random.IntN(19)))
		}
	}
	for range 504 / race.Share {
		compare("+" + randomDigits(random, 1+random.IntN(19)))
	}
	if checked < 40_000/race.Share || valid < checked/10 {
		t.Errorf("only %d numbers compared, %d of them valid", checked, valid)
	}
}

// exampleNumbers are the library's own, in E.164.
func exampleNumbers(code int) []string {
	var examples []string
	for _, region := range phonenumbers.GetRegionCodesForCountryCode(code) {
		if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
			examples = append(examples, phonenumbers.Format(phonenumbers.GetExampleNumberForNonGeoEntity(code), phonenumbers.E164))
			continue
		}
		for kind := phonenumbers.FIXED_LINE; kind <= phonenumbers.UNKNOWN; kind++ {
			if number := phonenumbers.GetExampleNumberForTypeInRegion(region, kind); number != nil {
				examples = append(examples, phonenumbers.Format(number, phonenumbers.E164))
			}
		}
	}
	return examples
}

func mutate(random *rand.Rand, number string, prefix int) string {
	b := []byte(number)
	for range 1 + random.IntN(3) {
		b[prefix+random.IntN(len(b)-prefix)] = byte('0' + random.IntN(10))
	}
	switch random.IntN(6) {
	case 0:
		b = append(b, byte('0'+random.IntN(10)))
	case 1:
		b = b[:len(b)-1]
	}
	return string(b)
}

func randomDigits(random *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + random.IntN(10))
	}
	return string(b)
}
