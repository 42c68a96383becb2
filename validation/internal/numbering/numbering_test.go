package numbering_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/nyaruka/phonenumbers/v2/metadata"

	"github.com/customergate/customergate/internal/race"
	"github.com/customergate/customergate/validation/internal/numbering"
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
		if got := numbering.IsValid(number); got != want {
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
	// Numbers of Belarus may be valid and yet begin with its trunk prefix.
	for range 560 / race.Share {
		compare("+3758" + randomDigits(random, 9))
		compare("+375810" + randomDigits(random, 7))
	}
	for range 504 / race.Share {
		compare("+" + randomDigits(random, 1+random.IntN(19)))
	}
	if checked < 40_000/race.Share || valid < checked/10 {
		t.Errorf("only %d numbers compared, %d of them valid", checked, valid)
	}
}

// isCanonical reports whether the library takes a number for valid and spells it as it
// stands.
func isCanonical(number string) bool {
	parsed, err := phonenumbers.Parse(number, "")
	return err == nil && phonenumbers.IsValidNumber(parsed) && phonenumbers.Format(parsed, phonenumbers.E164) == number
}

// TestPlansAreWritten: plans.txt is what the program writes from the library's version.
func TestPlansAreWritten(t *testing.T) {
	written := filepath.Join(t.TempDir(), "plans.txt")
	if out, err := exec.CommandContext(t.Context(), "go", "run", "./internal/genplans", written).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want, err := os.ReadFile(written)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("plans.txt"); err != nil || string(got) != string(want) {
		t.Errorf("plans.txt is of another version of the library: run go generate ./validation/internal/numbering (%v)", err)
	}
}

// A trunk zero is found in each country that has one, and nowhere else.
func TestTrunkZeros(t *testing.T) {
	countries := 0
	for code := range phonenumbers.GetSupportedCallingCodes() {
		prefix := "+" + strconv.Itoa(code)
		want := dialsZero(code)
		if want {
			countries++
		}
		for _, example := range exampleNumbers(code) {
			kept := prefix + "0" + example[len(prefix):]
			if !isCanonical(example) || isCanonical(kept) {
				continue
			}
			shorter, found := numbering.WithoutTrunkZero(kept)
			if found != want || found && shorter != example {
				t.Errorf("%s: %s, %v; want %v", kept, shorter, found, want)
			}
		}
	}
	if countries < 100 {
		t.Errorf("%d calling codes have a trunk zero", countries)
	}
}

// dialsZero reports whether the library names 0 as the national prefix of a
// region. Belarus dials 80, of which its own metadata says that the 8 may be left
// out.
func dialsZero(code int) bool {
	for _, region := range phonenumbers.GetRegionCodesForCountryCode(code) {
		if m, found := metadata.RegionMetadata(region); found && m.GetNationalPrefix() == "0" {
			return true
		}
	}
	return code == 375
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
