package command

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestAsk: why there is no answer, and what to do about it.
func TestAsk(t *testing.T) {
	answering := func(status int) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(server.Close)
		return strings.TrimPrefix(server.URL, "http://")
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	for name, test := range map[string]struct{ address, want string }{
		"another Caddy": {answering(http.StatusNotFound), "has no customer_gate"},
		"not allowed":   {answering(http.StatusForbidden), "the gateway at "},
		"nobody":        {strings.TrimPrefix(gone.URL, "http://"), "name its admin endpoint with --address"},
	} {
		if _, err := ask(test.address, "/customer_gate/status"); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
