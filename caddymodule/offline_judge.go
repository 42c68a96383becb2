package caddymodule

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/internal/ascii"
	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/keys"
	_ "github.com/customergate/customergate/caddymodule/keys/filekeys" // the provider of a key file
	"github.com/customergate/customergate/validation"
)

// OfflineRequest is as much of a request as the steps behind the headers look
// at, and how to look at it.
type OfflineRequest struct {
	Body    []byte
	Tenant  string
	Client  string // its IP address
	KeyFile string // in place of the gate's keys; those for ""
	Reveal  bool   // leave the passwords in what would be forwarded
}

// Judgement is what a gate says of a request.
type Judgement struct {
	// Status, Code, Message and Violations are those of the refusal. The status
	// is 0 for a request that is accepted.
	Status        int
	Code, Message string
	Violations    []validation.Violation

	// Reasons are why passwords could not be decrypted, which the gate tells no
	// client. They repeat nothing of a password.
	Reasons []string

	// Notes are about what is accepted and yet hardly meant so, such as another
	// key than the one in use.
	Notes []string

	// Forwarded is the normalised body. Its caller clears it.
	Forwarded []byte
}

// Judge takes a request through the gate with a number, which may be 0 where
// there is only one. The error is why it could not.
func (o *Offline) Judge(number int, request OfflineRequest) (*Judgement, error) {
	r, err := request.http()
	if err != nil {
		return nil, err
	}
	gate, err := o.gateFor(number, request)
	if err != nil {
		return nil, err
	}
	p := &passage{gate: gate, r: r, tenantName: ascii.Lower(request.Tenant)}
	defer p.wipe()
	if p.ring, p.ringErr = gate.source.ringOf(p.tenantName); errors.Is(p.ringErr, keys.ErrUnknownTenant) {
		j := p.refusedAs(noSuchTenant(), nil)
		j.Reasons = []string{"choose a tenant with --tenant; `caddy customer-gate keys` lists those that have keys"}
		return j, nil
	}
	return p.judgement(request.Reveal)
}

func (r OfflineRequest) http() (*http.Request, error) {
	if _, err := netip.ParseAddr(r.Client); err != nil {
		return nil, fmt.Errorf("--client: %w", err)
	}
	ctx := context.WithValue(context.Background(), caddyhttp.VarsCtxKey, map[string]any{caddyhttp.ClientIPVarKey: r.Client})
	sent := &http.Request{Method: http.MethodPost, Body: io.NopCloser(bytes.NewReader(r.Body)), ContentLength: int64(len(r.Body))}
	return sent.WithContext(ctx), nil
}

// gateFor readies the gate that was chosen.
func (o *Offline) gateFor(number int, request OfflineRequest) (*Gate, error) {
	options, err := o.choose(number)
	if err != nil {
		return nil, err
	}
	if request.KeyFile != "" && options["endpoint"] == "edit_profile" {
		return nil, errors.New("--key: the gate is one of edit_profile, which has nothing to decrypt")
	}
	if request.KeyFile != "" {
		options = withKeyFile(options, request.KeyFile)
	}
	gate, err := o.provision(options)
	if err == nil && gate.source.template == "" && request.Tenant != keys.DefaultTenant {
		err = errOneTenant
	}
	return gate, err
}

var errOneTenant = errors.New("--tenant: the gate does not tell tenants apart, it has no option `tenant`")

// withKeyFile returns a gate's options with a key file in place of its keys,
// which is then that of all its tenants.
func withKeyFile(gate map[string]any, path string) map[string]any {
	changed := maps.Clone(gate)
	delete(changed, "tenant")
	changed["keys"] = map[string]string{"provider": "file", "path": path}
	return changed
}

// judgement takes the request through the steps behind the headers.
func (p *passage) judgement(reveal bool) (*Judgement, error) {
	refused := p.walk((*passage).body, (*passage).json, (*passage).fields)
	var ciphertexts [][]byte
	if refused == nil {
		ciphertexts = p.submission.Ciphertexts()
		refused = p.walk((*passage).decrypt, (*passage).secrets)
	}
	switch {
	case refused == nil:
		notes := append(each(ciphertexts, p.noteKey), each(ciphertexts, p.explain)...)
		return &Judgement{Notes: notes, Forwarded: p.forwarded(reveal)}, nil
	case refused.code != codeServiceUnavailable:
		return p.refusedAs(refused, ciphertexts), nil
	case p.ringErr != nil:
		return nil, fmt.Errorf("no private key at hand, name one with --key FILE: %w", p.ringErr)
	}
	return nil, errors.New("the private key failed; name another with --key FILE")
}

func (p *passage) refusedAs(refused *refusal, ciphertexts [][]byte) *Judgement {
	j := &Judgement{Status: refused.status, Code: refused.code, Message: refused.message, Notes: each(ciphertexts, p.noteKey)}
	if refused.code == codeValidationError {
		j.Violations = p.submission.Violations()
	}
	if slices.ContainsFunc(j.Violations, func(v validation.Violation) bool { return v.Code == validation.PasswordUndecryptable }) {
		j.Reasons = each(ciphertexts, p.explain)
	}
	return j
}

// each returns what there is to say of ciphertexts, the same only once.
func each(ciphertexts [][]byte, say func([]byte) string) []string {
	var said []string
	for _, ciphertext := range ciphertexts {
		if text := say(ciphertext); text != "" && !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	return said
}

func (p *passage) forwarded(reveal bool) []byte {
	if !reveal {
		p.submission.Mask()
	}
	return p.submission.AppendBody(nil)
}

// explain says what is wrong with a ciphertext, "" for nothing.
func (p *passage) explain(ciphertext []byte) string {
	key, fault := oaep.Explain(p.ring, mgf1Policies[p.gate.MGF1], ciphertext)
	if key < 0 {
		if tenant := p.otherTenant(ciphertext); tenant != "" {
			return "it was encrypted with a public key of the tenant " + tenant
		}
	}
	return fault
}

// otherTenant names another tenant with a key that opens a ciphertext, if it is
// known who there is.
func (p *passage) otherTenant(ciphertext []byte) string {
	lister, ok := p.gate.source.provider.(keys.Lister)
	if !ok {
		return ""
	}
	for _, tenant := range lister.Tenants() {
		ring, err := p.gate.source.ringOf(tenant)
		if err != nil {
			continue // its keys are not what this is about
		}
		if oaep.Opens(ring, ciphertext) {
			return tenant
		}
	}
	return ""
}

// noteKey says which key opens a ciphertext, if it is another one than the key
// in use.
func (p *passage) noteKey(ciphertext []byte) string {
	i, _ := oaep.Explain(p.ring, oaep.MGF1Both, ciphertext)
	if i <= 0 {
		return ""
	}
	note := fmt.Sprintf("encrypted with the key %s, which is %s", p.ring[i].ID, keys.StateOf(p.ring, i, time.Now()))
	if end := p.ring[i].NotAfter; !end.IsZero() {
		note += " and decrypts until " + end.UTC().Format(time.RFC3339)
	}
	return note + "; clients are to use " + p.ring[0].ID
}
