// Package clientip tells where a request comes from, as Caddy's server has found out.
package clientip

import (
	"net/http"
	"net/netip"
	"slices"

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
	if Untrusted(r) {
		return netip.Addr{}
	}
	return Of(r)
}

// tellOfClients are the headers by which proxies say that they are one, and for whom.
var tellOfClients = []string{
	"X-Forwarded-For", "Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "Cf-Connecting-Ip", "True-Client-Ip", "Fastly-Client-Ip",
}

// Untrusted reports whether a proxy that the server does not trust has handed a request
// on, as far as it says so.
func Untrusted(r *http.Request) bool {
	told := slices.ContainsFunc(tellOfClients, func(name string) bool { return r.Header[name] != nil })
	return told && !trusted(r)
}

func trusted(r *http.Request) bool {
	trusted, _ := caddyhttp.GetVar(r.Context(), caddyhttp.TrustedProxyVarKey).(bool)
	return trusted
}
