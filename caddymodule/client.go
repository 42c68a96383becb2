package caddymodule

import (
	"net/http"

	"github.com/customergate/customergate/caddymodule/internal/clientip"
)

// warnOfProxy tells the operator, once, of a proxy that the server does not trust: all
// clients behind it are one to the queue, and none of them is in a private network for
// sure. Whoever comes from elsewhere can send such headers, too, and nothing is wrong then.
func (g *Gate) warnOfProxy(r *http.Request) {
	if g.warned.Load() || !clientip.Untrusted(r) {
		return
	}
	if ip := clientip.Of(r); (ip.IsPrivate() || ip.IsLoopback()) && !g.warned.Swap(true) {
		g.logger.Warn("a proxy in a private network is not among the server's trusted_proxies, so all clients behind it wait as one, " +
			"and are none of private_ranges; name it there")
	}
}
