package caddymodule

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/validation"
)

// RequiredHeader is a header that a request must have exactly once.
type RequiredHeader struct {
	// The name of the field, in any case. Names with _ or . are refused,
	// because Caddy drops such fields from requests.
	Name string `json:"name"`

	// The values that it may have. Default: any value of 1 to 128 printable
	// ASCII characters; of 1 to 4096 for `X-Auth-Token`, whose values cannot be
	// named here, as they are secrets.
	Values []string `json:"values,omitempty"`

	optional bool // it is judged only where it is sent
}

const maxHeaderValue = 128

// uuidHeader identifies a request in the envelope's metadata (contract,
// section 4). It is not assumed to be unique.
const uuidHeader = "Uuid"

// keyIDHeader names the key that a client has encrypted with, which spares
// trying the others. It is the kid of the key's JWK.
const keyIDHeader = "Encryption-Key-Id"

// defaultHeaders are those of the contract's section 1, which the platform's
// apps send to every endpoint.
func defaultHeaders() []RequiredHeader {
	return []RequiredHeader{{Name: "platform", Values: []string{"fincode"}}, {Name: "uuid"}}
}

func checkHeaders(headers []RequiredHeader) error {
	seen := make(map[string]bool, len(headers))
	for _, h := range headers {
		if err := h.check(); err != nil {
			return err
		}
		name := http.CanonicalHeaderKey(h.Name)
		if seen[name] {
			return fmt.Errorf("header %s is named twice; list its values behind one name", h.Name)
		}
		seen[name] = true
	}
	return nil
}

func (h RequiredHeader) check() error {
	if !httpguts.ValidHeaderFieldName(h.Name) {
		return fmt.Errorf("header %q is not a field name", h.Name)
	}
	if strings.ContainsAny(h.Name, "_.") {
		return fmt.Errorf("header %s can never arrive: Caddy drops fields with _ or . in their names", h.Name)
	}
	switch http.CanonicalHeaderKey(h.Name) {
	case "Content-Encoding", "Host", "Trailer", "Transfer-Encoding":
		return fmt.Errorf("header %s cannot be required: it says how a request is sent, and a gate never sees it", h.Name)
	}
	for i, v := range h.Values {
		if !isHeaderValue(v) {
			return fmt.Errorf("header %s: a value must have 1 to %d printable ASCII characters", h.Name, maxHeaderValue)
		}
		if slices.Contains(h.Values[:i], v) {
			return fmt.Errorf("header %s: the value %q is listed twice", h.Name, v)
		}
	}
	return nil
}

// canonicalHeaders spells the operator's names as net/http does, once, so that
// requests need not, and adds the endpoint's own headers where they are not
// among them.
func canonicalHeaders(headers, own []RequiredHeader) []RequiredHeader {
	canonical := make([]RequiredHeader, len(headers))
	for i, h := range headers {
		canonical[i] = RequiredHeader{Name: http.CanonicalHeaderKey(h.Name), Values: h.Values}
	}
	for _, h := range own {
		if !slices.ContainsFunc(canonical, func(named RequiredHeader) bool { return named.Name == h.Name }) {
			canonical = append(canonical, h)
		}
	}
	return canonical
}

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
	if p.r.Method == served.Method {
		return nil
	}
	return newRefusal(codeMethodNotAllowed, languages.Say(codeMethodNotAllowed, p.subject(), validation.Param{Name: "method", Value: served.Method})).with("Allow", served.Method)
}

// earlyData refuses what came in TLS 1.3 early data, which anyone who saw it
// can send again, whether this server or a proxy before it took it in
// (RFC 8470, section 5).
func (p *passage) earlyData() *refusal {
	early := p.r.TLS != nil && !p.r.TLS.HandshakeComplete
	// 1 is the field's only value; any other is to be read as 1.
	if _, marked := p.r.Header["Early-Data"]; !early && !marked {
		return nil
	}
	return newRefusal(codeTooEarly, languages.Say(codeTooEarly))
}

