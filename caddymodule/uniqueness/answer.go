package uniqueness

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// An Answer is one that is at hand, from its status to its last byte.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Write gives the answer to a client. One that has gone, or stalls, misses it.
func (a *Answer) Write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.Header)
	w.WriteHeader(a.Status)
	_ = give(w, a.Body)
}

// maxKept is how large an answer can be that is kept, in bytes of body and header.
const maxKept = 64 << 10

// passing fields speak of one connection (RFC 9110, section 7.6.1), of one moment
// or one exchange, such as a session that is opened, a challenge or what is left
// of a quota, and not of what is answered. The length is the server's to say: a
// handler around the gate may put another body in the place of this one.
var passing = []string{
	"Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "Server", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
	"Age", "Date", "Expires", "Last-Modified", "Retry-After",
	"Authentication-Info", "Proxy-Authenticate", "Proxy-Authentication-Info", "Set-Cookie", "Set-Cookie2", "Www-Authenticate",
}

// passingPrefixes begin the names of fields that tell of a rate limit, of which
// there are more than anybody lists (draft-ietf-httpapi-ratelimit-headers).
var passingPrefixes = []string{"Ratelimit", "X-Ratelimit", "X-Rate-Limit", "Rate-Limit"}

// passes reports whether a header field is not to be given again.
func passes(name string) bool {
	name = http.CanonicalHeaderKey(name)
	return slices.Contains(passing, name) ||
		slices.ContainsFunc(passingPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// forRepeats is the answer as it can be given again, nil where it is too large.
func (a *Answer) forRepeats() *Answer {
	header := maps.Clone(a.Header)
	maps.DeleteFunc(header, func(name string, _ []string) bool { return passes(name) })
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
