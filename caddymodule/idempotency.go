package caddymodule

import (
	"errors"
	"net/http"

	"github.com/customergate/customergate/caddymodule/headers"
	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/caddymodule/uniqueness"
	"github.com/customergate/customergate/validation"
)

// idempotencyNames are the headers in which clients send a key; the first is
// the one that is being standardised (draft-ietf-httpapi-idempotency-key-header).
var idempotencyNames = []string{"Idempotency-Key", "X-Idempotency-Key"}

// What is wrong with a request whose key came before.
const (
	requestPending  validation.Code = "request_pending"
	requestMismatch validation.Code = "request_mismatch"
)

func (g *Gate) checkIdempotency() error {
	if g.Idempotency && g.UniqueEmail == nil {
		return errors.New("idempotency: answers are kept in the store of unique_email; configure one")
	}
	return nil
}

// idempotencyHeaders are those that a client may send.
func (g *Gate) idempotencyHeaders() []headers.Required {
	if !g.Idempotency {
		return nil
	}
	own := make([]headers.Required, len(idempotencyNames))
	for i, name := range idempotencyNames {
		own[i] = headers.Required{Name: name, Optional: true}
	}
	return own
}

// recall answers a request that was answered before, and reserves the key of
// one that was not. It comes behind the rules, so that a client which corrects
// a form can keep its key.
func (p *passage) recall() *refusal {
	if !p.gate.Idempotency {
		return nil
	}
	header, key, clash := idempotencyKey(p.r.Header)
	switch {
	case clash:
		return headerRefusal(codeInvalidHeader, header, validation.NotListed,
			validation.Param{Name: "reason", Value: "one_key"}, validation.Param{Name: "values", Value: idempotencyNames})
	case key == "":
		return nil
	}
	body := p.submission.AppendBody(nil) // with passwords, and room enough for them
	defer clear(body)
	earlier, err := p.visit.Repeat(p.r.Context(), p.ring.Tenant, key, p.r.URL.RequestURI(), body)
	switch {
	case err != nil:
		return unavailable()
	case earlier == nil:
		return nil
	case earlier.Mismatch:
		return headerRefusal(codeValidationError, header, requestMismatch, p.subject())
	case earlier.Answer == nil:
		return headerRefusal(codeConflict, header, requestPending).
			with("Retry-After", seconds(earlier.Wait))
	}
	return replayed(earlier.Answer)
}

// idempotencyKey returns the key of a request and the name of its header, and
// whether another header has another key. The headers were judged with the
// others.
func idempotencyKey(headers http.Header) (header, key string, clash bool) {
	for _, name := range idempotencyNames {
		switch value := bare(headers.Get(name)); {
		case value == "":
		case key == "":
			header, key = name, value
		case value != key:
			return name, "", true
		}
	}
	return header, key, false
}

// bare takes the quotes off a key. The draft has them (it is a string of RFC
// 9651, section 3.3.3), most clients do not.
func bare(value string) string {
	if n := len(value); n > 2 && value[0] == '"' && value[n-1] == '"' {
		return value[1 : n-1]
	}
	return value
}

// replayed has the client given the first answer again.
func replayed(first *uniqueness.Answer) *refusal {
	refused := newRefusal(codeReplayed, languages.Plain("The first answer is given again."))
	refused.status, refused.replay = first.Status, first
	return refused
}

func headerRefusal(code, header string, why validation.Code, params ...validation.Param) *refusal {
	wrong := headerDetail(header, why, params...)
	refused := newRefusal(code, languages.Of(why, wrong.Params, wrong.Message))
	refused.details = []detail{wrong}
	return refused
}
