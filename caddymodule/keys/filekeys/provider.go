// Package filekeys is the provider of keys in files: a guest module of Caddy.
package filekeys

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/internal/trouble"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/loads"
	"github.com/customergate/customergate/caddymodule/keys/internal/ring"
	"github.com/customergate/customergate/caddymodule/options"
)

func init() {
	caddy.RegisterModule(new(Provider))
}

// Bounds of Provider.ReloadInterval, which may also be 0.
const (
	defaultReloadInterval = 10 * time.Second
	minReloadInterval     = time.Second
	maxReloadInterval     = 24 * time.Hour
)

const (
	providerName = "file"
	// Times are added up; the longest that Go knows is 292 years.
	maxPeriod = 3650 * 24 * time.Hour
)

// Provider provides the private keys that files hold.
//
// The path of a single file gives a key to the tenant `default`. That of a
// directory gives keys to the tenants that its files are named after:
// `TENANT.pem` holds one key, a directory `TENANT` several as `*.pem`, and a
// tenant may have both, up to four files in all. Names that begin with a dot
// and files that do not end in `.pem` are passed over; symbolic links are
// followed, such as those to secrets that Kubernetes mounts. The name of a
// tenant is 1 to 63 characters of a-z, 0-9 and `-`.
//
// A file holds an RSA private key of 2048 to 8192 bits as PEM (PKCS #8 or PKCS
// #1) or as DER in Base64. Only its owner may be able to read it (`chmod 600`):
// the user that Caddy runs as, or root. All directories above it have to belong
// to these too, and nobody else may write to them, unless they have the sticky
// bit: then what strangers have put there is refused.
//
// Of several keys of a tenant, the one whose file was modified last is the one
// that clients are given, and all decrypt. Of files modified in the same
// second, the one whose name comes last in the alphabet is the newest:
// `2026-11.pem` before `2026-10.pem`. A file whose time of modification is yet
// to come holds a key that decrypts, and that clients are given from then on.
//
// When a configuration is loaded, a file that cannot be used is an error. When
// it is found later, by looking at the files again and again, all keys of its
// tenant stay as they are; an error in the log says why, and the metric
// `caddy_customer_gate_key_loads_total{provider="file",result="failed"}` grows
// for as long as it lasts. A directory that is missing, or without any key, and
// a single file that is missing, are such errors too.
type Provider struct {
	// The file or directory. Placeholders that are known without a request,
	// such as `{env.KEY_FILE}`, are replaced. Required.
	Path string `json:"path,omitempty"`

	// How often to look whether the files have changed, from 1s to 24h; 0 for
	// never, so that changes take effect with the next forced reload (`caddy
	// reload --force`). Default: 10s.
	ReloadInterval *caddy.Duration `json:"reload_interval,omitempty"`

	// How long a key still decrypts when it has left its file, from when that
	// is noticed. It is then no longer given to clients, except where its
	// tenant has no other. Keys that have left are remembered across reloads of
	// the configuration, but not across restarts of Caddy: where that matters,
	// leave the old file in the tenant's directory until its time has come. At
	// most four keys of a tenant are tried, those that are in files first. At
	// most 3650d. Default: 0, so a key is gone with its file.
	OverlapTime caddy.Duration `json:"overlap,omitempty"`

	ctx      caddy.Context
	logger   *zap.Logger
	reader   *reader
	history  *history
	troubles map[place]*trouble.Log // those there are; under history.reading
	rings    atomic.Pointer[map[string]*ring.Ring]
}

// CaddyModule returns the Caddy module information.
func (*Provider) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.customer_gate.keys.file",
		New: func() caddy.Module { return new(Provider) },
	}
}

// Provision reads the keys.
func (f *Provider) Provision(ctx caddy.Context) error {
	f.ctx, f.logger = ctx, ctx.Logger()
	if err := f.check(); err != nil {
		return err
	}
	path, err := caddy.NewReplacer().ReplaceOrErr(f.Path, true, true)
	if err != nil {
		return fmt.Errorf("path of the key file: %w", err)
	}
	if path == "" {
		return errors.New("the path of the key file is missing")
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("path of the key file: %w", err)
	}
	if err := loads.Register(ctx.GetMetricsRegistry(), providerName); err != nil {
		return err
	}
	f.reader = newReader(path)
	f.history = shareHistory(absolute, f, f.Overlap(), time.Now())
	f.rings.Store(new(map[string]*ring.Ring))
	f.troubles = make(map[place]*trouble.Log)
	return f.load()
}

func (f *Provider) check() error {
	if interval := f.interval(); interval != 0 && (interval < minReloadInterval || interval > maxReloadInterval) {
		return fmt.Errorf("reload_interval: %s is out of range: want 1s to 24h, or 0 to never look", interval)
	}
	if f.Overlap() < 0 || f.Overlap() > maxPeriod {
		return fmt.Errorf("overlap: %s is out of range: want 0 to 3650d", f.Overlap())
	}
	return nil
}

func (f *Provider) interval() time.Duration {
	if f.ReloadInterval == nil {
		return defaultReloadInterval
	}
	return time.Duration(*f.ReloadInterval)
}

// Keys returns the keys of the tenant: those in files, the newest first, and
// those that have left their files and still decrypt.
func (f *Provider) Keys(tenant string) ([]keys.Key, error) {
	r, known := (*f.rings.Load())[tenant]
	if !known {
		return nil, keys.ErrUnknownTenant
	}
	current := r.At(time.Now())
	if len(current) == 0 { // those that have left have retired by now
		return nil, keys.ErrUnknownTenant
	}
	return current, nil
}

// Tenants lists the tenants that have keys.
func (f *Provider) Tenants() []string {
	now := time.Now()
	tenants := maps.Clone(*f.rings.Load())
	maps.DeleteFunc(tenants, func(_ string, r *ring.Ring) bool { return len(r.At(now)) == 0 })
	return slices.Sorted(maps.Keys(tenants))
}

// Overlap is how long a key still decrypts when it has left its file.
func (f *Provider) Overlap() time.Duration { return time.Duration(f.OverlapTime) }

// Cleanup gives back what Provision has taken.
func (f *Provider) Cleanup() error {
	if f.history == nil {
		return nil
	}
	return f.history.release(f)
}

// UnmarshalCaddyfile sets up the module from Caddyfile tokens. Syntax:
//
//	keys file <path> {
//		reload_interval <duration>
//		overlap         <duration>
//	}
func (f *Provider) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the module's name
	if err := options.Word(d, &f.Path, "<path>", "/etc/customergate/private.pem"); err != nil {
		return err
	}
	return options.ParseModule(d, f, providerOptions, f.check)
}

var providerOptions = map[string]options.Parser[*Provider]{
	"reload_interval": func(f *Provider, d *caddyfile.Dispenser) error { return options.Duration(d, &f.ReloadInterval) },
	"overlap": func(f *Provider, d *caddyfile.Dispenser) error {
		overlap := &f.OverlapTime
		if err := options.Duration(d, &overlap); err != nil {
			return err
		}
		f.OverlapTime = *overlap
		return nil
	},
}

// Interface guards
var (
	_ keys.Provider         = (*Provider)(nil)
	_ keys.Starter          = (*Provider)(nil)
	_ keys.Lister           = (*Provider)(nil)
	_ keys.Planner          = (*Provider)(nil)
	_ caddy.Module          = (*Provider)(nil)
	_ caddy.Provisioner     = (*Provider)(nil)
	_ caddy.CleanerUpper    = (*Provider)(nil)
	_ caddyfile.Unmarshaler = (*Provider)(nil)
)
