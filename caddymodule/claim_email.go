package caddymodule

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/internal/clientip"
	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/validation"
)

// awaitStore waits for the store, and for the pepper, to be ready.
func (p *passage) awaitStore() *refusal {
	switch err := p.visit.Await(p.r.Context()); {
	case errors.Is(err, context.Canceled):
		return clientGone()
	case err != nil:
		return unavailable()
	}
	return nil
}

// claimEmail reserves the address, which has passed every rule by now. It is
// refused where a customer has it, or another request is registering it.
func (p *passage) claimEmail() *refusal {
	found, err := p.visit.Claim(p.r.Context(), clientip.Of(p.r), p.ring.Tenant, p.submission.Text(p.gate.served().Contract.Claimed()))
	switch {
	case errors.Is(err, context.Canceled):
		return clientGone()
	case err != nil:
		return unavailable()
	case found.State == claims.Committed:
		return p.conflict(validation.EmailTaken)
	case found.State == claims.Pending:
		return p.conflict(validation.EmailPending, p.subject()).
			with("Retry-After", seconds(found.Wait))
	case p.visit != nil && errors.Is(p.r.Context().Err(), context.Canceled):
		return clientGone()
	}
	return nil
}

// subject is the param of a message that says what the body is.
func (p *passage) subject() validation.Param {
	return validation.Param{Name: "subject", Value: p.gate.served().Contract.Subject()}
}

// seconds is a wait as Retry-After has it (RFC 9110, section 10.2.3).
func seconds(wait time.Duration) string {
	return strconv.Itoa(int(wholeSeconds(wait) / time.Second))
}

// wholeSeconds rounds up what is left of a wait.
func wholeSeconds(wait time.Duration) time.Duration {
	return max(time.Second, (wait + time.Second - 1).Truncate(time.Second))
}

// conflict refuses an address that somebody else has, or does not tell of it.
func (p *passage) conflict(code validation.Code, params ...validation.Param) *refusal {
	refused := p.addressRefusal(code, params...)
	refused.hide = p.visit.Hides()
	return refused
}

func (p *passage) addressRefusal(code validation.Code, params ...validation.Param) *refusal {
	says := languages.Say(string(code), params...)
	refused := newRefusal(codeConflict, says)
	pointer := jsontext.Pointer("").AppendToken(p.gate.served().Contract.Claimed())
	refused.details = []detail{{Pointer: &pointer, Code: code, Message: says.Text, Params: says.Params, place: string(pointer)}}
	return refused
}
