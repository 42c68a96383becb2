// Package clientip tells where a request comes from, as Caddy's server has found out.
package clientip

import (
	"net/http"
	"net/netip"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// Of is the address of the peer or, where the server trusts the proxies before it, that
// of their client. It is not valid where a connection has none, such as one of a Unix
// socket.
func Of(r *http.Request) netip.Addr {
	text, _ := caddyhttp.GetVar(r.Context(), caddyhttp.ClientIPVarKey).(string)
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return ip.Unmap().WithZone("")
}

// Sure is Of, and not valid where the request could be anybody's: where a proxy has
// handed it on that the server does not trust, whatever the proxy's own address is.
func Sure(r *http.Request) netip.Addr {
	if Untrusted(r) || r.Header["Via"] != nil && !trusted(r) {
		return netip.Addr{}
	}
	return Of(r)
}

// Untrusted reports whether a proxy that the server does not trust tells of a client.
func Untrusted(r *http.Request) bool {
	return (r.Header["X-Forwarded-For"] != nil || r.Header["Forwarded"] != nil) && !trusted(r)
}

func trusted(r *http.Request) bool {
	trusted, _ := caddyhttp.GetVar(r.Context(), caddyhttp.TrustedProxyVarKey).(bool)
	return trusted
}
