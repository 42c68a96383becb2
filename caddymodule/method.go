package caddymodule

import "net/http"

// isPreflight reports whether a request is a CORS preflight (Fetch standard,
// CORS-preflight request).
// The custom headers make every browser send one, and its answer is the
// upstream's to give.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions &&
		r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

func (p *passage) method() *refusal {
	served := p.gate.served()
	if p.r.Method == served.method {
		return nil
	}
	return newRefusal(http.StatusMethodNotAllowed, codeMethodNotAllowed, served.wrongMethod).with("Allow", served.method)
}
