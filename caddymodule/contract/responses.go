package contract

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/customergate/customergate/validation/schema"
)

// refusals are the codes that a gate may answer with.
func (g Gate) refusals() []Code {
	sealed := g.Endpoint.Contract.HasSealed()
	some := map[string]bool{
		"NOT_FOUND":           g.Tenants,
		"CONFLICT":            g.Unique || g.Idempotency,
		"TOO_MANY_ATTEMPTS":   g.Attempts,
		"SERVICE_UNAVAILABLE": sealed || g.Unique || g.Idempotency,
	}
	var codes []Code
	for _, c := range Refusals() {
		if possible, conditional := some[c.Value]; possible || !conditional {
			codes = append(codes, c)
		}
	}
	return codes
}

// responses are the answers of an operation: what is handed on, and what the gate
// refuses.
func (g Gate) responses(responses *object) object {
	handedOn := pairs("application/json", pairs("schema", object{}))
	answers := object{}
	for _, status := range []int{http.StatusOK, http.StatusCreated} {
		answer := pairs("description", "What the customer service answers; it is handed on as it came.")
		if g.Idempotency {
			answer = answer.And("headers", pairs("Idempotency-Replayed", header("string", "true where the first answer is given again.")))
		}
		answers = answers.And(strconv.Itoa(status), answer.And("content", handedOn))
	}
	codes := g.refusals()
	for len(codes) > 0 {
		n := 1
		for n < len(codes) && codes[n].Status == codes[0].Status {
			n++
		}
		name := responseName(codes[0].Status, g.Form)
		addOnce(responses, name, refusalResponse(codes[:n], g.Form))
		answers = answers.And(strconv.Itoa(codes[0].Status), pairs("$ref", "#/components/responses/"+name))
		codes = codes[n:]
	}
	return answers.And("default", pairs("description", "Whatever else the customer service answers, or Caddy where that is down or slow (502, 504)."))
}

func addOnce(to *object, name string, value any) {
	for _, m := range *to {
		if m.Name == name {
			return
		}
	}
	*to = append(*to, schema.Member{Name: name, Value: value})
}

func responseName(status int, form Form) string {
	return typeName(http.StatusText(status)) + typeName(strings.ReplaceAll(string(form), "_", " "))
}

// refusalResponse is the answer of one status.
func refusalResponse(codes []Code, form Form) object {
	var said []string
	for _, c := range codes {
		said = append(said, "`"+c.Value+"`: "+c.Description)
	}
	response := pairs("description", strings.Join(said, " "), "headers", refusalHeaders(codes[0].Status))
	content := object{}
	if form == Negotiated || form == Envelope {
		content = content.And("application/json", pairs("schema", inOpenAPI.to("Envelope")))
	}
	if form == Negotiated || form == Problem {
		content = content.And("application/problem+json", pairs("schema", inOpenAPI.to("Problem")))
	}
	if len(content) > 0 { // an error route's answer is the operator's own
		response = response.And("content", content)
	}
	return response
}

// refusalHeaders are those that answers of a status may have.
func refusalHeaders(status int) object {
	headers := pairs("Request-Uuid", header("string", "The gateway's own name of the request, by which support finds it."),
		"Content-Language", header("string", "The language of the messages."))
	switch status {
	case http.StatusMethodNotAllowed:
		return headers.And("Allow", header("string", "The method of the endpoint."))
	case http.StatusConflict, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return headers.And("Retry-After", header("integer", "In how many seconds to try again, where that helps."))
	}
	return headers
}

func header(kind, description string) object {
	return pairs("description", description, "schema", pairs("type", kind))
}
