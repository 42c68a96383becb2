package console

import (
	"net/http"
	"testing"
)

// TestTakes: a weight of 0 is a refusal.
func TestTakes(t *testing.T) {
	for offers, want := range map[string]bool{
		"":                   false,
		"br":                 true,
		"gzip, deflate, br":  true,
		"gzip,BR;q=0.5":      true,
		"br ; q=0":           false,
		"br;q=0.000":         false,
		"br;q=0.001":         true,
		"br;q=1":             true,
		"brotli, xbr":        false,
		"gzip;q=1, identity": false,
	} {
		r := &http.Request{Header: http.Header{"Accept-Encoding": {offers}}}
		if takes(r, "br") != want {
			t.Errorf("%q: %t", offers, !want)
		}
	}
}
