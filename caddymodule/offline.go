package caddymodule

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/uniqueness"
	"github.com/customergate/customergate/validation"
)

// Offline is a gate of which nothing is at work, for the command
// `caddy customer-gate`: it serves nobody and makes no keys.
type Offline struct{ gate *Gate }

// NewOffline readies a gate with options in JSON.
func NewOffline(ctx caddy.Context, options []byte) (*Offline, error) {
	module, err := ctx.LoadModuleByID("http.handlers.customer_gate", options)
	if err != nil {
		return nil, err
	}
	gate := module.(*Gate)
	if maker, ok := gate.source.Provider.(keys.Maker); ok {
		maker.NeverMake()
	}
	return &Offline{gate}, nil
}

// TellsTenants reports whether requests are those of several tenants.
func (o *Offline) TellsTenants() bool { return o.gate.source.Template.Text != "" }

// HasKeys reports whether requests have something to decrypt.
func (o *Offline) HasKeys() bool { return o.gate.decrypts() }

// SharesKeys reports whether another gate has the same keys for the same tenants.
func (o *Offline) SharesKeys(other *Offline) bool {
	return o.gate.source.Config == other.gate.source.Config && o.TellsTenants() == other.TellsTenants()
}

// Provider is where the keys come from.
func (o *Offline) Provider() keys.Provider { return o.gate.source.Provider }

// Ring returns the keys of a tenant that are tried. Its error wraps
// [keys.ErrUnknownTenant] for what is no tenant.
func (o *Offline) Ring(tenant string) ([]keys.Key, error) {
	ring := o.gate.source.RingOf(tenant)
	return ring.Keys, ring.Err
}

// MGF1 is what the gate accepts.
func (o *Offline) MGF1() oaep.MGF1 { return mgf1Policies[o.gate.MGF1] }

// ClaimsAt are the claims of the gate's unique_email in a store that somebody else has
// open, which is made of the configuration of the gate's.
func (o *Offline) ClaimsAt(store func(config json.RawMessage) claims.Administrator) *uniqueness.Claims {
	return o.gate.unique.ClaimsAt(store(o.gate.unique.StoreConfig()))
}

// OpenClaims opens the store of the gate's unique_email, which it must have.
func (o *Offline) OpenClaims() (*uniqueness.Claims, error) { return o.gate.unique.OpenClaims() }

// OfflineRequest is as much of a request as the steps behind the headers look at,
// and how to look at it.
type OfflineRequest struct {
	Body   []byte
	Tenant string
	Client netip.Addr
	Reveal bool // leave the passwords in what would be forwarded
}

// Judgement is what a gate says of a request.
type Judgement struct {
	// Status, Code, Message and Violations are those of the refusal. The status
	// is 0 for a request that is accepted.
	Status        int
	Code, Message string
	Violations    []validation.Violation

	// Ciphertexts are the encrypted passwords of the request, which may be none.
	Ciphertexts [][]byte

	// Forwarded is the normalised body of a request that is accepted.
	Forwarded []byte
}

// Clear clears what may hold passwords.
func (j *Judgement) Clear() {
	clear(j.Forwarded)
	for _, ciphertext := range j.Ciphertexts {
		clear(ciphertext) // a mistaken client has put the password itself there
	}
}

// Judge takes a request through the steps behind the headers. Its caller clears the
// judgement. The error is why there is none: the keys could not be used.
func (o *Offline) Judge(request OfflineRequest) (*Judgement, error) {
	p := &passage{gate: o.gate, r: request.http(), ring: o.gate.source.RingOf(request.Tenant)}
	defer p.wipe()
	if errors.Is(p.ring.Err, keys.ErrUnknownTenant) {
		return judgementOf(noSuchTenant()), nil
	}
	if refused := p.walk((*passage).body, (*passage).json, (*passage).fields); refused != nil {
		return judgementOf(refused), nil
	}
	ciphertexts := cloned(p.submission.Ciphertexts())
	refused := p.walk((*passage).decrypt, (*passage).secrets)
	switch {
	case refused == nil:
		return &Judgement{Ciphertexts: ciphertexts, Forwarded: p.forwarded(request.Reveal)}, nil
	case refused.code != codeServiceUnavailable:
		j := judgementOf(refused)
		j.Ciphertexts, j.Violations = ciphertexts, p.submission.Violations()
		return j, nil
	case p.ring.Err != nil:
		return nil, fmt.Errorf("no private key at hand: %w", p.ring.Err)
	}
	return nil, errors.New("the private key failed")
}

func (r OfflineRequest) http() *http.Request {
	ctx := context.WithValue(context.Background(), caddyhttp.VarsCtxKey, map[string]any{caddyhttp.ClientIPVarKey: r.Client.String()})
	sent := &http.Request{Method: http.MethodPost, Body: io.NopCloser(bytes.NewReader(r.Body)), ContentLength: int64(len(r.Body))}
	return sent.WithContext(ctx)
}

func judgementOf(refused *refusal) *Judgement {
	return &Judgement{Status: refused.status, Code: refused.code, Message: refused.says.Text}
}

// cloned outlives the request that the ciphertexts are a part of.
func cloned(ciphertexts [][]byte) [][]byte {
	clones := make([][]byte, len(ciphertexts))
	for i, ciphertext := range ciphertexts {
		clones[i] = bytes.Clone(ciphertext)
	}
	return clones
}

func (p *passage) forwarded(reveal bool) []byte {
	if !reveal {
		p.submission.Mask()
	}
	return p.submission.AppendBody(nil)
}
