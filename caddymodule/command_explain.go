package caddymodule

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/validation"
)

// explain says why a ciphertext is password_undecryptable, or "" if it is not.
// The gate tells no client, but whoever holds the private keys may know: this is
// for `caddy customer-gate check` alone. It repeats nothing of the plaintext.
func (p *passage) explain(text []byte) string {
	ciphertext, fault := explainForm(text, p.ring)
	if fault != "" {
		return fault
	}
	if key, fault := p.opening(p.ring, ciphertext); key >= 0 {
		return fault
	}
	if tenant := p.otherTenant(ciphertext); tenant != "" {
		return "it was encrypted with a public key of the tenant " + tenant
	}
	return "it opens in no usual way: it was encrypted with another public key, or damaged"
}

// noteKey says which key opens a ciphertext, if it is another one than the key
// in use.
func (p *passage) noteKey(text []byte) string {
	ciphertext, fault := explainForm(text, p.ring)
	if fault != "" {
		return ""
	}
	i, _ := p.opening(p.ring, ciphertext)
	if i <= 0 {
		return ""
	}
	note := fmt.Sprintf("encrypted with the key %s, which is %s", p.ring[i].ID, keys.StateOf(p.ring, i, time.Now()))
	if end := p.ring[i].NotAfter; !end.IsZero() {
		note += " and decrypts until " + timeCell(end)
	}
	return note + "; clients are to use " + p.ring[0].ID
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
		if key, _ := p.opening(ring, ciphertext); key >= 0 {
			return tenant
		}
	}
	return ""
}

// opening tells which of the keys opens a ciphertext in any usual way, and what
// is wrong with that way. It is -1 if none does.
func (p *passage) opening(ring []keys.Key, ciphertext []byte) (key int, fault string) {
	for i, key := range ring {
		if !fits(ciphertext, key) {
			continue
		}
		for _, attempt := range explanations {
			plaintext, err := key.Decrypt(nil, ciphertext, attempt.options)
			if err != nil {
				continue
			}
			defer clear(plaintext)
			return i, attempt.faultOf(plaintext, mgf1Policies[p.gate.MGF1])
		}
	}
	return -1, ""
}

// An explanation is a way to encrypt.
type explanation struct {
	options crypto.DecrypterOpts
	mgf1    oaep.MGF1 // of those that the contract has
	fault   string
}

// faultOf says why the gate refuses what was encrypted so.
func (e explanation) faultOf(plaintext []byte, accepted oaep.MGF1) string {
	switch {
	case e.fault != "":
		return e.fault
	case !validation.Readable(plaintext):
		return "it opens, but the text is not UTF-8 or has a line feed or another control character in it"
	case accepted != oaep.MGF1Both && accepted != e.mgf1:
		return "it opens, but with a hash in MGF1 that the gate's option mgf1 refuses"
	}
	return ""
}

// explanations are those that the contract has, then the usual mistakes.
var explanations = []explanation{
	{&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256}, oaep.MGF1SHA256, ""},
	{&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA1}, oaep.MGF1SHA1, ""},
	{&rsa.OAEPOptions{Hash: crypto.SHA1}, 0, "it opens with OAEP and the digest SHA-1; set the client's digest to SHA-256"},
	{&rsa.OAEPOptions{Hash: crypto.SHA384}, 0, "it opens with OAEP and the digest SHA-384; set the client's digest to SHA-256"},
	{&rsa.OAEPOptions{Hash: crypto.SHA512}, 0, "it opens with OAEP and the digest SHA-512; set the client's digest to SHA-256"},
	{&rsa.PKCS1v15DecryptOptions{}, 0, "it opens as PKCS #1 v1.5; set the client's padding to OAEP with SHA-256"}, //nolint:staticcheck // offline, to name the mistake
}

// explainForm takes the Base64 off a ciphertext, or says what is wrong with it.
// With the right form, it is as long as one of the keys makes it.
func explainForm(text []byte, ring []keys.Key) ([]byte, string) {
	switch {
	case bytes.ContainsAny(text, "\r\n\t "):
		return nil, "its Base64 has white space or line breaks in it; encode it on one line"
	case bytes.ContainsAny(text, "-_"):
		return nil, "it is Base64 with the URL alphabet; use the standard one, with + and /"
	}
	ciphertext, err := base64.StdEncoding.Strict().DecodeString(string(text))
	if err != nil {
		return nil, "it is not Base64 with the standard alphabet and padding"
	}
	if again, err := base64.StdEncoding.DecodeString(string(ciphertext)); err == nil && fitsAny(again, ring) {
		return nil, "it is encoded in Base64 twice"
	}
	if !fitsAny(ciphertext, ring) {
		return nil, fmt.Sprintf("it has %d bytes, but the key makes %d: it was encrypted with another public key, or cut",
			len(ciphertext), ring[0].PublicKey().Size())
	}
	return ciphertext, ""
}

func fitsAny(ciphertext []byte, ring []keys.Key) bool {
	return slices.ContainsFunc(ring, func(key keys.Key) bool { return fits(ciphertext, key) })
}

func fits(ciphertext []byte, key keys.Key) bool { return len(ciphertext) == key.PublicKey().Size() }
