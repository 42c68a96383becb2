package rules

import (
	"fmt"
	"maps"
	"slices"

	"github.com/customergate/customergate/caddymodule/options"
	"github.com/customergate/customergate/validation"
)

// enforcements are what single codes can have.
var enforcements = map[string]validation.Enforcement{
	"enforce": validation.Enforced, "monitor": validation.Monitored, "off": validation.Off,
}

func (r *Rules) enforcement() map[validation.Code]validation.Enforcement {
	if len(r.Codes) == 0 {
		return nil
	}
	codes := make(map[validation.Code]validation.Enforcement, len(r.Codes))
	for code, word := range r.Codes {
		codes[code] = enforcements[word]
	}
	return codes
}

func (r *Rules) checkCodes() error {
	for _, code := range slices.Sorted(maps.Keys(r.Codes)) {
		if r.Codes[code] == "" {
			return fmt.Errorf("codes: %s: say what comes of it: enforce, monitor or off", code)
		}
		if err := options.Choice("codes: "+string(code), r.Codes[code], enforcements); err != nil {
			return err
		}
	}
	return nil
}

// CheckUnique refuses to relax what `unique_email` builds on.
func (r *Rules) CheckUnique() error {
	if r == nil {
		return nil
	}
	for _, code := range []validation.Code{validation.EmailFormat, validation.EmailTooLong} {
		if enforcements[r.Codes[code]] != validation.Enforced {
			return fmt.Errorf("rules: %s %s: only an address that passes its rule can be kept unique; enforce it, or leave unique_email out", r.Codes[code], code)
		}
	}
	return nil
}
