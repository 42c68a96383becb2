package caddymodule

import "net/http"

// unsized leaves the length of an answer to the server, although its handler says
// it: a handler around the gate may put another body in the place of this one.
type unsized struct{ http.ResponseWriter }

// WriteHeader takes back the length.
func (u unsized) WriteHeader(status int) {
	u.Header().Del("Content-Length")
	u.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (u unsized) Unwrap() http.ResponseWriter { return u.ResponseWriter }

// withBody is a request whose answer has a body even if the client is not sent it
// (HEAD), for the server to tell its length by.
func withBody(r *http.Request) *http.Request {
	r = r.WithContext(r.Context())
	r.Method = http.MethodGet
	return r
}
