package publication

import (
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// Methods are those that clients may use.
const Methods = "GET, HEAD, OPTIONS"

// AnswerOptions answers CORS preflights, and everyone else who asks. Apps may
// send the headers here that they send everywhere; they are allowed by name,
// because * leaves out Authorization, and is only a name to older browsers.
func AnswerOptions(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Allow", Methods)
	header.Set("Access-Control-Allow-Methods", "GET, HEAD")
	header.Add("Vary", "Access-Control-Request-Headers")
	if names := strings.Join(r.Header.Values("Access-Control-Request-Headers"), ","); areHeaderNames(names) {
		header.Set("Access-Control-Allow-Headers", names)
	}
	header.Set("Access-Control-Max-Age", "86400") // a day, which is the longest of any browser
	w.WriteHeader(http.StatusNoContent)
}

// longestHeaderNames is far more than a browser has to ask for.
const longestHeaderNames = 4096

func areHeaderNames(list string) bool {
	if len(list) > longestHeaderNames {
		return false
	}
	for name := range strings.SplitSeq(list, ",") {
		if !httpguts.ValidHeaderFieldName(strings.Trim(name, " ")) {
			return false
		}
	}
	return true
}
