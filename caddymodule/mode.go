package caddymodule

import (
	"fmt"
	"maps"
	"slices"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/options"
	"github.com/customergate/customergate/validation"
)

const (
	modeEnforce = "enforce"
	modeMonitor = "monitor"
)

var modes = map[string]bool{modeEnforce: true, modeMonitor: true}

// mode is the gate's, whether or not the operator has named it.
func (g *Gate) mode() string {
	if g.Mode == "" {
		return modeEnforce
	}
	return g.Mode
}

// enforcements are what single codes can have.
var enforcements = map[string]validation.Enforcement{
	modeEnforce: validation.Enforced, modeMonitor: validation.Monitored, "off": validation.Off,
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

// checkAddressCodes refuses to relax what unique_email builds on.
func (g *Gate) checkAddressCodes() error {
	if g.UniqueEmail == nil || g.Rules == nil {
		return nil
	}
	for _, code := range []validation.Code{validation.EmailFormat, validation.EmailTooLong} {
		if enforcements[g.Rules.Codes[code]] != validation.Enforced {
			return fmt.Errorf("rules: %s %s: only an address that passes its rule can be kept unique; enforce it, or leave unique_email out", g.Rules.Codes[code], code)
		}
	}
	return nil
}

// parseCodes reads a line of codes behind what is to come of them.
func (r *Rules) parseCodes(d *caddyfile.Dispenser) error {
	enforcement := d.Val()
	words := d.RemainingArgs()
	if len(words) == 0 {
		return options.Usage(d, enforcement, "<code>...", "password_common")
	}
	if r.Codes == nil {
		r.Codes = map[validation.Code]string{}
	}
	for _, word := range words {
		code := validation.Code(word)
		if _, named := r.Codes[code]; named {
			return d.Errf("%s: the code %s is named twice", enforcement, word)
		}
		r.Codes[code] = enforcement
	}
	return nil
}
