package caddymodule

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// TestUpstreamsFinalAnswer: what a handler writes is its answer, however it does,
// and one that writes nothing, or switches protocols, has given none.
func TestUpstreamsFinalAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		next caddyhttp.HandlerFunc
		want int
	}{
		"nothing": {func(http.ResponseWriter, *http.Request) error { return nil }, 502},
		"101":     {switching, 502},
		"an interim answer": {func(w http.ResponseWriter, _ *http.Request) error {
			w.WriteHeader(http.StatusEarlyHints)
			return nil
		}, 502},
		"a body": {func(w http.ResponseWriter, _ *http.Request) error {
			_, err := io.WriteString(w, "{}")
			return err
		}, 200},
		"a body that is copied": {func(w http.ResponseWriter, _ *http.Request) error {
			_, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("{}"))
			return err
		}, 200},
		"a flush": {func(w http.ResponseWriter, _ *http.Request) error {
			return http.NewResponseController(w).Flush()
		}, 200},
		"an error": {func(http.ResponseWriter, *http.Request) error {
			return caddyhttp.Error(http.StatusGatewayTimeout, errors.New("slow"))
		}, 504},
	} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, nil)
			g.next = test.next
			x := g.serve(newRequest(validBody))
			status := x.answer.Code
			if failed, is := errors.AsType[caddyhttp.HandlerError](x.err); is {
				status = failed.StatusCode
			}
			if status != test.want {
				t.Errorf("answered %d, %v, want %d", x.answer.Code, x.err, test.want)
			}
		})
	}
}

// switching is a handler that answers 101 and takes the connection over.
func switching(w http.ResponseWriter, _ *http.Request) error {
	w.WriteHeader(http.StatusSwitchingProtocols)
	if _, _, err := http.NewResponseController(w).Hijack(); !errors.Is(err, http.ErrNotSupported) {
		return errors.New("it could have the connection")
	}
	return nil
}
