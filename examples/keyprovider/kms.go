// Package kms is an example of a key provider in a repository of its own. Its
// private keys never leave a key management service (KMS), which decrypts.
package kms

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/options"
)

func init() { caddy.RegisterModule(new(KMS)) }

// KMS provides the keys of a KMS, which is asked for them when the
// configuration loads. `caddy reload --force` asks again.
type KMS struct {
	URL string `json:"url"` // http or https

	rings  map[string][]keys.Key // by the name of the tenant
	logger *zap.Logger
}

// CaddyModule returns the Caddy module information.
func (*KMS) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.customer_gate.keys.kms", New: func() caddy.Module { return new(KMS) }}
}

// Provision lists the keys, which `caddy validate` may do too: it changes nothing.
func (k *KMS) Provision(ctx caddy.Context) error {
	text, err := read(client.Get(k.URL + "/keys"))
	if err != nil {
		return fmt.Errorf("listing the keys of the KMS: %w", err)
	}
	var list []*privateKey
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("listing the keys of the KMS: %w", err)
	}
	k.rings, k.logger = make(map[string][]keys.Key), ctx.Logger()
	for _, p := range list {
		p.kms = k
		if p.public, err = keys.ParsePublic([]byte(p.PublicKey)); err != nil {
			return fmt.Errorf("key %q of the KMS: %w", p.ID, err)
		}
		key, err := keys.NewKey(p)
		if err != nil {
			return fmt.Errorf("key %q of the KMS: %w", p.ID, err)
		}
		k.rings[p.Tenant] = append(k.rings[p.Tenant], key)
	}
	return nil
}

// Keys returns the keys of a tenant, in the order of the KMS's list.
func (k *KMS) Keys(tenant string) ([]keys.Key, error) {
	if ring, found := k.rings[tenant]; found {
		return ring, nil
	}
	return nil, keys.ErrUnknownTenant
}

// Tenants returns the tenants that the KMS has keys for.
func (k *KMS) Tenants() []string { return slices.Sorted(maps.Keys(k.rings)) }

// UnmarshalCaddyfile reads `keys kms <url>`.
func (k *KMS) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the module's name
	if err := options.Word(d, &k.URL, "<url>"); err != nil {
		return err
	}
	if d.NextBlock(0) {
		return d.Err("kms takes no block")
	}
	if u, err := url.Parse(k.URL); err != nil || u.Host == "" {
		return d.Err("kms wants a URL, such as https://kms.example.com")
	}
	return nil
}

// A privateKey is an entry of the KMS's list.
type privateKey struct {
	ID        string `json:"id"`
	Tenant    string `json:"tenant"`
	PublicKey string `json:"public_key"` // in any form of keys.ParsePublic

	public *rsa.PublicKey
	kms    *KMS
}

// Public returns the public half.
func (p *privateKey) Public() crypto.PublicKey { return p.public }

// Decrypt has the KMS open a ciphertext. The body of the answer is the plaintext.
func (p *privateKey) Decrypt(_ io.Reader, ciphertext []byte, options crypto.DecrypterOpts) ([]byte, error) {
	oaep := options.(*rsa.OAEPOptions) // the gate decrypts nothing else
	query := url.Values{"key": {p.ID}, "hash": {oaep.Hash.String()}, "mgf1": {oaep.MGFHash.String()}}
	plaintext, err := read(client.Post(p.kms.URL+"/decrypt?"+query.Encode(), "application/octet-stream", bytes.NewReader(ciphertext)))
	if err != nil && !errors.Is(err, rsa.ErrDecryption) {
		p.kms.logger.Error("the KMS did not decrypt", zap.Error(err)) // the gate logs the error's type alone
	}
	return plaintext, err
}

// client gives up after a while, because a crypto.Decrypter knows no context.
var client = &http.Client{Timeout: 2 * time.Second}

// read returns the body of the KMS's answer, which is 422 to a ciphertext that
// it cannot open.
func read(answer *http.Response, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
		return io.ReadAll(answer.Body)
	case http.StatusUnprocessableEntity:
		return nil, rsa.ErrDecryption
	}
	return nil, fmt.Errorf("the KMS answered %s", answer.Status)
}
