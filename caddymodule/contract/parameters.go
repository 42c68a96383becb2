package contract

import (
	"net/http"
	"strings"

	"github.com/customergate/customergate/validation"
)

// secretHeaders are those that say whose request it is. OpenAPI has them as security
// schemes, by name.
var secretHeaders = map[string]string{"X-Auth-Token": "authToken", "Authorization": "authorization"}

// parameters are the headers that a client may set, but for the secret ones and those
// that say what a body is.
func (g Gate) parameters() []object {
	parameters := []object{}
	for _, h := range g.Headers {
		name := http.CanonicalHeaderKey(h.Name)
		if _, secret := secretHeaders[name]; secret || name == "Content-Type" || name == "Accept" {
			continue
		}
		parameter := pairs("name", h.Name, "in", "header", "required", h.Required)
		if said := headerDescriptions[name]; said != "" {
			parameter = parameter.And("description", said)
		}
		parameters = append(parameters, parameter.And("schema", h.schema()).And("x-violations", h.violations()))
	}
	return append(parameters, pairs("name", "Accept-Language", "in", "header", "required", false,
		"description", "Which language messages are to have; Content-Language says which they have.", "schema", pairs("type", "string")))
}

var headerDescriptions = map[string]string{
	"Uuid":              "Names the request in answers and logs. It need not be unique.",
	"Platform":          "The platform that the app belongs to.",
	"Encryption-Key-Id": "The kid of the key that secrets are encrypted with, which spares trying others.",
	"Idempotency-Key":   "The same for a request that is repeated, which gets the first answer again.",
	"X-Idempotency-Key": "Idempotency-Key under its older name. Send one of both.",
}

// violations are the codes with which the header is refused.
func (h Header) violations() []validation.Code {
	codes := []validation.Code{validation.NotListed, validation.TooLong}
	if h.Required {
		return append([]validation.Code{validation.Required}, codes...)
	}
	if strings.HasSuffix(http.CanonicalHeaderKey(h.Name), "Idempotency-Key") {
		return append(codes, "request_pending", "request_mismatch")
	}
	return codes
}

func (h Header) schema() object {
	switch len(h.Values) {
	case 0:
		return pairs("type", "string", "minLength", 1, "maxLength", h.Longest, "pattern", "^[ -~]+$")
	case 1:
		return pairs("type", "string", "const", h.Values[0])
	}
	return pairs("type", "string", "enum", h.Values)
}

// security are the secrets that a request must have.
func (g Gate) security(schemes *object) []object {
	var all object
	for _, h := range g.Headers {
		if name, secret := secretHeaders[http.CanonicalHeaderKey(h.Name)]; secret {
			all = all.And(name, []string{})
			addOnce(schemes, name, pairs("type", "apiKey", "in", "header", "name", h.Name,
				"description", "Says whose request it is. It is a secret."))
		}
	}
	if all == nil {
		return []object{}
	}
	return []object{all}
}
