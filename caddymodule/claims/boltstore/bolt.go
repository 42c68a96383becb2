// Package boltstore keeps claims in a file, for one gateway. It is the Caddy
// guest module http.handlers.customer_gate.claims.bolt.
package boltstore

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/options"
)

func init() {
	caddy.RegisterModule(new(Bolt))
}

// Bolt keeps claims in a file, for one gateway; it needs no server. What it has
// acknowledged is on the disk (fsync). Claims that come at the same time share
// a write.
//
// One process at a time can have the file open, so `caddy customer-gate claims`
// cannot while the gateway runs. It must be on a local disk. To move or restore
// it, stop the gateway. `caddy validate` does not touch it.
//
// While the disk is full, claims fail. After a write that failed so late that
// the disk may have it, and where the file is damaged, they fail until the
// gateway is restarted; the error in the log tells which.
//
// To set the clock of a running system changes no lease. A clock that is set
// back while the gateway is down prolongs a reservation to at most its lease
// after the next start, and what is kept for a while by as much as it was set
// back.
type Bolt struct {
	// Where the claims are. The file, with mode 0600, and missing folders are
	// made when the configuration starts. Placeholders that are known without
	// a request, such as `{env.CLAIMS_FILE}`, are replaced. Default:
	// `customer_gate/claims.db` in Caddy's data directory.
	File string `json:"file,omitempty"`

	path   string
	logger *zap.Logger
	file   *file
	used   bool // a reference to the file in the pool is held
}

// CaddyModule returns the Caddy module information.
func (*Bolt) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.customer_gate.claims.bolt",
		New: func() caddy.Module { return new(Bolt) },
	}
}

// Provision works out where the file is, without touching it.
func (b *Bolt) Provision(ctx caddy.Context) error {
	b.logger = ctx.Logger()
	path, err := caddy.NewReplacer().ReplaceOrErr(b.File, true, true)
	if err != nil {
		return fmt.Errorf("path of the claims file: %w", err)
	}
	switch {
	case b.File == "":
		path = filepath.Join(caddy.AppDataDir(), "customer_gate", "claims.db")
	case path == "":
		return errors.New("the path of the claims file is empty")
	}
	b.path, err = filepath.Abs(path)
	return err
}

// files are the open ones, by absolute path: while a configuration replaces
// another, both use the same.
var files = caddy.NewUsagePool()

// Start opens the file, unless another configuration has.
func (b *Bolt) Start() error {
	f, shared, err := files.LoadOrNew(b.path, func() (caddy.Destructor, error) {
		return openFile(b.path, startClock())
	})
	if err != nil {
		return err
	}
	b.file, b.used = f.(*file), true
	b.logger.Info("using a claims file", zap.String("file", b.path), zap.Bool("open_already", shared))
	return nil
}

// Cleanup closes the file unless another configuration uses it, in which case
// claims that are still under way can be settled.
func (b *Bolt) Cleanup() error {
	if !b.used {
		return nil
	}
	b.used = false
	_, err := files.Delete(b.path)
	return err
}

// Destruct closes the file after its last use.
func (f *file) Destruct() error { return f.close() }

// UnmarshalCaddyfile sets up the module from Caddyfile tokens. Syntax:
//
//	unique_email bolt [<file>]
func (b *Bolt) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the module's name
	if d.NextArg() {
		if b.File = d.Val(); b.File == "" {
			return d.Err("the path of the claims file is empty")
		}
	}
	if d.NextArg() {
		return options.Usage(d, "bolt", "[<file>]")
	}
	if d.NextBlock(0) || d.Next() {
		return d.Errf("unknown option '%s': bolt has none of its own", d.Val())
	}
	return nil
}

// Interface guards
var (
	_ claims.Administrator  = (*Bolt)(nil)
	_ claims.Starter        = (*Bolt)(nil)
	_ caddy.Module          = (*Bolt)(nil)
	_ caddy.Provisioner     = (*Bolt)(nil)
	_ caddy.CleanerUpper    = (*Bolt)(nil)
	_ caddyfile.Unmarshaler = (*Bolt)(nil)
)
