package caddymodule

import (
	"net/http"
	"net/netip"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// clientIP is the peer's, unless the server trusts the proxy before it. It is not
// valid where a connection has none, such as one of a Unix socket.
func clientIP(r *http.Request) netip.Addr {
	text, _ := caddyhttp.GetVar(r.Context(), caddyhttp.ClientIPVarKey).(string)
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return ip.Unmap().WithZone("")
}

// warnOfProxy tells the operator, once, of a proxy that the server does not trust:
// all clients behind it are one to the queue. Whoever comes from elsewhere can
// send such headers, too, and nothing is wrong then.
func (g *Gate) warnOfProxy(r *http.Request) {
	if g.warned.Load() || r.Header["X-Forwarded-For"] == nil && r.Header["Forwarded"] == nil {
		return
	}
	trusted, _ := caddyhttp.GetVar(r.Context(), caddyhttp.TrustedProxyVarKey).(bool)
	if ip := clientIP(r); !trusted && (ip.IsPrivate() || ip.IsLoopback()) && !g.warned.Swap(true) {
		g.logger.Warn("a proxy in a private network is not among the server's trusted_proxies, so all clients behind it wait as one; name it there")
	}
}
