package subnet

import (
	"net/netip"
	"testing"
)

func TestOf(t *testing.T) {
	for client, want := range map[string]string{
		"203.0.113.9":        "203.0.113.9",
		"::ffff:203.0.113.9": "203.0.113.9",
		"2001:db8:1:2:3::4":  "2001:db8:1:2::",
		"2001:db8:1:2::":     "2001:db8:1:2::",
		"fe80::1%eth0":       "fe80::",
	} {
		if got := Of(netip.MustParseAddr(client)).String(); got != want {
			t.Errorf("%s: %s, want %s", client, got, want)
		}
	}
	if Of(netip.Addr{}).IsValid() {
		t.Error("one of no client is valid")
	}
}
