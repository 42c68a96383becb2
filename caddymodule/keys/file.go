package keys

import (
	"errors"
	"fmt"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"go.uber.org/zap"
)

func init() {
	caddy.RegisterModule(new(File))
}

// File provides the one private key that a file holds, to every tenant.
//
// The file is read when the configuration is loaded. Putting another key into
// it takes effect with the next forced reload (`caddy reload --force`).
type File struct {
	// Where the key is: an RSA private key of 2048 to 8192 bits as PEM
	// (PKCS #8 or PKCS #1) or as DER in Base64. Only its owner may be able to
	// read it (`chmod 600`), the user that Caddy runs as. Placeholders that
	// are known without a request, such as `{env.KEY_FILE}`, are replaced.
	// Required.
	Path string `json:"path,omitempty"`

	ring []Key
}

// CaddyModule returns the Caddy module information.
func (*File) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.customer_gate.keys.file",
		New: func() caddy.Module { return new(File) },
	}
}

// Provision reads the key.
func (f *File) Provision(ctx caddy.Context) error {
	path, err := caddy.NewReplacer().ReplaceOrErr(f.Path, true, true)
	if err != nil {
		return fmt.Errorf("path of the key file: %w", err)
	}
	if path == "" {
		return errors.New("the path of the key file is missing")
	}
	private, err := ReadPrivateFile(path)
	if err != nil {
		return err
	}
	key, err := NewKey(private)
	if err != nil {
		return fmt.Errorf("key file %s: %w", path, err)
	}
	f.ring = []Key{key}
	ctx.Logger().Info("using an RSA key for encrypted passwords",
		zap.String("kid", key.ID), zap.Int("bits", key.PublicKey().N.BitLen()), zap.String("file", path))
	return nil
}

// Keys returns the key of the file, whoever the tenant is.
func (f *File) Keys(string) ([]Key, error) { return f.ring, nil }

// UnmarshalCaddyfile sets up the module from Caddyfile tokens. Syntax:
//
//	keys file <path>
func (f *File) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the module's name
	if !d.AllArgs(&f.Path) {
		return d.ArgErr()
	}
	return refuseBlock(d)
}

// refuseBlock reports a block behind a module that has no options, an empty
// one as well.
func refuseBlock(d *caddyfile.Dispenser) error {
	if d.Next() {
		return d.Errf("unexpected '%s': this key provider takes no block", d.Val())
	}
	return nil
}

// Interface guards
var (
	_ Provider              = (*File)(nil)
	_ caddy.Module          = (*File)(nil)
	_ caddy.Provisioner     = (*File)(nil)
	_ caddyfile.Unmarshaler = (*File)(nil)
)
