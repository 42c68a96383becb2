package matcher

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// check reports an endpoint that is none, or named before.
func check(endpoint string, before []string) error {
	switch {
	case strings.Trim(endpoint, "/* ") == "":
		return fmt.Errorf("%q names no endpoint; write a part of its path, such as register-customer", endpoint)
	case strings.ContainsAny(strings.TrimSuffix(endpoint, "*"), "*?#;%\\{}"):
		return fmt.Errorf("%q: write the segments of the path as they are, such as usermanagement/register-customer: "+
			"there are no placeholders, and no * but behind a name that may go on", endpoint)
	case slices.Contains(before, endpoint):
		return fmt.Errorf("%q is named twice", endpoint)
	}
	return nil
}

// mostDecodings bounds how often a path is decoded: a service and what stands before it
// may each do so once.
const mostDecodings = 8

// plain returns a path decoded until there is nothing to decode, in folded case.
func plain(path string) string {
	for range mostDecodings {
		decoded := decode(path)
		if decoded == path {
			break
		}
		path = decoded
	}
	return strings.Map(fold, path)
}

// decode decodes the escapes of a path, and leaves what is none.
func decode(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(path, "%")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if char, err := url.PathUnescape("%" + rest[:min(2, len(rest))]); err == nil {
			b.WriteString(char)
			rest = rest[2:]
		} else {
			b.WriteByte('%')
		}
		path = rest
	}
}

// fold returns the one of the characters that differ in case only that stands for all,
// as some services compare without case: U+017F is an s to them, and the i of Turkish
// with and without its dot an i.
func fold(r rune) rune {
	if r <= unicode.MaxASCII {
		return unicode.ToLower(r)
	}
	r = unicode.ToLower(unicode.ToUpper(r))
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		least = min(least, unicode.ToLower(other))
	}
	return least
}

// names reports whether a path has all segments of an endpoint, in order.
func names(path, endpoint string) bool {
	endpoint, goesOn := strings.CutSuffix(endpoint, "*")
	for more := true; more; {
		var segment string
		segment, endpoint, more = strings.Cut(endpoint, "/")
		end := find(path, segment, goesOn && !more)
		if end < 0 {
			return false
		}
		path = path[end:]
	}
	return true
}

// find returns where a segment ends in a path, -1 if it is not there. It is not part of a
// longer word, as login is of login-history, unless it may go on; whatever else may stand
// beside it.
func find(path, segment string, goesOn bool) int {
	for from := 0; ; {
		at := strings.Index(path[from:], segment)
		if at < 0 {
			return -1
		}
		start, end := from+at, from+at+len(segment)
		if (start == 0 || !isWord(path[start-1])) && (goesOn || end == len(path) || !isWord(path[end])) {
			return end
		}
		from = start + 1
	}
}

func isWord(b byte) bool {
	return 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '-' || b == '_'
}
