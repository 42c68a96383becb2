package tenant

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// spelling is what a tenant's template reads of a request that can be spelled in
// more ways than one, so that an upstream may read another tenant there.
type spelling struct {
	host    bool
	path    bool
	query   bool
	cookies []string // their names
}

// spelledAlike are the placeholders of what has one spelling, or whose spelling
// is another's matter. What any other may stand for, such as a match of a pattern
// or a variable, can have come from anywhere.
var spelledAlike = regexp.MustCompile(`^\{http\.(request\.(host(port)?|header|cookie|tls|uri\.query|orig_uri\.query)\b|auth\.)`)

var (
	ofHost  = regexp.MustCompile(`^\{http\.request\.host`)
	ofQuery = regexp.MustCompile(`^\{http\.request\.(orig_)?uri\.query`)
)

// spellingOf tells what a template reads.
func spellingOf(template string) spelling {
	var s spelling
	for _, name := range placeholder.FindAllString(template, -1) {
		unknown := !spelledAlike.MatchString(name)
		s.host = s.host || unknown || ofHost.MatchString(name)
		s.path = s.path || unknown
		s.query = s.query || ofQuery.MatchString(name)
		if cookie, is := strings.CutPrefix(name, "{http.request.cookie."); is {
			s.cookies = append(s.cookies, strings.TrimSuffix(cookie, "}"))
		}
	}
	return s
}

// isPlain reports whether everybody reads the same in a request.
func (s spelling) isPlain(r *http.Request) bool {
	if s.host && !isPlainHost(r.Host) || s.path && !isPlainPath(r.URL) {
		return false
	}
	if original, rewritten := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request); s.path && rewritten && !isPlainPath(original.URL) {
		return false
	}
	if _, err := url.ParseQuery(r.URL.RawQuery); s.query && err != nil {
		return false
	}
	for _, name := range s.cookies {
		if countCookies(r, name) > 1 {
			return false
		}
	}
	return true
}

// isPlainHost reports whether a Host header has no empty label, which Caddy counts
// and others do not, and no port but one of digits.
func isPlainHost(host string) bool {
	name, port := host, ""
	if colon := strings.LastIndexByte(host, ':'); colon > strings.LastIndexByte(host, ']') {
		name, port = host[:colon], host[colon+1:]
	}
	return strings.Trim(port, "0123456789") == "" &&
		!strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".") && !strings.Contains(name, "..") &&
		(strings.HasPrefix(name, "[") || !strings.Contains(name, ":"))
}

// plainSegment is one of RFC 3986, section 3.3, without percent-encoding, which
// servers undo before or behind other steps, once or twice; without the semicolon,
// behind which those that know path parameters see no more of the name, so that
// `..;` is `..` to them; and without a dot at its end, which file systems drop.
var plainSegment = regexp.MustCompile(`^[A-Za-z0-9._~!$&'()*+,=:@-]*[A-Za-z0-9_~!$&'()*+,=:@-]$`)

// isPlainPath reports whether a path has only plain segments, so that everybody
// takes them for the same ones. It may end in a slash.
func isPlainPath(u *url.URL) bool {
	rooted, isRooted := strings.CutPrefix(u.EscapedPath(), "/")
	if rooted = strings.TrimSuffix(rooted, "/"); rooted == "" {
		return isRooted && u.EscapedPath() == "/"
	}
	for segment := range strings.SplitSeq(rooted, "/") {
		if !plainSegment.MatchString(segment) {
			return false
		}
	}
	return isRooted
}

// countCookies counts as Caddy compares them: without case.
func countCookies(r *http.Request, name string) int {
	n := 0
	for _, cookie := range r.Cookies() {
		if strings.EqualFold(cookie.Name, name) {
			n++
		}
	}
	return n
}
