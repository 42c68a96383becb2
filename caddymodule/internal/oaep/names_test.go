package oaep

import (
	"runtime"
	"testing"
)

func TestMetricLabels(t *testing.T) {
	for got, want := range map[string]string{
		ResultOK.String():         "ok",
		ResultFailed.String():     "failed",
		ResultReused.String():     "reused",
		ResultMalformed.String():  "malformed",
		ResultUnknownKey.String(): "unknown_key",
		ResultError.String():      "error",
		VariantNone.String():      "none",
		VariantSHA256.String():    "sha256",
		VariantSHA1.String():      "sha1",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestDefaultSlots(t *testing.T) {
	if got, want := New(Options{}).limiter.free, runtime.GOMAXPROCS(0); got != want {
		t.Errorf("%d slots, want one for each CPU: %d", got, want)
	}
}
