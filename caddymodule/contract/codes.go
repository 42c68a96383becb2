package contract

import (
	"net/http"

	"github.com/customergate/customergate/validation"
)

// Code is one that answers have, explained.
type Code struct {
	Value, Title, Description string
	Status                    int                    // of a refusal; 0 for a violation
	Params                    []validation.ParamInfo // of a violation
}

// Refusals are the codes that clients see of refusals.
func Refusals() []Code {
	return []Code{
		{Value: "MALFORMED_JSON", Title: "Malformed JSON", Description: "The body is not exactly one JSON text of strict RFC 8259.", Status: http.StatusBadRequest},
		{Value: "INVALID_HEADER", Title: "Invalid header", Description: "A required header is absent, repeated or of another value; the details name it.", Status: http.StatusBadRequest},
		{Value: "NOT_FOUND", Title: "Not found", Description: "There is no such tenant.", Status: http.StatusNotFound},
		{Value: "METHOD_NOT_ALLOWED", Title: "Method not allowed", Description: "The endpoint has another method; Allow says which.", Status: http.StatusMethodNotAllowed},
		{Value: "CONFLICT", Title: "Conflict", Description: "The email address is taken or being registered, or the request is being answered already; the details say which.", Status: http.StatusConflict},
		{Value: "PAYLOAD_TOO_LARGE", Title: "Payload too large", Description: "The body is over the limit.", Status: http.StatusRequestEntityTooLarge},
		{Value: "UNSUPPORTED_MEDIA_TYPE", Title: "Unsupported media type", Description: "The body has to be application/json in UTF-8, without a Content-Encoding.", Status: http.StatusUnsupportedMediaType},
		{Value: "VALIDATION_ERROR", Title: "Validation error", Description: "Members of the body break rules; the details list all of them.", Status: http.StatusUnprocessableEntity},
		{Value: "TOO_EARLY", Title: "Too early", Description: "The request came in TLS early data; send it again.", Status: http.StatusTooEarly},
		{Value: "TOO_MANY_ATTEMPTS", Title: "Too many attempts", Description: "Too many attempts from this address or at this account have failed; Retry-After says when to try again.", Status: http.StatusTooManyRequests},
		{Value: "SERVICE_UNAVAILABLE", Title: "Service unavailable", Description: "The gateway is busy, or something that it needs is down; Retry-After says when to try again.", Status: http.StatusServiceUnavailable},
	}
}

// Violations are the codes of single violations: those of values, and those of a request
// that is repeated.
func Violations() []Code {
	var codes []Code
	for info := range validation.Codes() {
		codes = append(codes, Code{Value: string(info.Code), Title: info.Title, Description: info.Description, Params: info.Params()})
	}
	return append(codes,
		Code{Value: "request_pending", Title: "Request pending", Description: "A request with the same idempotency key is being answered; with status 409, and Retry-After."},
		Code{Value: "request_mismatch", Title: "Another request", Description: "The same idempotency key came before, with another request: take a new one."})
}
