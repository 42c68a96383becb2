package autokeys

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/certmagic"

	"github.com/customergate/customergate/caddymodule/internal/storagehint"
	"github.com/customergate/customergate/caddymodule/keys"
)

// A keyFolder is where Caddy's storage has the keys of a tenant.
type keyFolder struct {
	storage certmagic.Storage
	path    string
}

// A storedKey is what the name of a stored key says of it.
type storedKey struct {
	name      string // in its folder
	notBefore time.Time
	id        string
}

const (
	keysPath   = "customer_gate/keys/"
	nameLayout = "20060102T150405Z" // sorted as text, times are in their order
	nameSuffix = ".pem"
)

func newStoredKey(notBefore time.Time, id string) storedKey {
	return storedKey{notBefore.Format(nameLayout) + "-" + id + nameSuffix, notBefore, id}
}

// parseName reads the name of a stored key, which has exactly one spelling.
func parseName(name string) (storedKey, bool) {
	timestamp, id, _ := strings.Cut(strings.TrimSuffix(name, nameSuffix), "-")
	notBefore, err := time.Parse(nameLayout, timestamp)
	if err != nil || !isThumbprint(id) {
		return storedKey{}, false
	}
	stored := newStoredKey(notBefore, id)
	return stored, stored.name == name
}

// isThumbprint looks at the length as well: line breaks would be passed over.
func isThumbprint(id string) bool {
	hash, err := base64.RawURLEncoding.Strict().DecodeString(id)
	return err == nil && len(hash) == sha256.Size && len(id) == base64.RawURLEncoding.EncodedLen(sha256.Size)
}

var errNoKey = fmt.Errorf("there is none (%w); one is made when a configuration starts", fs.ErrNotExist)

// list returns the keys in the order in which they come into use, the same one
// for all who read the folder, and the names of files that only seem to be
// keys. What a storage has there for its own purposes is passed over. Where there
// is no key, the error wraps errNoKey.
func (f keyFolder) list(ctx context.Context) (stored []storedKey, foreign []string, err error) {
	paths, err := f.storage.List(ctx, f.path, false)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, failed("listing the keys in "+f.path, err)
	}
	for _, path := range paths {
		name, inside := strings.CutPrefix(path, f.path+"/")
		if !inside || !strings.HasSuffix(name, nameSuffix) {
			continue
		}
		if key, ok := parseName(name); ok {
			stored = append(stored, key)
		} else {
			foreign = append(foreign, name)
		}
	}
	if err != nil || len(stored) == 0 {
		return nil, nil, failed("looking for keys in "+f.path, errNoKey)
	}
	slices.SortFunc(stored, func(a, b storedKey) int { return strings.Compare(a.name, b.name) })
	slices.Sort(foreign)
	return stored, foreign, nil
}

func (f keyFolder) load(ctx context.Context, stored storedKey) (keys.Key, error) {
	path := f.pathOf(stored)
	data, err := f.storage.Load(ctx, path)
	if err != nil {
		return keys.Key{}, failed("loading "+path, err)
	}
	defer clear(data)
	key, err := keys.Parse(data)
	if err != nil {
		return keys.Key{}, failed("reading "+path, err)
	}
	if key.ID != stored.id {
		return keys.Key{}, failed("reading "+path, errors.New("it holds another key than its name says; put the right one there, or delete it"))
	}
	key.NotBefore = stored.notBefore
	return key, nil
}

func (f keyFolder) store(ctx context.Context, stored storedKey, private *rsa.PrivateKey) error {
	data, err := keys.PrivatePEM(private)
	if err != nil {
		return err
	}
	defer clear(data)
	if err := f.storage.Store(ctx, f.pathOf(stored), data); err != nil {
		return failed("storing a key in "+f.path, err)
	}
	return nil
}

func (f keyFolder) remove(ctx context.Context, stored storedKey) error {
	path := f.pathOf(stored)
	if err := f.storage.Delete(ctx, path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failed("deleting "+path, err)
	}
	return nil
}

func (f keyFolder) pathOf(stored storedKey) string { return f.path + "/" + stored.name }

// A failure is an error with what was being done, which tells a failure that
// lasts from a new one: the error's own text may be another one each time.
type failure struct {
	doing string
	err   error
}

func failed(doing string, err error) error {
	return &failure{doing, storagehint.Of(err)}
}

func (f *failure) Error() string { return f.doing + ": " + f.err.Error() }

func (f *failure) Unwrap() error { return f.err }
