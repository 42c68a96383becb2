package contract

import (
	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/endpoints"
	"github.com/customergate/customergate/validation"
)

// Gate is what a contract has to know of a gate: what it stands before, and as much
// of its options as a client can notice.
type Gate struct {
	Endpoint *endpoints.Endpoint
	Policy   validation.Policy

	// Site is where the gate stands, as [SiteOf] tells it.
	Site any

	Headers []Header
	MaxBody int64 // bytes

	Raw  bool     // whether some clients may send secrets unencrypted
	MGF1 []string // the hashes that a client may use, such as SHA-256

	Form        Form
	Tenants     bool // whether there are addresses that are no tenant's
	Attempts    bool // whether failures are bounded
	Unique      bool // whether email addresses are kept unique
	Idempotency bool // whether requests may be repeated
	Monitors    bool // whether the gate only watches
}

// Header is one that the gate looks at.
type Header struct {
	Name     string   // in any case
	Values   []string // that it may have; none for any of printable ASCII
	Longest  int      // characters of any value
	Required bool
}

// Form is how refusals are written.
type Form string

// The forms of refusals.
const (
	Negotiated Form = "" // the envelope, or a problem for who asks for it
	Envelope   Form = "envelope"
	Problem    Form = "problem"
	ByRoutes   Form = "handle_errors" // whatever the operator's error routes answer
)

// SiteOf tells handlers of one site of a Caddyfile from those of another: within the
// same, it is the same. It is nil for a site without host names, which a configuration
// does not tell from what is around it.
func SiteOf(ctx caddy.Context) any {
	if modules := ctx.Modules(); len(modules) > 2 {
		if site, is := modules[1].(*caddyhttp.Subroute); is {
			return site
		}
	}
	return nil
}

// OfSite are the gates of a site, or all: where the site has none, or is nil.
func OfSite(gates []Gate, site any) []Gate {
	var found []Gate
	for _, g := range gates {
		if site != nil && g.Site == site {
			found = append(found, g)
		}
	}
	if found == nil {
		return gates
	}
	return found
}
