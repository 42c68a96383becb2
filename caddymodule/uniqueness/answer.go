package uniqueness

import (
	"maps"
	"net/http"
)

// An Answer is one that is at hand, from its status to its last byte.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Write gives the answer to a client. A client that has gone takes no harm.
func (a *Answer) Write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.Header)
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body)
}

// maxKept is how large an answer can be that is kept, in bytes of body and header.
const maxKept = 64 << 10

// connectionSpecific fields speak of one connection or one moment (RFC 9110,
// section 7.6.1), not of what is answered. The length is the server's to say: a
// handler around the gate may put another body in the place of this one.
var connectionSpecific = []string{
	"Connection", "Content-Length", "Date", "Keep-Alive", "Proxy-Connection", "Server", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
}

// forRepeats is the answer as it can be given again, nil where it is too large.
func (a *Answer) forRepeats() *Answer {
	header := maps.Clone(a.Header)
	for _, name := range connectionSpecific {
		delete(header, name)
	}
	size := len(a.Body)
	for name, values := range header {
		for _, value := range values {
			size += len(name) + len(value)
		}
	}
	if size > maxKept {
		return nil
	}
	return &Answer{Status: a.Status, Header: header, Body: a.Body}
}
