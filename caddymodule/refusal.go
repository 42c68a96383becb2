package caddymodule

import (
	"fmt"
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/go-json-experiment/json/jsontext"
	"go.uber.org/zap"

	"github.com/customergate/customergate/validation"
)

// The codes of the contract's section 4.
const (
	codeNotFound             = "NOT_FOUND"
	codeMalformedJSON        = "MALFORMED_JSON"
	codeInvalidHeader        = "INVALID_HEADER"
	codeMethodNotAllowed     = "METHOD_NOT_ALLOWED"
	codeConflict             = "CONFLICT"
	codeReplayed             = "REPLAYED" // of no answer: the first one is given again
	codePayloadTooLarge      = "PAYLOAD_TOO_LARGE"
	codeUnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
	codeValidationError      = "VALIDATION_ERROR"
	codeTooEarly             = "TOO_EARLY"
	codeServiceUnavailable   = "SERVICE_UNAVAILABLE"
)

// refusal is why a request goes no further. Its message and those of its
// details are for people and repeat nothing that the client sent.
type refusal struct {
	status  int
	code    string
	message string
	details []detail
	headers map[string]string // further header fields of the answer
	// instead writes an answer that tells nothing of the refusal; nil for one
	// that does.
	instead func(http.ResponseWriter)
}

// detail is one thing that is wrong, with a value of the body or with a header.
type detail struct {
	Pointer *jsontext.Pointer `json:"pointer,omitempty"`
	Header  string            `json:"header,omitempty"`
	Code    validation.Code   `json:"code"`
	Message string            `json:"message,omitempty"`

	place string // the pointer, fit for logs and metrics
}

func newRefusal(status int, code, message string) *refusal {
	return &refusal{status: status, code: code, message: message}
}

// with adds a header field to the answer.
func (r *refusal) with(name, value string) *refusal {
	r.headers = map[string]string{name: value}
	return r
}

// Error is what an error route shows as {err.message}: the code alone.
func (r *refusal) Error() string { return "customer_gate: " + r.code }

// count says how many, in English.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// refuser answers what a handler refuses.
type refuser struct {
	form    answerForm
	metrics *metrics
	logger  *zap.Logger
}

// respond answers a refusal, in the form that the operator and the client chose,
// and leaves its traces: metrics, log line, placeholders.
func (a *refuser) respond(w http.ResponseWriter, r *http.Request, refused *refusal, found *finding) error {
	traces := refused.traces()
	a.metrics.refused(refused, traces)
	a.logRefusal(r, refused, traces, found.tenant)
	found.code, found.traces = refused.code, traces
	if refused.instead != nil {
		refused.instead(w)
		return nil
	}
	for name, value := range refused.headers {
		w.Header().Set(name, value)
	}
	if a.form == answerByRoutes {
		return caddyhttp.Error(refused.status, refused)
	}
	a.answer(w, r, refused)
	return nil
}

// traces are the details as they may be logged, counted and shown to other
// handlers: without messages, and without any name that the client chose.
func (r *refusal) traces() []detail {
	traces := make([]detail, len(r.details))
	for i, d := range r.details {
		traces[i] = detail{Header: d.Header, Code: d.Code, place: d.place}
		if d.Pointer != nil {
			place := jsontext.Pointer(d.place)
			traces[i].Pointer = &place
		}
	}
	return traces
}
