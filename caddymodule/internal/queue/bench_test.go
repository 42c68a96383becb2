package queue_test

import (
	"testing"

	"github.com/customergate/customergate/caddymodule/internal/queue"
)

// BenchmarkQueue is what waiting for a turn costs beside the operation: alone,
// and where there are always some who wait.
func BenchmarkQueue(b *testing.B) {
	serve := func(batch []*queue.Item[job]) {
		for _, item := range batch {
			item.Done(false)
		}
	}
	b.Run("alone", func(b *testing.B) {
		q := queue.New(queue.Options{}, together, serve)
		b.ReportAllocs()
		for b.Loop() {
			_ = q.Do(b.Context(), address(1), job{})
		}
	})
	b.Run("beside others", func(b *testing.B) {
		q := queue.New(queue.Options{Slots: 1, Wait: 1 << 40, Target: 1 << 40}, together, serve)
		b.ReportAllocs()
		b.SetParallelism(64)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				_ = q.Do(b.Context(), address(1), job{})
			}
		})
	})
}
