package redisstore

import (
	"testing"

	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/internal/testservers"
)

func BenchmarkClaim(b *testing.B) {
	for name, options := range map[string]testservers.RedisOptions{
		"memory":               {},
		"appendfsync everysec": {Directives: []string{"appendonly yes"}},
		"appendfsync always":   {AppendOnly: true},
	} {
		b.Run(name, func(b *testing.B) { storetest.BenchmarkClaim(b, empty(b, options)) })
	}
}

func BenchmarkImport(b *testing.B) {
	storetest.BenchmarkImport(b, empty(b, testservers.RedisOptions{}))
}
func BenchmarkCount(b *testing.B) { storetest.BenchmarkCount(b, empty(b, testservers.RedisOptions{})) }

func empty(b *testing.B, options testservers.RedisOptions) *Store {
	return start(b, Store{Addresses: []string{testservers.NewRedis(b, options).Address}})
}
