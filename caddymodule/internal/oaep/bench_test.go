package oaep

import (
	"crypto/rand"
	"crypto/rsa"
	"math"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/reuse"
)

// BenchmarkPrivateOperation is what the others are measured by: crypto/rsa
// alone.
func BenchmarkPrivateOperation(b *testing.B) {
	key := key2048()
	sealed, err := rsa.EncryptOAEPWithOptions(rand.Reader, &key.PublicKey, []byte(password), options[VariantSHA256])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := key.Decrypt(nil, sealed, options[VariantSHA256]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	first, second := seal(b, key2048(), VariantSHA256, password), seal(b, key2048(), VariantSHA256, password)
	for name, ciphertexts := range map[string][][]byte{
		"one":          {first},
		"equal":        {first, first},
		"two distinct": {first, second},
		"junk":         {junk(256)},
		"malformed":    {junk(255)},
	} {
		b.Run(name, func(b *testing.B) {
			ring, d := ringOf(b, key2048()), New(Options{})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Open(b.Context(), ring, Sender{}, ciphertexts...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpenUnderTheReuseLimit is what the limit adds to a private operation,
// and what is beyond it costs beside junk.
func BenchmarkOpenUnderTheReuseLimit(b *testing.B) {
	sealed := seal(b, key2048(), VariantSHA256, password)
	for name, run := range map[string]struct {
		limit      reuse.Limit
		ciphertext []byte
	}{
		"off":    {reuse.Limit{}, sealed},
		"within": {reuse.Limit{Count: math.MaxInt, Window: time.Hour}, sealed},
		"beyond": {reuse.Limit{Count: 1, Window: time.Minute}, sealed},
		"junk":   {reuse.Limit{Count: 1, Window: time.Minute}, junk(256)},
	} {
		b.Run(name, func(b *testing.B) {
			ring, d := ringOf(b, key2048()), New(Options{Reuse: run.limit})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Open(b.Context(), ring, Sender{}, run.ciphertext); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
