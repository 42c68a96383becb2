package caddymodule

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/customergate/customergate/caddymodule/claims"
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
	found, err := p.visit.Claim(p.r.Context(), clientIP(p.r), p.ring.Tenant, p.submission.Text(p.gate.served().Contract.Claimed()))
	switch {
	case errors.Is(err, context.Canceled):
		return clientGone()
	case err != nil:
		return unavailable()
	case found.State == claims.Committed:
		return p.conflict(validation.EmailTaken, emailTaken)
	case found.State == claims.Pending:
		return p.conflict(validation.EmailPending, "Another "+p.gate.served().Contract.Subject()+" of this email address is under way; try again later.").
			with("Retry-After", seconds(found.Wait))
	case p.visit != nil && errors.Is(p.r.Context().Err(), context.Canceled):
		return clientGone()
	}
	return nil
}

const emailTaken = "A customer with this email address exists already."

// seconds is a wait as Retry-After has it (RFC 9110, section 10.2.3).
func seconds(wait time.Duration) string {
	return strconv.Itoa(int(wholeSeconds(wait) / time.Second))
}

// wholeSeconds rounds up what is left of a wait.
func wholeSeconds(wait time.Duration) time.Duration {
	return max(time.Second, (wait + time.Second - 1).Truncate(time.Second))
}

// conflict refuses an address that somebody else has, or does not tell of it.
func (p *passage) conflict(code validation.Code, message string) *refusal {
	refused := p.addressRefusal(code, message)
	refused.hide = p.visit.Hides()
	return refused
}

func (p *passage) addressRefusal(code validation.Code, message string) *refusal {
	refused := newRefusal(codeConflict, message)
	pointer := jsontext.Pointer("").AppendToken(p.gate.served().Contract.Claimed())
	refused.details = []detail{{Pointer: &pointer, Code: code, Message: message, place: string(pointer)}}
	return refused
}
