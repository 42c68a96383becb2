package storetest

import (
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
)

// BenchmarkClaim measures what a registration costs: a reservation and its
// commitment.
func BenchmarkClaim(b *testing.B, s claims.Store) {
	b.Run("one at a time", func(b *testing.B) {
		for b.Loop() {
			if _, err := Claim(b.Context(), s); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("16 at once", func(b *testing.B) {
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := Claim(b.Context(), s); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// BenchmarkImport measures how many entries are imported in a second.
func BenchmarkImport(b *testing.B, s claims.Administrator) {
	const step = 10_000
	for b.Loop() {
		b.StopTimer()
		ids := newIDs(step)
		b.StartTimer()
		if _, err := s.Import(b.Context(), ids); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*step)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkCount measures counting in a store that is empty before.
func BenchmarkCount(b *testing.B, s claims.Administrator) {
	const entries = 100_000
	if _, err := s.Import(b.Context(), newIDs(entries)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if n, err := s.Count(b.Context(), claims.Email); n != entries || err != nil {
			b.Fatal(n, err)
		}
	}
}

func newIDs(n int) []claims.ID {
	ids := make([]claims.ID, n)
	for i := range ids {
		ids[i] = NewID(claims.Email)
	}
	return ids
}
