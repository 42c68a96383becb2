package caddymodule

import (
	"net/http"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/internal/accept"
)

// answerForm is how refusals are written.
type answerForm uint8

const (
	answerNegotiated answerForm = iota // the envelope, or a problem when asked for
	answerEnvelope
	answerProblem
	answerByRoutes // by the server's handle_errors
)

var answerForms = map[string]answerForm{
	"":              answerNegotiated,
	"envelope":      answerEnvelope,
	"problem":       answerProblem,
	"handle_errors": answerByRoutes,
}

const (
	typeJSON    = "application/json"
	typeProblem = "application/problem+json"

	// requestUUIDHeader tells Caddy's own identifier of a request that was refused,
	// by which it can be found in the logs.
	requestUUIDHeader = "Request-Uuid"

	// problemTypes is the page that explains each code (RFC 9457, section 3.1.1).
	problemTypes = "https://github.com/customergate/customergate/blob/main/docs/errors.md#"
)

// envelope is the platform's own form (contract, section 4).
type envelope struct {
	Success  bool          `json:"success"`
	Error    envelopeError `json:"error"`
	Metadata metadata      `json:"metadata"`
}

type envelopeError struct {
	Code    string   `json:"code"`
	Message string   `json:"message"`
	Details []detail `json:"details"`
}

type metadata struct {
	RequestID   string `json:"request_id"`
	RequestUUID string `json:"request_uuid"`
	Timestamp   string `json:"timestamp"`
}

// problem is RFC 9457's form, with the code and the violations as extensions.
type problem struct {
	Type   string   `json:"type"`
	Title  string   `json:"title"`
	Status int      `json:"status"`
	Code   string   `json:"code"`
	Errors []detail `json:"errors"`
}

// answer gives a refusal to the client, in the form that the operator and the
// client chose.
func (a *refuser) answer(w http.ResponseWriter, r *http.Request, refused *refusal) error {
	for name, value := range refused.headers {
		w.Header().Set(name, value)
	}
	uuid := requestUUID(r)
	w.Header().Set(requestUUIDHeader, uuid)
	if a.form == answerByRoutes {
		return caddyhttp.Error(refused.status, refused)
	}
	a.write(w, r, refused, uuid)
	return nil
}

// write is the one place that writes a refusal. It leaves the length to the
// server: a handler around the gate may put another body in the place of this one.
func (a *refuser) write(w http.ResponseWriter, r *http.Request, refused *refusal, uuid string) {
	header := w.Header()
	if a.form == answerNegotiated {
		header.Add("Vary", "Accept")
	}
	refused = a.spoken(header, r, refused)
	body := a.body(header, r, refused, uuid)
	if len(body) > maxAnswer {
		refused = refused.fitting()
		body = a.body(header, r, refused, uuid)
	}
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(refused.status)
	// The answer is begun: an error returned now would start another one, for
	// a client that is gone.
	_, _ = w.Write(body)
}

// body is an answer in the form that the operator and the client chose, and sets its
// type.
func (a *refuser) body(header http.Header, r *http.Request, refused *refusal, uuid string) []byte {
	if a.answersProblem(r) {
		header.Set("Content-Type", typeProblem)
		return marshal(refused.problem())
	}
	header.Set("Content-Type", typeJSON)
	return marshal(refused.envelope(requestID(r), uuid))
}

func (r *refusal) envelope(requestID, uuid string) envelope {
	return envelope{
		Error:    envelopeError{Code: r.code, Message: r.says.Text, Details: r.list()},
		Metadata: metadata{RequestID: requestID, RequestUUID: uuid, Timestamp: time.Now().UTC().Format(time.RFC3339)},
	}
}

func (r *refusal) problem() problem {
	return problem{
		Type:   problemTypes + strings.ToLower(strings.ReplaceAll(r.code, "_", "-")),
		Title:  r.says.Text,
		Status: r.status,
		Code:   r.code,
		Errors: r.list(),
	}
}

// list is never null, so that a client can walk it without asking.
func (r *refusal) list() []detail {
	if r.details == nil {
		return []detail{}
	}
	return r.details
}

// answersProblem reports whether the form is RFC 9457's: for a client, where
// its Accept header names that and likes it no less than plain JSON.
func (a *refuser) answersProblem(r *http.Request) bool {
	return a.form == answerProblem || a.form == answerNegotiated && accept.Prefers(r.Header["Accept"], typeProblem, typeJSON)
}
