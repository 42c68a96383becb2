package pgstore

import (
	"testing"

	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

func BenchmarkClaim(b *testing.B)  { storetest.BenchmarkClaim(b, empty(b)) }
func BenchmarkImport(b *testing.B) { storetest.BenchmarkImport(b, empty(b)) }
func BenchmarkCount(b *testing.B)  { storetest.BenchmarkCount(b, empty(b)) }

func empty(b *testing.B) *Store {
	return start(b, shared.NewDatabase(b))
}
