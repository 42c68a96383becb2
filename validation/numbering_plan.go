package validation

import (
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/nyaruka/phonenumbers/v2/metadata"
)

// numberingPlan is libphonenumber's metadata of one calling code, compiled.
// phonenumbers itself builds the text of every pattern again for each number,
// which would be most of what a registration costs here.
type numberingPlan struct {
	// trunkPrefix is what the main region dials before a national number, and
	// trunkZero whether that can be a zero alone.
	trunkPrefix *regexp.Regexp
	trunkZero   bool
	regions     []regionPlan
}

// regionPlan is one of the regions that share a calling code.
type regionPlan struct {
	leadingDigits *regexp.Regexp // nil where the kinds alone tell the region
	general       numberPattern
	kinds         []numberPattern
}

// numberPattern is one kind of number, such as mobile ones.
type numberPattern struct {
	lengths uint32 // bit n: a number may have n digits
	digits  *regexp.Regexp
}

// numberingPlans are compiled as they are needed: most gateways see numbers of
// a few countries only. The index is the calling code.
var numberingPlans [1000]atomic.Pointer[numberingPlan]

func planOf(callingCode int) *numberingPlan {
	if plan := numberingPlans[callingCode].Load(); plan != nil {
		return plan
	}
	plan := compilePlan(callingCode)
	numberingPlans[callingCode].Store(plan)
	return plan
}

func compilePlan(callingCode int) *numberingPlan {
	plan := &numberingPlan{}
	for i, region := range phonenumbers.GetRegionCodesForCountryCode(callingCode) {
		m := regionMetadata(callingCode, region)
		if m == nil {
			continue
		}
		if prefix := m.GetNationalPrefixForParsing(); i == 0 && prefix != "" {
			plan.trunkPrefix = regexp.MustCompile("^(?:" + prefix + ")")
			plan.trunkZero = plan.trunkPrefix.FindString("0") == "0"
		}
		plan.regions = append(plan.regions, compileRegion(m))
	}
	return plan
}

// regionMetadata finds the metadata of a region or, for the calling codes that
// belong to none, such as +800, of the code.
func regionMetadata(callingCode int, region string) *metadata.PhoneMetadata {
	if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
		m, _ := metadata.NonGeoMetadata(callingCode)
		return m
	}
	m, _ := metadata.RegionMetadata(region)
	return m
}

func compileRegion(m *metadata.PhoneMetadata) regionPlan {
	region := regionPlan{general: compilePattern(m.GetGeneralDesc())}
	if leading := m.GetLeadingDigits(); leading != "" {
		region.leadingDigits = regexp.MustCompile("^(?:" + leading + ")")
	}
	// The usual kinds come first.
	for _, kind := range []*metadata.PhoneNumberDesc{
		m.GetMobile(), m.GetFixedLine(), m.GetVoip(), m.GetTollFree(), m.GetPremiumRate(), m.GetSharedCost(),
		m.GetPersonalNumber(), m.GetPager(), m.GetUan(), m.GetVoicemail(),
	} {
		if kind.GetNationalNumberPattern() != "" {
			region.kinds = append(region.kinds, compilePattern(kind))
		}
	}
	return region
}

func compilePattern(desc *metadata.PhoneNumberDesc) numberPattern {
	p := numberPattern{digits: regexp.MustCompile("^(?:" + desc.GetNationalNumberPattern() + ")$")}
	if len(desc.GetPossibleLength()) == 0 {
		p.lengths = ^uint32(0) // those of the general pattern, which is checked too
	}
	for _, length := range desc.GetPossibleLength() {
		if length > 0 && length < 32 {
			p.lengths |= 1 << length
		}
	}
	return p
}

func (p numberPattern) matches(national string) bool {
	return p.lengths&(1<<len(national)) != 0 && p.digits.MatchString(national)
}

func (r *regionPlan) knows(national string) bool {
	if !r.general.matches(national) {
		return false
	}
	for i := range r.kinds {
		if r.kinds[i].matches(national) {
			return true
		}
	}
	return false
}

// knows reports whether a national number is valid. The first region whose
// leading digits fit is the one that decides.
func (plan *numberingPlan) knows(national string) bool {
	for i := range plan.regions {
		r := &plan.regions[i]
		if len(plan.regions) > 1 && r.leadingDigits != nil {
			if r.leadingDigits.MatchString(national) {
				return r.knows(national)
			}
		} else if r.knows(national) {
			return true
		}
	}
	return false
}

// isValidPhone reports whether an international number, + and digits, has the
// length that E.164 allows and is one that libphonenumber knows as valid, spelled
// as E.164 spells it.
func isValidPhone(number string) bool {
	if !hasPhoneLength(number) {
		return false
	}
	plan, national := splitPhone(number)
	if plan == nil {
		return false
	}
	if plan.trunkPrefix != nil && plan.trunkPrefix.MatchString(national) {
		return isCanonical(number)
	}
	return plan.knows(national)
}

// withoutTrunkZero returns a number without the zero that is dialled inside its
// country only, which E.164 leaves out, and whether it has one. It has none where
// the zero belongs to the numbers themselves, as in Italy.
func withoutTrunkZero(number string) (shorter string, found bool) {
	plan, national := splitPhone(number)
	if plan == nil || !plan.trunkZero || !strings.HasPrefix(national, "0") {
		return "", false
	}
	code := strings.TrimSuffix(number, national)
	return code + national[1:], true
}

// splitPhone returns the numbering plan of an international number, nil if its
// calling code is nobody's, and what follows the code.
func splitPhone(number string) (plan *numberingPlan, national string) {
	code := callingCode(number)
	if code == "" {
		return nil, ""
	}
	n, _ := strconv.Atoi(code) // one to three digits
	return planOf(n), number[1+len(code):]
}

// isCanonical asks the library about a number that may begin with a trunk
// prefix, which E.164 leaves out, or that its country respells.
func isCanonical(number string) bool {
	parsed, err := phonenumbers.Parse(number, "")
	return err == nil && phonenumbers.IsValidNumber(parsed) && phonenumbers.Format(parsed, phonenumbers.E164) == number
}
