package selfcheck

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/customergate/customergate/caddymodule/keys"
)

var (
	errNoKey    = errors.New("there is no key to encrypt with")
	errUnopened = errors.New("the gate's keys do not open what is encrypted with it; is it that of another `keys`?")
)

// tryKey encrypts with each published key, until one of them is opened.
func (o Options) tryKey(ctx context.Context, tenant string) error {
	published, err := o.Published(tenant)
	if err != nil {
		return err
	}
	last := errNoKey
	for _, key := range published {
		if last = o.tryOne(ctx, tenant, key); last == nil {
			return nil
		}
	}
	return last
}

func (o Options) tryOne(ctx context.Context, tenant string, key keys.Key) error {
	if key.PublicKey() == nil {
		return fmt.Errorf("kid %q was not made with keys.NewKey", key.ID)
	}
	text := []byte(rand.Text())
	sealed, err := rsa.EncryptOAEPWithOptions(rand.Reader, key.PublicKey(), text, &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: o.MGF1})
	if err != nil {
		return fmt.Errorf("encrypting: %w", err)
	}
	opened, err := o.Open(ctx, tenant, base64.StdEncoding.AppendEncode(nil, sealed))
	switch {
	case err != nil:
		return err
	case !bytes.Equal(opened, text):
		return fmt.Errorf("kid %q: %w", key.ID, errUnopened)
	}
	return nil
}
