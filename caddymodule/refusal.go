package caddymodule

import (
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/internal/trouble"
	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/caddymodule/uniqueness"
	"github.com/customergate/customergate/validation"
)

// The codes of the contract's section 4, and those of a request that goes no
// further without being refused.
const (
	codeNotFound             = "NOT_FOUND"
	codeMalformedJSON        = "MALFORMED_JSON"
	codeInvalidHeader        = "INVALID_HEADER"
	codeMethodNotAllowed     = "METHOD_NOT_ALLOWED"
	codeConflict             = "CONFLICT"
	codePayloadTooLarge      = "PAYLOAD_TOO_LARGE"
	codeUnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
	codeValidationError      = "VALIDATION_ERROR"
	codeTooEarly             = "TOO_EARLY"
	codeTooManyAttempts      = "TOO_MANY_ATTEMPTS"
	codeServiceUnavailable   = "SERVICE_UNAVAILABLE"
	codeReplayed             = "REPLAYED"    // the first answer is given again
	codeClientGone           = "CLIENT_GONE" // nobody is there to be answered
	codeSkipped              = "SKIPPED"     // a request that is monitored was not judged
)

// statusClientGone is what Caddy's own reverse_proxy says of such a request.
const statusClientGone = 499

// statuses are those of all codes. A metric is made of each.
var statuses = map[string]int{
	codeNotFound:             http.StatusNotFound,
	codeMalformedJSON:        http.StatusBadRequest,
	codeInvalidHeader:        http.StatusBadRequest,
	codeMethodNotAllowed:     http.StatusMethodNotAllowed,
	codeConflict:             http.StatusConflict,
	codePayloadTooLarge:      http.StatusRequestEntityTooLarge,
	codeUnsupportedMediaType: http.StatusUnsupportedMediaType,
	codeValidationError:      http.StatusUnprocessableEntity,
	codeTooEarly:             http.StatusTooEarly,
	codeTooManyAttempts:      http.StatusTooManyRequests,
	codeServiceUnavailable:   http.StatusServiceUnavailable,
	codeReplayed:             http.StatusOK, // or what the first answer had
	codeClientGone:           statusClientGone,
	codeSkipped:              http.StatusOK, // or what the upstream says
}

// refusal is why a request goes no further. What it says and the messages of its
// details are for people, in English until they are answered, and repeat nothing that
// the client sent.
type refusal struct {
	status  int
	code    string
	says    languages.Message
	details []detail
	headers map[string]string  // further header fields of the answer
	replay  *uniqueness.Answer // what is answered instead; nil for the refusal
	hide    bool               // whether the client is not to be told
}

// detail is one thing that is wrong, with a value of the body or with a header.
type detail struct {
	Pointer *jsontext.Pointer `json:"pointer,omitempty"`
	Header  string            `json:"header,omitempty"`
	Code    validation.Code   `json:"code"`
	Message string            `json:"message,omitempty"`
	Params  validation.Params `json:"params,omitempty"`

	place string // the pointer, fit for logs and metrics
}

func newRefusal(code string, says languages.Message) *refusal {
	return &refusal{status: statuses[code], code: code, says: says}
}

// with adds a header field to the answer.
func (r *refusal) with(name, value string) *refusal {
	r.headers = map[string]string{name: value}
	return r
}

// Error is what an error route shows as {err.message}: the code alone.
func (r *refusal) Error() string { return "customer_gate: " + r.code }

// count is the param of a message that says how many.
func count(n int) validation.Param { return validation.Param{Name: "count", Value: n} }

// refuser answers what a handler refuses.
type refuser struct {
	form    answerForm
	speaker *languages.Speaker // nil for one that speaks English alone
	metrics *metrics
	logger  *zap.Logger

	endpointLabel string // what metrics and log lines call the endpoint

	keyless, keyFails *trouble.ByName // by tenant
}

// respond answers a refusal, and leaves its traces.
func (a *refuser) respond(w http.ResponseWriter, r *http.Request, refused *refusal, finding *finding) error {
	a.trace(r, refused, finding)
	return a.answer(w, r, refused)
}

// trace leaves the traces of a refusal: metrics, log line, placeholders.
func (a *refuser) trace(r *http.Request, refused *refusal, finding *finding) {
	traces := refused.traces()
	a.metrics.refused(refused, traces)
	a.logRefusal(r, refused, traces, finding.tenant)
	finding.code, finding.traces = refused.code, traces
}

// traces are the details as they may be logged, counted and shown to other
// handlers: without messages, and without any name that the client chose.
func (r *refusal) traces() []detail {
	traces := make([]detail, len(r.details))
	for i, d := range r.details {
		traces[i] = detail{Header: d.Header, Code: d.Code, Params: d.Params, place: d.place}
		if d.Pointer != nil {
			place := jsontext.Pointer(d.place)
			traces[i].Pointer = &place
		}
	}
	return traces
}
