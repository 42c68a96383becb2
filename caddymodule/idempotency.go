package caddymodule

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/validation"
)

// idempotencyNames are the headers in which clients send a key; the first is
// the one that is being standardised (draft-ietf-httpapi-idempotency-key-header).
var idempotencyNames = []string{"Idempotency-Key", "X-Idempotency-Key"}

// idempotencyWindow is how long an answer can be asked for again.
const idempotencyWindow = 24 * time.Hour

// What is wrong with a request whose key came before.
const (
	requestPending  validation.Code = "request_pending"
	requestMismatch validation.Code = "request_mismatch"
)

// repeatable is a request that its client may send again, to get the first
// answer again.
type repeatable struct {
	claim
	fingerprint [sha256.Size]byte // of what was asked for
}

// checkIdempotency cannot be a part of check: in a Caddyfile, unique_email may
// come behind it.
func (g *Gate) checkIdempotency() error {
	if g.Idempotency && g.UniqueEmail == nil {
		return errors.New("idempotency: answers are kept in the store of unique_email; configure one")
	}
	return nil
}

// idempotencyHeaders are those that a client may send.
func (g *Gate) idempotencyHeaders() []RequiredHeader {
	if !g.Idempotency {
		return nil
	}
	headers := make([]RequiredHeader, len(idempotencyNames))
	for i, name := range idempotencyNames {
		headers[i] = RequiredHeader{Name: name, optional: true}
	}
	return headers
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
		return headerRefusal(http.StatusBadRequest, codeInvalidHeader, header, validation.NotListed,
			"Send one key, in one of the headers "+strings.Join(idempotencyNames, " and ")+".")
	case key == "":
		return nil
	}
	r := p.gate.registry
	repeat := &repeatable{
		claim:       r.claim(r.pepper.requestID(p.tenantName, key)),
		fingerprint: r.pepper.fingerprint(p.submission),
	}
	found, err := p.reserve(&repeat.claim)
	switch {
	case r.goesOnWithout(err):
		p.gate.logger.Error("the claims store failed, so the answer to a request cannot be asked for again", zap.Error(err))
		return nil
	case err != nil:
		return p.storeFailed(err)
	case found.State == claims.Pending:
		return stillAnswering(header, found.Wait)
	case found.State == claims.Committed:
		return p.replay(header, repeat, found.Value)
	}
	p.repeat = repeat
	return nil
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

// replay gives the first answer again, to a request that asks for the same.
func (p *passage) replay(header string, repeat *repeatable, kept []byte) *refusal {
	answer, err := repeat.pepper.open(repeat.id, kept)
	switch {
	case err != nil:
		p.gate.logger.Error("an answer in the claims store cannot be read, so a request is answered 503", zap.Error(err))
		return unavailable()
	case answer.Fingerprint != repeat.fingerprint:
		return headerRefusal(http.StatusUnprocessableEntity, codeValidationError, header, requestMismatch,
			"This key was sent before, with another registration; use a new key.")
	}
	refused := newRefusal(answer.Status, codeReplayed, "The first answer is given again.")
	refused.instead = answer.write
	return refused
}

// stillAnswering tells a client to wait for the first answer.
func stillAnswering(header string, wait time.Duration) *refusal {
	return headerRefusal(http.StatusConflict, codeConflict, header, requestPending,
		"The first request with this key has not been answered yet; try again in a moment.").
		with("Retry-After", seconds(wait))
}

// settleRepeat keeps the answer, or lets the client use its key once more.
func (p *passage) settleRepeat(v verdict, given *keptAnswer) {
	if p.repeat == nil {
		return
	}
	repeat := p.repeat
	p.repeat = nil
	if v == unclear || v == unsent || given == nil {
		p.release(&repeat.claim)
		return
	}
	given.Fingerprint = repeat.fingerprint
	sealed, err := repeat.pepper.seal(repeat.id, given)
	if err != nil {
		p.gate.logger.Error("an answer could not be kept for a repeated request", zap.Error(err))
		p.release(&repeat.claim)
		return
	}
	p.commit(&repeat.claim, sealed, given.keep)
}

func headerRefusal(status int, code, header string, why validation.Code, message string) *refusal {
	refused := newRefusal(status, code, message)
	refused.details = []detail{{Header: strings.ToLower(header), Code: why, Message: message}}
	return refused
}
