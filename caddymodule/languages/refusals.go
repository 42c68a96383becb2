package languages

import (
	"iter"
	"slices"
	"sync"

	"github.com/customergate/customergate/validation"
)

// Refusals walks through the codes of a refused request as a whole, with the
// sentences that it can say. The message of a conflict is that of its detail.
func Refusals() iter.Seq[validation.CodeInfo] { return slices.Values(refusals) }

// HeaderCodes walks through the codes of what is wrong with a header, as far as they
// say something that package validation's say not.
func HeaderCodes() iter.Seq[validation.CodeInfo] { return slices.Values(headerCodes) }

var refusals = []validation.CodeInfo{
	{Code: "MALFORMED_JSON", Title: "Not strict JSON", Description: "The body is not exactly one JSON text of strict RFC 8259.", Sentences: []validation.Sentence{
		{Key: "MALFORMED_JSON", English: "The body is not strict JSON: {fault} at byte {offset}.", Params: []string{"fault", "offset"}},
		{Key: "MALFORMED_JSON.incomplete", English: "The body did not arrive whole."},
	}},
	{Code: "INVALID_HEADER", Title: "Header rejected", Description: "A required header is absent, repeated or of another value.", Sentences: []validation.Sentence{
		{Key: "INVALID_HEADER", English: "{count} headers were rejected", One: "{count} header was rejected", Count: "count", Params: []string{"count"}},
	}},
	{Code: "NOT_FOUND", Title: "No such tenant", Description: "There is no such tenant: the address is wrong, or the tenant has no key.", Sentences: []validation.Sentence{
		{Key: "NOT_FOUND", English: "There is no such tenant."},
	}},
	{Code: "METHOD_NOT_ALLOWED", Title: "Another method", Description: "The endpoint takes another method.", Sentences: []validation.Sentence{
		{Key: "METHOD_NOT_ALLOWED", English: "{A subject} is sent with {method}.", Params: []string{"subject", "method"}},
	}},
	{Code: "CONFLICT", Title: "Conflict", Description: "A customer has the email address, or it is being registered, or the same request is being answered."},
	{Code: "PAYLOAD_TOO_LARGE", Title: "Body too large", Description: "The body is over the operator's limit.", Sentences: []validation.Sentence{
		{Key: "PAYLOAD_TOO_LARGE", English: "The body is over {size}.", Params: []string{"size"}},
	}},
	{Code: "UNSUPPORTED_MEDIA_TYPE", Title: "Not JSON", Description: "The body is not sent as JSON in UTF-8, or with a Content-Encoding.", Sentences: []validation.Sentence{
		{Key: "UNSUPPORTED_MEDIA_TYPE", English: "Send the body as Content-Type: application/json."},
		{Key: "UNSUPPORTED_MEDIA_TYPE.repeated", English: "Send the body with one Content-Type: application/json."},
		{Key: "UNSUPPORTED_MEDIA_TYPE.charset", English: "Send the body in UTF-8: Content-Type: application/json; charset=utf-8."},
		{Key: "UNSUPPORTED_MEDIA_TYPE.encoding", English: "Send the body without a Content-Encoding."},
	}},
	{Code: "VALIDATION_ERROR", Title: "Fields rejected", Description: "Fields of the body break rules; the details say which.", Sentences: []validation.Sentence{
		{Key: "VALIDATION_ERROR", English: "{count} fields were rejected", One: "{count} field was rejected", Count: "count", Params: []string{"count"}},
	}},
	{Code: "TOO_EARLY", Title: "Too early", Description: "The request came in TLS 1.3 early data, which can be replayed.", Sentences: []validation.Sentence{
		{Key: "TOO_EARLY", English: "Send the request again once the TLS handshake is complete."},
	}},
	{Code: "TOO_MANY_ATTEMPTS", Title: "Too many attempts", Description: "Too many logins from this address, or to this account, have failed.", Sentences: []validation.Sentence{
		{Key: "TOO_MANY_ATTEMPTS", English: "There have been too many attempts; try again later."},
	}},
	{Code: "SERVICE_UNAVAILABLE", Title: "Busy", Description: "The gateway has more to decrypt than it can, or no key that works.", Sentences: []validation.Sentence{
		{Key: "SERVICE_UNAVAILABLE", English: "This service is busy; try again in a moment."},
	}},
}

var headerCodes = []validation.CodeInfo{
	{Code: "required", Title: "Missing", Description: "A required header is absent or empty.", Sentences: []validation.Sentence{
		{Key: "required.header", English: "This header is required."},
	}},
	{Code: "enum", Title: "Not an accepted value", Description: "The header is repeated, or has another value than those that are listed.", Sentences: []validation.Sentence{
		{Key: "enum.repeated", English: "Send this header once."},
		{Key: "enum.printable", English: "This may have printable ASCII characters only."},
		{Key: "enum.many", English: "This must be one of {count} values.", Count: "count", Params: []string{"count"}},
		{Key: "enum.one_key", English: "Send one key, in one of these headers: {values}.", Params: []string{"values"}},
	}},
	{Code: "request_pending", Title: "Request pending", Description: "A request with the same Idempotency-Key is being answered.", Sentences: []validation.Sentence{
		{Key: "request_pending", English: "The first request with this key has not been answered yet; try again in a moment."},
	}},
	{Code: "request_mismatch", Title: "Key used before", Description: "The same Idempotency-Key came before, with another body.", Sentences: []validation.Sentence{
		{Key: "request_mismatch", English: "This key was sent before, with another {subject}; use a new key.", Params: []string{"subject"}},
	}},
}

// sentences are all that a catalogue has, by their keys.
var sentences = sync.OnceValue(func() map[string]validation.Sentence {
	byKey := map[string]validation.Sentence{}
	add := func(codes iter.Seq[validation.CodeInfo]) {
		for code := range codes {
			for _, s := range code.Sentences {
				byKey[s.Key] = s
			}
		}
	}
	add(validation.Codes())
	add(Refusals())
	add(HeaderCodes())
	within := validation.WithinSentence()
	byKey[within.Key] = within
	return byKey
})
