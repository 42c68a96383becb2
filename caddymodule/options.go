package caddymodule

import (
	"errors"
	"fmt"
	"slices"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/headers"
	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/internal/plaintext"
	"github.com/customergate/customergate/caddymodule/internal/selfcheck"
	"github.com/customergate/customergate/caddymodule/options"
	"github.com/customergate/customergate/validation"
)

const (
	defaultMaxBody = 64 << 10
	minMaxBody     = 1 << 10
	maxMaxBody     = 16 << 20
)

var mgf1Policies = map[string]oaep.MGF1{
	"both":   oaep.MGF1Both,
	"sha256": oaep.MGF1SHA256,
	"sha1":   oaep.MGF1SHA1,
}

// applyDefaults fills in what the configuration leaves open.
func (g *Gate) applyDefaults() {
	if g.Headers == nil {
		g.Headers = headers.Defaults()
	}
	if g.MaxBody == 0 {
		g.MaxBody = defaultMaxBody
	}
	if !g.decrypts() {
		return
	}
	if g.MGF1 == "" {
		g.MGF1 = "both"
	}
	if g.Engine == "" {
		g.Engine = engine.Auto
	}
	if g.Plaintext == nil {
		g.Plaintext = []string{"private_ranges"}
	}
}

// check refuses what is out of range. The Caddyfile parser calls it after each
// option, which is how an error gets the line of its option; zero values stand
// for defaults here as they do in JSON.
func (g *Gate) check() error {
	return errors.Join(
		g.checkEndpoint(),
		headers.Check(g.Headers),
		options.InSize("max_body", g.MaxBody, minMaxBody, maxMaxBody),
		g.CheckTenant(),
		options.Choice("mode", g.Mode, modes),
		options.Choice("mgf1", g.MGF1, mgf1Policies),
		g.checkEngine(),
		g.Queue.Check(),
		g.ReuseLimit.Check(),
		g.Attempts.Check(),
		selfcheck.CheckInterval(g.SelfCheck),
		g.UniqueEmail.Check(),
		g.checkPlaintext(),
		checkAllowFields(g.AllowFields),
		options.Choice("errors", g.Errors, answerForms),
		g.Languages.Check(),
		g.Rules.Check(),
		g.policy().Validate(),
	)
}

// checkTogether refuses options that do not fit one another. In a Caddyfile, they may
// come in any order, so it cannot be a part of check.
func (g *Gate) checkTogether() error {
	return errors.Join(g.checkIdempotency(), g.checkAddressCodes())
}

func (g *Gate) checkPlaintext() error {
	_, err := plaintext.Parse(g.Plaintext)
	return err
}

// checkAddressCodes refuses to relax what unique_email builds on.
func (g *Gate) checkAddressCodes() error {
	if g.UniqueEmail == nil {
		return nil
	}
	return g.Rules.CheckUnique()
}

func checkAllowFields(names []string) error {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		switch {
		case seen[name]:
			return fmt.Errorf("allow_fields: %q is named twice", name)
		case name == "*" && len(names) > 1:
			return errors.New("allow_fields: * lets everything through; name no other member beside it")
		}
		seen[name] = true
	}
	return nil
}

// policy is the rules' share of the configuration.
func (g *Gate) policy() validation.Policy {
	policy := g.Rules.Policy()
	policy.Endpoint = g.served().Contract
	if slices.Equal(g.AllowFields, []string{"*"}) {
		policy.AllowAllFields = true
	} else {
		policy.AllowFields = g.AllowFields
	}
	return policy
}

func (g *Gate) compileRules() (*validation.Rules, error) {
	policy := g.policy()
	var err error
	if policy.PasswordWords, err = g.Rules.Words(); err != nil {
		return nil, err
	}
	return policy.Compile()
}

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
