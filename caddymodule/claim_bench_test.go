package caddymodule

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/claims/boltstore"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

// BenchmarkAccepted is the way of an accepted registration through the gate, raw
// passwords and upstream included, without a claim and with one. On bolt, it
// waits for the disk, which shows in the time and not in the CPU's share of it.
func BenchmarkAccepted(b *testing.B) {
	gates := map[string]func() *rig{
		"without unique_email": func() *rig { return newRig(b, nil) },
		"in memory":            func() *rig { return claimRig(b, nil, nil) },
		"bolt": func() *rig {
			return claimRigOn(b, storetest.Start(b, &boltstore.Bolt{File: filepath.Join(b.TempDir(), "claims.db")}), nil, nil)
		},
	}
	for name, make := range gates {
		b.Run(name, func(b *testing.B) {
			g := make()
			body := with(map[string]any{"email": "ada@example.com"})
			head, tail, _ := strings.Cut(body, "ada")
			next := caddyhttp.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
				_, err := io.Copy(io.Discard, r.Body)
				w.WriteHeader(http.StatusCreated)
				return err
			})
			b.ReportAllocs()
			customer := 0
			for b.Loop() {
				customer++
				r := newRequest(head + "ada" + strconv.Itoa(customer) + tail)
				w := httptest.NewRecorder()
				if err := g.ServeHTTP(w, caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, new(caddyhttp.Server)), next); err != nil || w.Code != http.StatusCreated {
					b.Fatal(err, w.Code)
				}
			}
		})
	}
}
