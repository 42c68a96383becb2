package redisstore

import (
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/internal/testservers"
)

func TestConformance(t *testing.T) {
	nodes := testservers.NewRedisCluster(t)
	tests := map[string]Store{
		"one server": {Addresses: []string{shared.Address}},
		"cluster":    {Addresses: []string{nodes[0].Address, nodes[1].Address}, Cluster: true},
	}
	for name, store := range tests {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) claims.Administrator {
				handle := store
				return storetest.Start(t, &handle)
			})
		})
	}
}
