package caddymodule

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/customergate/customergate/caddymodule/options"
	"github.com/customergate/customergate/validation"
)

// endpoint is what a gate has to know of the endpoint that it stands before.
type endpoint struct {
	contract *validation.Endpoint

	method      string
	wrongMethod string // the answer to any other method, for people

	// headers are judged whatever headers the operator names.
	headers []RequiredHeader

	// credentials tells that requests have a password and an email address, on
	// which most options work.
	credentials bool
}

var registration = &endpoint{
	contract:    validation.RegisterCustomer,
	method:      http.MethodPost,
	wrongMethod: "Customers are registered with POST.",
	headers:     []RequiredHeader{{Name: keyIDHeader, optional: true}},
	credentials: true,
}

var profileEdit = &endpoint{
	contract:    validation.EditProfile,
	method:      http.MethodPut,
	wrongMethod: "Profiles are edited with PUT.",
	headers:     []RequiredHeader{{Name: tokenHeader, longest: maxToken}},
}

const (
	// tokenHeader says whose profile is edited. Its value is a secret, which is
	// handed on and shown to nobody.
	tokenHeader = "X-Auth-Token" //nolint:gosec // the name of a header, no credential
	// maxToken has room for a JWT with many claims, and leaves as much for the
	// other headers where a server takes 8 KiB of them.
	maxToken = 4096
)

var endpoints = map[string]*endpoint{
	"":                  registration,
	"register_customer": registration,
	"edit_profile":      profileEdit,
}

// served is the endpoint that the gate stands before. An unknown one is check's
// to refuse.
func (g *Gate) served() *endpoint {
	if e, known := endpoints[g.Endpoint]; known {
		return e
	}
	return registration
}

// checkEndpoint refuses an endpoint that there is not, and options that would do
// nothing for the one that is served.
func (g *Gate) checkEndpoint() error {
	if err := options.Choice("endpoint", g.Endpoint, endpoints); err != nil || g.served().credentials {
		return err
	}
	for _, option := range g.registrationOptions() {
		if option.set {
			return fmt.Errorf("%s is an option of registrations; leave it out, %s has no use for it", option.name, g.Endpoint)
		}
	}
	for _, h := range g.Headers {
		if http.CanonicalHeaderKey(h.Name) == tokenHeader {
			return fmt.Errorf("header %s is required already, and its values are secrets; leave it out", tokenHeader)
		}
	}
	if strings.Contains(strings.ToLower(g.Tenant), "{http.request.header.x-auth-token") {
		return fmt.Errorf("tenant: %s is a secret, and the name of a tenant is none: it is logged", tokenHeader)
	}
	return nil
}

// configured is an option and whether the operator has set it.
type configured struct {
	name string
	set  bool
}

// registrationOptions are those about passwords and email addresses, and about
// requests that must not be repeated.
func (g *Gate) registrationOptions() []configured {
	options := []configured{
		{"keys", g.KeysRaw != nil},
		{"mgf1", g.MGF1 != ""},
		{"engine", g.Engine != ""},
		{"queue", g.Queue != nil},
		{"reuse_limit", g.ReuseLimit != nil},
		{"unique_email", g.UniqueEmail != nil},
		{"idempotency", g.Idempotency},
		{"plaintext", g.Plaintext != nil},
	}
	if g.Rules != nil {
		options = append(options,
			configured{"password_length", g.Rules.PasswordLength != nil},
			configured{"password_points", g.Rules.PasswordPoints != nil},
			configured{"password_words", g.Rules.PasswordWords != ""})
	}
	return options
}