// mediaType wants one Content-Type of JSON in UTF-8 and no Content-Encoding
// (contract, section 4).
func (p *passage) mediaType() *refusal {
	if _, encoded := p.r.Header["Content-Encoding"]; encoded {
		return newRefusal(codeUnsupportedMediaType, languages.Say(codeUnsupportedMediaType+".encoding"))
	}
	if fault := contentTypeFault(p.r.Header["Content-Type"]); fault != "" {
		return newRefusal(codeUnsupportedMediaType, languages.Say(fault))
	}
	return nil
}

// contentTypeFault is the message about the values of Content-Type, "" where they
// are one, of JSON in UTF-8.
func contentTypeFault(values []string) string {
	if len(values) == 1 && values[0] == typeJSON {
		return ""
	}
	if len(values) != 1 {
		return codeUnsupportedMediaType + ".repeated"
	}
	mediaType, parameters, err := mime.ParseMediaType(values[0])
	if err != nil || mediaType != typeJSON {
		return codeUnsupportedMediaType
	}
	if charset, given := parameters["charset"]; given && !isUTF8(charset) {
		return codeUnsupportedMediaType + ".charset"
	}
	return ""
}

// isUTF8 knows the name and the one that many take for it.
func isUTF8(charset string) bool {
	return strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}

// requiredHeaders reports every required header that is missing, repeated or
// of another value, and an optional one that is not as it has to be.
func (p *passage) requiredHeaders() *refusal {
	var details []detail
	for _, h := range p.gate.headers {
		if wrong, found := h.fault(p.r.Header[h.Name]); found {
			details = append(details, wrong)
		}
	}
	if details == nil {
		return nil
	}
	refused := newRefusal(codeInvalidHeader, languages.Say(codeInvalidHeader, count(len(details))))
	refused.details = details
	return refused
}

// fault tells what is wrong with the values of a header, in the codes of the
// contract's section 3.
func (h RequiredHeader) fault(values []string) (wrong detail, found bool) {
	absent := len(values) == 0 || len(values) == 1 && values[0] == ""
	switch {
	case absent && h.optional:
		return detail{}, false
	case absent:
		return headerDetail(h.Name, validation.Required, reason("header")), true
	case len(values) > 1:
		return headerDetail(h.Name, validation.NotListed, reason("repeated")), true
	case len(values[0]) > h.limit():
		return headerDetail(h.Name, validation.TooLong, validation.Param{Name: "min", Value: 1}, validation.Param{Name: "max", Value: h.limit()}), true
	case !isPrintable(values[0]):
		return headerDetail(h.Name, validation.NotListed, reason("printable")), true
	case len(h.Values) > 0 && !slices.Contains(h.Values, values[0]):
		return h.notListed(), true
	}
	return detail{}, false
}

// notListed lists the values, if the list is not longer than a message.
func (h RequiredHeader) notListed() detail {
	const longest = 1 << 10
	if len(strings.Join(h.Values, ", ")) > longest {
		return headerDetail(h.Name, validation.NotListed, reason("many"), count(len(h.Values)))
	}
	return headerDetail(h.Name, validation.NotListed, validation.Param{Name: "values", Value: h.Values})
}

// headerDetail is what is wrong with a header.
func headerDetail(name string, code validation.Code, params ...validation.Param) detail {
	says := languages.Wrong(code, params...)
	return detail{Header: strings.ToLower(name), Code: code, Message: says.Text, Params: says.Params}
}

// reason is the param that tells the sentences of one code apart.
func reason(word string) validation.Param { return validation.Param{Name: "reason", Value: word} }

// limit is how many characters any value may have.
func (h RequiredHeader) limit() int {
	if h.Name == tokenHeader {
		return maxToken
	}
	return maxHeaderValue
}

// isHeaderValue reports whether a text is 1 to 128 characters of printable ASCII,
// U+0020 included.
func isHeaderValue(s string) bool {
	return s != "" && len(s) <= maxHeaderValue && isPrintable(s)
}

func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// requestID is the uuid header, when it is one that the contract accepts.
func requestID(r *http.Request) string {
	if values := r.Header[uuidHeader]; len(values) == 1 && isHeaderValue(values[0]) {
		return values[0]
	}
	return ""
}
