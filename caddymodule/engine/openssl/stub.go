//go:build !cgo || !linux

package openssl

import (
	"errors"

	"github.com/customergate/customergate/caddymodule/engine"
)

var errNoCgo = errors.New("this binary was built without cgo, or not for Linux, so it can load no library")

func openLibcrypto() (engine.Library, error) { return nil, errNoCgo }

func openCryptoMB() (engine.Library, error) { return nil, errNoCgo }
