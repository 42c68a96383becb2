package command

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/customergate/customergate/caddymodule"
	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/validation"
)

// explainer tells what a gate tells no client: why passwords could not be
// decrypted, and what is accepted and yet hardly meant so. It repeats nothing of
// a password.
type explainer struct {
	gate *caddymodule.Offline
	ring []keys.Key // of the tenant
}

// reasons are why passwords could not be decrypted, or with whose keys.
func (e explainer) reasons(j *caddymodule.Judgement) []string {
	if j.Status == http.StatusNotFound {
		return []string{"choose a tenant with --tenant; `caddy customer-gate keys` lists those that have keys"}
	}
	if slices.ContainsFunc(j.Violations, func(v validation.Violation) bool { return v.Code == validation.PasswordUndecryptable }) {
		return each(j.Ciphertexts, e.faultOf)
	}
	return nil
}

// notes are about what opens, or is accepted, and yet hardly meant so.
func (e explainer) notes(j *caddymodule.Judgement) []string {
	notes := each(j.Ciphertexts, e.otherKey)
	if j.Status == 0 {
		notes = append(notes, each(j.Ciphertexts, e.faultOf)...)
	}
	return notes
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

// faultOf says what is wrong with a ciphertext, "" for nothing.
func (e explainer) faultOf(ciphertext []byte) string {
	key, fault := oaep.Explain(e.ring, e.gate.MGF1(), ciphertext)
	if key < 0 {
		if tenant := e.otherTenant(ciphertext); tenant != "" {
			return "it was encrypted with a public key of the tenant " + tenant
		}
	}
	return fault
}

// otherTenant names another tenant with a key that opens a ciphertext, if it is
// known who there is.
func (e explainer) otherTenant(ciphertext []byte) string {
	lister, ok := e.gate.Provider().(keys.Lister)
	if !ok {
		return ""
	}
	for _, tenant := range lister.Tenants() {
		ring, err := e.gate.Ring(tenant)
		if err != nil {
			continue // its keys are not what this is about
		}
		if oaep.Opens(ring, ciphertext) {
			return tenant
		}
	}
	return ""
}

// otherKey says which key opens a ciphertext, if it is another one than the key
// in use.
func (e explainer) otherKey(ciphertext []byte) string {
	i, _ := oaep.Explain(e.ring, oaep.MGF1Both, ciphertext)
	if i <= 0 {
		return ""
	}
	note := fmt.Sprintf("encrypted with the key %s, which is %s", e.ring[i].ID, keys.StateOf(e.ring, i, time.Now()))
	if end := e.ring[i].NotAfter; !end.IsZero() {
		note += " and decrypts until " + end.UTC().Format(time.RFC3339)
	}
	return note + "; clients are to use " + e.ring[0].ID
}
