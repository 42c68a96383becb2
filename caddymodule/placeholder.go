package caddymodule

import (
	"net/http"

	"github.com/caddyserver/caddy/v2"
)

// finding is what the gate found out about a request, as error routes and logs
// may ask for it; a request that it let through may come to an error route as
// well, when the upstream fails.
type finding struct {
	tenant string
	code   string
	traces []detail
	would  *refusal // of what is monitored alone; nil for none
}

// offerPlaceholders makes a finding available under the gate's placeholders.
// They are made when asked for, which most requests never do.
func offerPlaceholders(r *http.Request) *finding {
	finding := new(finding)
	if repl, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer); ok {
		repl.Map(finding.placeholder)
	}
	return finding
}

func (f *finding) placeholder(name string) (any, bool) {
	switch name {
	case "http.customer_gate.code":
		return f.code, true
	case "http.customer_gate.tenant":
		return f.tenant, true
	case "http.customer_gate.violations":
		if f.traces == nil {
			return "[]", true
		}
		return string(marshal(f.traces)), true
	}
	return nil, false
}
