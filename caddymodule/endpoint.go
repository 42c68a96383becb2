package caddymodule

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/customergate/customergate/caddymodule/endpoints"
	"github.com/customergate/customergate/caddymodule/headers"
	"github.com/customergate/customergate/caddymodule/options"
)

// served is the endpoint that the gate stands before. An unknown one is check's
// to refuse.
func (g *Gate) served() *endpoints.Endpoint {
	if g.endpoint != nil {
		return g.endpoint
	}
	if e, known := endpoints.BuiltIn[g.Endpoint]; known {
		return e
	}
	return endpoints.Default
}

// buildEndpoint makes the one that is described, if any is.
func (g *Gate) buildEndpoint() (err error) {
	switch {
	case g.Endpoint == endpoints.CustomName:
		g.endpoint, err = g.Custom.Build()
	case g.Custom != nil:
		err = errors.New("custom: it describes the endpoint custom; name that one, or leave the description out")
	}
	return err
}

// endpointHeaders are judged whatever headers the operator names.
func (g *Gate) endpointHeaders() []headers.Required {
	var own []headers.Required
	if g.served().Token {
		own = append(own, headers.Required{Name: headers.Token})
	}
	if g.decrypts() {
		own = append(own, headers.Required{Name: keyIDHeader, Optional: true})
	}
	return own
}

// decrypts reports whether requests may have something that is encrypted.
func (g *Gate) decrypts() bool { return g.served().Contract.HasSealed() }

// triesAccounts reports whether requests try the secret of an account.
func (g *Gate) triesAccounts() bool { return g.served().Contract.Account() != "" }

// checkEndpoint refuses an endpoint that there is not, options that would do
// nothing for the one that is served, and ways to show a token.
func (g *Gate) checkEndpoint() error {
	if err := options.Choice("endpoint", g.Endpoint, choices()); err != nil {
		return err
	}
	for _, option := range g.particularOptions() {
		if option.set && !option.useful {
			return fmt.Errorf("%s: %s has %s; leave it out", option.name, g.served().Name, option.lack)
		}
	}
	return g.checkToken()
}

// choices are the names of all endpoints.
func choices() map[string]bool {
	names := make(map[string]bool)
	for _, name := range endpoints.Names() {
		names[name] = true
	}
	return names
}

func (g *Gate) checkToken() error {
	for _, h := range g.Headers {
		switch named := http.CanonicalHeaderKey(h.Name) == headers.Token; {
		case named && g.served().Token:
			return fmt.Errorf("header %s is required already, and its values are secrets; leave it out", headers.Token)
		case named && len(h.Values) > 0:
			return fmt.Errorf("header %s: its values are secrets, and none of the configuration's; name it alone", headers.Token)
		}
	}
	if strings.Contains(strings.ToLower(g.Tenant), "{http.request.header.x-auth-token") {
		return fmt.Errorf("tenant: %s is a secret, and the name of a tenant is none: it is logged", headers.Token)
	}
	return nil
}

// particular is an option that not every endpoint has a use for.
type particular struct {
	name        string
	set, useful bool
	lack        string // why it has none, for people
}

// particularOptions tells from the table of the endpoint what each can do.
func (g *Gate) particularOptions() []particular {
	contract := g.served().Contract
	sealed, claimed := contract.HasSealed(), contract.Claimed() != ""
	const (
		nothingSealed = "nothing that is encrypted"
		noNewAddress  = "no email address that a new customer takes"
	)
	return append(g.ruleOptions(),
		particular{"keys", g.KeysRaw != nil, sealed, nothingSealed},
		particular{"mgf1", g.MGF1 != "", sealed, nothingSealed},
		particular{"engine", g.Engine != "", sealed, nothingSealed},
		particular{"queue", g.Queue != nil, sealed, nothingSealed},
		particular{"reuse_limit", g.ReuseLimit != nil, sealed, nothingSealed},
		particular{"attempts", g.Attempts != nil, g.triesAccounts(), "no account whose secret is tried"},
		particular{"plaintext", g.Plaintext != nil, sealed, nothingSealed},
		particular{"unique_email", g.UniqueEmail != nil, claimed, noNewAddress},
		particular{"idempotency", g.Idempotency, claimed, noNewAddress},
	)
}

// ruleOptions are those of rules that not every table has.
func (g *Gate) ruleOptions() []particular {
	if g.Rules == nil {
		return nil
	}
	r, contract := g.Rules, g.served().Contract
	passwords, names := contract.HasRule("password"), contract.HasRule("name")
	births, phones := contract.HasRule("birth_date"), contract.HasRule("phone")
	const (
		noNewPassword = "no new password"
		noName        = "no name of a person"
		noBirth       = "no date of birth"
	)
	return []particular{
		{"password_length", r.PasswordLength != nil, passwords, noNewPassword},
		{"password_points", r.PasswordPoints != nil, passwords, noNewPassword},
		{"password_words", r.PasswordWords != "", passwords, noNewPassword},
		{"name_length", r.NameLength != nil, names, noName},
		{"name_punctuation", r.NamePunctuation != nil, names, noName},
		{"age", r.Age != nil, births, noBirth},
		{"timezone", r.Timezone != "", births, noBirth},
		{"phone", r.Phone != "", phones, "no phone number"},
	}
}
