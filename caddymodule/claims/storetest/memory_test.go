package storetest

import (
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
)

func TestMemory(t *testing.T) {
	store := NewMemory()
	Run(t, func(*testing.T) claims.Administrator { return store })
}
