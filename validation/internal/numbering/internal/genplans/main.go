// Command genplans writes the numbering plans that package numbering reads from the
// metadata of libphonenumber, as the version in go.mod has it.
package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/nyaruka/phonenumbers/v2/metadata"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: genplans FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], plans(), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func plans() []byte {
	var b bytes.Buffer
	for _, code := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedCallingCodes())) {
		writePlan(&b, code)
	}
	return b.Bytes()
}

func writePlan(b *bytes.Buffer, code int) {
	for i, name := range phonenumbers.GetRegionCodesForCountryCode(code) {
		m := regionMetadata(code, name)
		if i == 0 {
			fmt.Fprintf(b, "+%d\t%s\t%s\n", code, m.GetNationalPrefixForParsing(), m.GetNationalPrefixTransformRule())
		}
		if m != nil {
			writeRegion(b, m)
		}
	}
}

// regionMetadata finds the metadata of a region or, for the calling codes that belong
// to none, such as +800, of the code.
func regionMetadata(callingCode int, region string) *metadata.PhoneMetadata {
	if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
		m, _ := metadata.NonGeoMetadata(callingCode)
		return m
	}
	m, _ := metadata.RegionMetadata(region)
	return m
}

func writeRegion(b *bytes.Buffer, m *metadata.PhoneMetadata) {
	general := m.GetGeneralDesc()
	fmt.Fprintf(b, "=%s\t%x\n", m.GetLeadingDigits(), bits(general.GetPossibleLengthLocalOnly()))
	writePattern(b, general, general)
	// The usual kinds come first.
	for _, kind := range []*metadata.PhoneNumberDesc{
		m.GetMobile(), m.GetFixedLine(), m.GetVoip(), m.GetTollFree(), m.GetPremiumRate(), m.GetSharedCost(),
		m.GetPersonalNumber(), m.GetPager(), m.GetUan(), m.GetVoicemail(),
	} {
		if kind.GetNationalNumberPattern() != "" {
			writePattern(b, kind, general)
		}
	}
}

// writePattern writes a kind, whose lengths are those of all numbers where it has none.
func writePattern(b *bytes.Buffer, kind, general *metadata.PhoneNumberDesc) {
	lengths := kind.GetPossibleLength()
	if len(lengths) == 0 {
		lengths = general.GetPossibleLength()
	}
	fmt.Fprintf(b, "\t%x\t%s\n", bits(lengths), kind.GetNationalNumberPattern())
}

func bits(lengths []int32) (set uint32) {
	for _, length := range lengths {
		if length > 0 && length < 32 {
			set |= 1 << length
		}
	}
	return set
}
