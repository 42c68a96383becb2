package autokeys

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/ring"
)

// fetch takes the keys in the storage for those of the tenant; the error wraps
// errNoKey where there is none. When it fails, those read before stay.
func (t *tenant) fetch() error {
	ctx, cancel := t.context()
	defer cancel()
	return t.read(ctx)
}

// readAttempts is how often a folder is read where something is not there: a
// storage may say that of all of it when a file goes while it lists the others,
// and another gateway may delete a key that was listed.
const readAttempts = 3

func (t *tenant) read(ctx context.Context) error {
	var err error
	for range readAttempts {
		if err = t.readOnce(ctx); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return err
}

func (t *tenant) readOnce(ctx context.Context) error {
	stored, foreign, err := t.folder.list(ctx)
	if err != nil {
		return err
	}
	t.warnOf(foreign)
	now := t.auto.now()
	loaded := make(map[string]keys.Key, len(stored))
	for i, s := range stored {
		if t.auto.rotation.over(stored, i, now) {
			continue
		}
		key, known := t.loaded[s.name]
		if !known {
			if key, err = t.folder.load(ctx, s); err != nil {
				return err
			}
		}
		loaded[s.name] = key
	}
	t.adopt(stored, loaded)
	return nil
}

// adopt puts keys in force.
func (t *tenant) adopt(stored []storedKey, loaded map[string]keys.Key) {
	was := t.loaded
	t.stored, t.loaded = stored, loaded
	t.plan()
	t.warnOfStall()
	if inUse := t.ring.Load().At(t.auto.now())[0]; inUse.ID != t.using {
		t.using = inUse.ID
		t.logger.Info("using an RSA key for encrypted passwords", t.keyFields(inUse)...)
	}
	for name, key := range was {
		if _, ok := loaded[name]; !ok {
			t.logger.Info("retired an RSA key for encrypted passwords, which no longer decrypts", t.keyFields(key)...)
		}
	}
}

// plan puts the keys that have been read into a new ring, as their planned end
// depends on the time.
func (t *tenant) plan() {
	now := t.auto.now()
	all := make([]keys.Key, 0, len(t.loaded))
	for i, s := range slices.Backward(t.stored) {
		if key, ok := t.loaded[s.name]; ok {
			key.NotAfter = t.auto.rotation.notAfter(t.stored, i, now)
			all = append(all, key)
		}
	}
	t.ring.Store(ring.New(all))
}

// warnOfStall tells of a key that keeps the others from being replaced, because
// the clock of the gateway that has made it was wrong.
func (t *tenant) warnOfStall() {
	newest := t.stored[len(t.stored)-1]
	if t.auto.rotation.stalled(newest.notBefore, t.auto.now()) && t.stalled != newest.name {
		t.stalled = newest.name
		t.logger.Warn("no RSA key is made until one in the storage comes into use, which is later than planned; was a clock wrong? if so, delete it",
			zap.String("storage_key", t.folder.pathOf(newest)), zap.Time("not_before", newest.notBefore))
	}
}

func (t *tenant) warnOf(foreign []string) {
	if len(foreign) > 0 && !slices.Equal(foreign, t.foreign) {
		t.logger.Warn("files among the RSA keys for encrypted passwords are not used, because of their names",
			zap.String("storage_key", t.folder.path), zap.Strings("names", foreign))
	}
	t.foreign = foreign
}

func (t *tenant) keyFields(key keys.Key) []zap.Field {
	return []zap.Field{
		zap.String("kid", key.ID),
		zap.Int("bits", key.PublicKey().N.BitLen()),
		zap.String("storage_key", t.folder.pathOf(newStoredKey(key.NotBefore, key.ID))),
		zap.Time("not_before", key.NotBefore),
	}
}
