package filekeys

import (
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/loads"
	"github.com/customergate/customergate/caddymodule/keys/internal/ring"
)

// load reads the keys when a configuration is loaded, and refuses all that is
// wrong with them.
func (f *Provider) load() error {
	f.history.reading.Lock()
	defer f.history.reading.Unlock()
	found, err := f.reader.read()
	if err == nil {
		var wrong []error
		for _, where := range places(found.troubles) {
			wrong = append(wrong, found.troubles[where])
		}
		err = errors.Join(wrong...)
	}
	loads.Count(providerName, err == nil)
	if err != nil {
		return err
	}
	f.adopt(found)
	return nil
}

// Start begins to look for changes. It ends with the configuration.
func (f *Provider) Start() error {
	if interval := f.interval(); interval != 0 {
		go f.watch(interval)
	}
	return nil
}

func (f *Provider) watch(interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-f.ctx.Done():
			return
		case <-ticker.C:
			f.look()
		}
	}
}

// look reads the keys again and takes up those of the tenants for whom that
// goes well.
func (f *Provider) look() {
	defer func() {
		if recover() != nil { // whose text could hold anything
			loads.Count(providerName, false)
			f.logger.Error("looking for changed keys has failed unexpectedly; the keys read before stay in force")
		}
	}()
	f.history.reading.Lock()
	defer f.history.reading.Unlock()
	found, err := f.reader.read()
	if err != nil {
		loads.Count(providerName, false)
		f.noteFailure(place{path: f.reader.path}, err)
		return
	}
	loads.Count(providerName, len(found.troubles) == 0)
	f.note(found.troubles)
	f.adopt(found)
}

// adopt makes the keys of a reading those that Keys answers with. A tenant for
// whom nothing could be read, or nothing has changed, keeps the ring it has.
func (f *Provider) adopt(found *reading) {
	now := time.Now()
	for _, c := range f.history.record(found, now) {
		f.logChange(c, now)
	}
	old, rings := *f.rings.Load(), make(map[string]*ring.Ring)
	withdrawn := f.history.withdrawn(f.Overlap())
	for tenant, left := range withdrawn {
		rings[tenant] = ringOf(nil, left) // unless it has others
	}
	for tenant, present := range found.keys {
		rings[tenant] = ringOf(present, withdrawn[tenant])
	}
	for tenant, before := range old {
		if found.inTrouble(tenant) || before.SameAs(rings[tenant]) {
			rings[tenant] = before
		}
	}
	f.rings.Store(&rings)
}

// ringOf leaves to the keys that have left what the others leave of MaxKeys.
func ringOf(present []fileKey, withdrawn []keys.Key) *ring.Ring {
	inFiles := make([]keys.Key, 0, len(present))
	for _, key := range present {
		inFiles = append(inFiles, key.Key)
	}
	return ring.New(inFiles, withdrawn[:min(len(withdrawn), keys.MaxKeys-len(inFiles))]...)
}

func (f *Provider) logChange(c change, now time.Time) {
	for _, key := range c.arrived {
		f.logger.Info("using an RSA key for encrypted passwords", logFields(c.tenant, key)...)
	}
	for _, key := range c.left {
		fields := logFields(c.tenant, key)
		if f.OverlapTime == 0 {
			f.logger.Info("an RSA key has left its file and decrypts no longer", fields...)
			continue
		}
		f.logger.Info("an RSA key has left its file and still decrypts for a while",
			append(fields, zap.Time("until", now.Add(f.Overlap())))...)
	}
}

func logFields(tenant string, key fileKey) []zap.Field {
	return []zap.Field{
		zap.String("kid", key.ID), zap.Int("bits", key.PublicKey().N.BitLen()),
		zap.String("tenant", tenant), zap.String("file", key.file),
	}
}
