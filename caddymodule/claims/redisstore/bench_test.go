package redisstore

import (
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/internal/testservers"
)

// What a registration costs: a reservation and its commitment.
func BenchmarkClaim(b *testing.B) {
	servers := map[string]testservers.RedisOptions{
		"memory":               {},
		"appendfsync everysec": {Directives: []string{"appendonly yes"}},
		"appendfsync always":   {AppendOnly: true},
	}
	for name, options := range servers {
		s := start(b, &Store{Addresses: []string{testservers.NewRedis(b, options).Address}})
		b.Run(name+"/one at a time", func(b *testing.B) {
			for b.Loop() {
				if _, err := storetest.Claim(b.Context(), s); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/16 at once", func(b *testing.B) {
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := storetest.Claim(b.Context(), s); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

func BenchmarkImport(b *testing.B) {
	s := start(b, &Store{Addresses: []string{testservers.NewRedis(b, testservers.RedisOptions{}).Address}})
	for b.Loop() {
		b.StopTimer()
		ids := make([]claims.ID, 10_000)
		for i := range ids {
			ids[i] = storetest.NewID(claims.Email)
		}
		b.StartTimer()
		if _, err := s.Import(b.Context(), ids); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*10_000)/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkCount(b *testing.B) {
	s := start(b, &Store{Addresses: []string{testservers.NewRedis(b, testservers.RedisOptions{}).Address}})
	ids := make([]claims.ID, 100_000)
	for i := range ids {
		ids[i] = storetest.NewID(claims.Email)
	}
	if _, err := s.Import(b.Context(), ids); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if n, err := s.Count(b.Context(), claims.Email); n != len(ids) || err != nil {
			b.Fatal(n, err)
		}
	}
}
