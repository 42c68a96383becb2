package oaep

import (
	"errors"
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
		ResultFault.String():      "fault",
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
	d, cpus := New(Options{}), runtime.GOMAXPROCS(0)
	defer occupy(t, d, cpus)()
	_, err := d.Open(t.Context(), ringOf(t, key2048()), Sender{}, junk(256))
	if !errors.Is(err, ErrBusy) {
		t.Errorf("one more than %d operations at once, one for each CPU: %v, want ErrBusy", cpus, err)
	}
}
