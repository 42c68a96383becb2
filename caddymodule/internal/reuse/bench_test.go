package reuse

import (
	"encoding/binary"
	"sync/atomic"
	"testing"
	"time"
)

func BenchmarkTake(b *testing.B) {
	limit, now := Limit{Count: 20, Window: time.Hour}, time.Now()
	b.Run("the same", func(b *testing.B) {
		ciphertext := fresh(b)
		b.ReportAllocs()
		for b.Loop() {
			limit.Take(ciphertext, nil, now)
		}
	})
	b.Run("new ones into a full table", func(b *testing.B) {
		ciphertext := fresh(b)
		for i := range uint64(2 * ciphertexts) {
			binary.BigEndian.PutUint64(ciphertext, i)
			limit.Take(ciphertext, nil, now)
		}
		b.ReportAllocs()
		for i := uint64(2 * ciphertexts); b.Loop(); i++ {
			binary.BigEndian.PutUint64(ciphertext, i)
			limit.Take(ciphertext, nil, now)
		}
	})
	b.Run("new ones, on all CPUs", func(b *testing.B) {
		var goroutines atomic.Uint64
		seed := fresh(b)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			ciphertext := append([]byte(nil), seed...)
			binary.BigEndian.PutUint64(ciphertext, goroutines.Add(1))
			for i := uint64(0); pb.Next(); i++ {
				binary.BigEndian.PutUint64(ciphertext[8:], i)
				limit.Take(ciphertext, nil, now)
			}
		})
	})
}

func BenchmarkTag(b *testing.B) {
	ciphertext := fresh(b)
	b.ReportAllocs()
	for b.Loop() {
		process().tag(ciphertext, time.Hour)
	}
}
