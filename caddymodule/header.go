package caddymodule

import (
	"mime"
	"net/http"
	"strings"

	"github.com/customergate/customergate/caddymodule/headers"
	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/validation"
)

// uuidHeader identifies a request in the envelope's metadata (contract,
// section 4). It is not assumed to be unique.
const uuidHeader = "Uuid"

// keyIDHeader names the key that a client has encrypted with, which spares
// trying the others. It is the kid of the key's JWK.
const keyIDHeader = "Encryption-Key-Id"

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
		if code, params := h.Fault(p.r.Header[h.Name]); code != "" {
			details = append(details, headerDetail(h.Name, code, params...))
		}
	}
	if details == nil {
		return nil
	}
	refused := newRefusal(codeInvalidHeader, languages.Say(codeInvalidHeader, count(len(details))))
	refused.details = details
	return refused
}

// headerDetail is what is wrong with a header.
func headerDetail(name string, code validation.Code, params ...validation.Param) detail {
	says := languages.Wrong(code, params...)
	return detail{Header: strings.ToLower(name), Code: code, Message: says.Text, Params: says.Params}
}

// requestID is the uuid header, when it is one that the contract accepts.
func requestID(r *http.Request) string {
	if values := r.Header[uuidHeader]; len(values) == 1 && headers.IsValue(values[0]) {
		return values[0]
	}
	return ""
}
