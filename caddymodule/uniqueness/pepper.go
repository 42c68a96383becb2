package uniqueness

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/certmagic"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/internal/ascii"
	"github.com/customergate/customergate/caddymodule/internal/privatefile"
	"github.com/customergate/customergate/caddymodule/internal/storagehint"
)

const (
	pepperStorageKey = "customer_gate/pepper"
	pepperSize       = sha256.Size
	pepperTimeout    = 30 * time.Second
)

// pepper is the key of the hashes that stand for addresses in a claims store.
type pepper struct {
	storage certmagic.Storage // where it is made and kept; nil for one from a file
	ctx     context.Context
	key     []byte
	macs    sync.Pool // of hash.Hash under the key, as making one costs more than using it
}

func newPepper(ctx caddy.Context, path string) (*pepper, error) {
	if path == "" {
		return &pepper{storage: ctx.Storage(), ctx: ctx}, nil
	}
	path, err := caddy.NewReplacer().ReplaceOrErr(path, true, true)
	if err != nil {
		return nil, fmt.Errorf("path of the pepper: %w", err)
	}
	key, _, err := privatefile.Read(path)
	if err != nil {
		return nil, fmt.Errorf("pepper: %w", err)
	}
	if len(key) < pepperSize {
		return nil, fmt.Errorf("pepper: %s has %d bytes, and %d are needed; make one with `(umask 077 && openssl rand -out %s %[3]d)`",
			path, len(key), pepperSize, privatefile.Quote(path))
	}
	return &pepper{key: key}, nil
}

// Start reads the pepper from Caddy's storage, or makes one: once, under the
// storage's lock.
func (p *pepper) Start() error { return p.inStorage(p.loadOrMake) }

// find is Start for those who must not make a pepper: the error wraps
// fs.ErrNotExist where there is none.
func (p *pepper) find() error { return p.inStorage(p.load) }

func (p *pepper) inStorage(read func(context.Context) error) error {
	if p.storage == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(p.ctx, pepperTimeout)
	defer cancel()
	if err := read(ctx); err != nil {
		return fmt.Errorf("pepper of unique_email in Caddy's storage: %w", err)
	}
	return nil
}

func (p *pepper) loadOrMake(ctx context.Context) error {
	err := p.load(ctx)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := p.storage.Lock(ctx, pepperStorageKey); err != nil {
		return storagehint.OfLock(p.storage, err)
	}
	defer p.storage.Unlock(context.WithoutCancel(ctx), pepperStorageKey) //nolint:errcheck // it ends by itself
	if err := p.load(ctx); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	made := make([]byte, pepperSize)
	_, _ = rand.Read(made) // it never fails
	if err := p.storage.Store(ctx, pepperStorageKey, made); err != nil {
		return storagehint.Of(err)
	}
	return p.load(ctx) // what the other gateways read as well
}

func (p *pepper) load(ctx context.Context) error {
	key, err := p.storage.Load(ctx, pepperStorageKey)
	if err != nil {
		return storagehint.Of(err)
	}
	if len(key) < pepperSize {
		return fmt.Errorf("%s is damaged: it has %d bytes, and %d are needed; put it back from a backup, or delete it together with all claims", pepperStorageKey, len(key), pepperSize)
	}
	p.key = key
	return nil
}

// emailID names the claim on an address of which the domain is in lower case.
// A-Z of its local part are folded too: mailboxes that differ by case alone are
// one person's, or a trap.
func (p *pepper) emailID(tenant, address string) claims.ID {
	id := claims.ID{Kind: claims.Email}
	p.sum(id.Sum[:0], "email", tenant, ascii.Lower(address))
	return id
}

// sum appends the keyed hash of a few texts, none of which holds a NUL.
func (p *pepper) sum(dst []byte, texts ...string) []byte {
	size := len(texts)
	for _, text := range texts {
		size += len(text)
	}
	plain := make([]byte, 0, size)
	for _, text := range texts {
		plain = append(append(plain, text...), 0)
	}
	return p.mac(dst, plain)
}

// mac appends the HMAC-SHA-256 of a text in parts.
func (p *pepper) mac(dst []byte, parts ...[]byte) []byte {
	mac, ok := p.macs.Get().(hash.Hash)
	if !ok {
		mac = p.newMAC()
	}
	for _, part := range parts {
		mac.Write(part)
	}
	dst = mac.Sum(dst)
	mac.Reset()
	p.macs.Put(mac)
	return dst
}

// newMAC returns one that can be used again. The first Reset has it remember how
// it begins, and every later one overwrites the last octets of a text with that,
// which may be a password.
func (p *pepper) newMAC() hash.Hash {
	mac := hmac.New(sha256.New, p.key)
	mac.Reset()
	return mac
}
