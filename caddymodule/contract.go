package caddymodule

import (
	"slices"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/contract"
)

// DescribeGate is what clients may notice of a gate with options in JSON, of which
// nothing is loaded: no key, no file and no store.
func DescribeGate(options []byte, site any) (contract.Gate, error) {
	g := new(Gate)
	if err := caddy.StrictUnmarshalJSON(options, g); err != nil {
		return contract.Gate{}, err
	}
	if err := g.settle(); err != nil {
		return contract.Gate{}, err
	}
	return g.contract(site), nil
}

// contract is what clients may notice of the gate, whose options are settled.
func (g *Gate) contract(site any) contract.Gate {
	headers := make([]contract.Header, len(g.headers))
	for i, h := range g.headers {
		headers[i] = contract.Header{Name: h.Name, Values: h.Values, Longest: h.Limit(), Required: !h.Optional}
		if i < len(g.Headers) {
			headers[i].Name = g.Headers[i].Name // as the operator spells it
		}
	}
	return contract.Gate{
		Endpoint: g.served(), Policy: g.policy(), Site: site,
		Headers: headers, MaxBody: g.MaxBody,
		Raw: !slices.Equal(g.Plaintext, []string{"deny"}), MGF1: mgf1Hashes[g.MGF1],
		Form: contract.Form(g.Errors), Tenants: g.Tenant != "",
		Attempts: g.triesAccounts() && g.Attempts.Limit().Count > 0, Unique: g.UniqueEmail != nil, Idempotency: g.Idempotency,
		Monitors: g.mode() == modeMonitor,
	}
}

var mgf1Hashes = map[string][]string{
	"both": {"SHA-256", "SHA-1"}, "sha256": {"SHA-256"}, "sha1": {"SHA-1"},
}
