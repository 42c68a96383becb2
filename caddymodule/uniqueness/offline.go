package uniqueness

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/customergate/customergate/caddymodule/claims"
)

// Claims are those in the store of a Keeper, for who works on them without the
// gateway. The configuration's end closes the store.
type Claims struct {
	claims.Administrator
	pepper *pepper
}

// OpenClaims opens the store of a configuration that is not started. Its error
// wraps claims.ErrInUse where another process has the store open.
func (k *Keeper) OpenClaims() (*Claims, error) {
	store, ok := k.store.bare.(claims.Administrator)
	if !ok {
		return nil, fmt.Errorf("unique_email: module %T cannot be filled and searched", k.store.bare)
	}
	if err := startStore(store); err != nil {
		return nil, err
	}
	return &Claims{Administrator: store, pepper: k.store.mark.pepper}, nil
}

// FindPepper readies IDs and changes nothing. Its error wraps fs.ErrNotExist where
// there is no pepper, so nothing was claimed with it.
func (c *Claims) FindPepper(ctx context.Context) error {
	if err := c.pepper.find(); err != nil {
		return err
	}
	return c.pepper.findMark(ctx, c)
}

// FindOrMakePepper readies IDs for a store that is to be filled, and tells
// whether it has made a pepper, in the storage of the configuration, even if it
// fails later on. It does not stop halfway: it is quick, or has an end.
func (c *Claims) FindOrMakePepper(ctx context.Context) (made bool, err error) {
	err = c.pepper.find()
	if errors.Is(err, fs.ErrNotExist) {
		err = c.pepper.Start()
		made = err == nil
	}
	if err != nil {
		return made, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reserveLimit)
	defer cancel()
	return made, c.pepper.leaveMark(ctx, c)
}

// ID names the claim on an address of a tenant. The pepper has to be ready.
func (c *Claims) ID(tenant, address string) claims.ID { return c.pepper.emailID(tenant, address) }
