//go:build unix

package boltstore

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// BenchmarkClaim measures what a registration costs, a Reserve and a Commit,
// with so many callers at once and so many addresses in the file.
func BenchmarkClaim(b *testing.B) {
	for _, stored := range []int{0, 1_000_000} {
		for _, callers := range []int{1, 64, 256} {
			b.Run(fmt.Sprintf("stored=%d/callers=%d", stored, callers), func(b *testing.B) {
				store := openStore(b, b.TempDir()+"/claims.db")
				fill(b, store, stored)
				benchmarkClaim(b, store, callers)
			})
		}
	}
}

func benchmarkClaim(b *testing.B, store *Bolt, callers int) {
	var claimed atomic.Int64
	waits := make([][]time.Duration, callers)
	transactions, cpu := transactionsOf(b, store), cpuTime(b)
	b.ResetTimer()
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			for claimed.Add(1) <= int64(b.N) {
				start := time.Now()
				id, token := randomID(), claims.NewToken()
				if _, err := store.Reserve(b.Context(), id, token, time.Minute); err != nil {
					b.Error(err)
				}
				if err := store.Commit(b.Context(), id, token, nil, 0); err != nil {
					b.Error(err)
				}
				waits[caller] = append(waits[caller], time.Since(start)/2)
			}
		})
	}
	group.Wait()
	b.StopTimer()
	cpu, transactions = cpuTime(b)-cpu, transactionsOf(b, store)-transactions
	operations := 2 * float64(b.N)
	b.ReportMetric(float64(cpu.Microseconds())/operations, "cpu-us/operation")
	b.ReportMetric(2*float64(transactions)/operations, "fsyncs/operation")
	all := slices.Concat(waits...)
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-us")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-us")
}

// BenchmarkImport measures how long an address takes.
func BenchmarkImport(b *testing.B) {
	store := openStore(b, b.TempDir()+"/claims.db")
	b.ResetTimer()
	fill(b, store, b.N)
}

func fill(b *testing.B, store *Bolt, n int) {
	const step = 250_000
	for ; n > 0; n -= step {
		ids := make([]claims.ID, min(n, step))
		for i := range ids {
			ids[i] = randomID()
		}
		if _, err := store.Import(b.Context(), ids); err != nil {
			b.Fatal(err)
		}
	}
}

// cpuTime is what this process has used of the processors.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
