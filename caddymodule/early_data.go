package caddymodule

import "net/http"

// earlyData refuses what came in TLS 1.3 early data, which anyone who saw it
// can send again, whether this server or a proxy before it took it in
// (RFC 8470, section 5).
func (p *passage) earlyData() *refusal {
	early := p.r.TLS != nil && !p.r.TLS.HandshakeComplete
	// 1 is the field's only value; any other is to be read as 1.
	if _, marked := p.r.Header["Early-Data"]; !early && !marked {
		return nil
	}
	return newRefusal(http.StatusTooEarly, codeTooEarly, "Send the request again once the TLS handshake is complete.")
}
