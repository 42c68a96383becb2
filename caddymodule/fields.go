package caddymodule

import (
	"errors"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/clientip"
	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/validation"
)

// json takes the body apart as one text of strict JSON.
func (p *passage) json() *refusal {
	var err error
	p.submission, err = p.gate.served().Contract.Read(p.received)
	if err != nil {
		return malformed(err)
	}
	return nil
}

// malformed says what is wrong with the body as JSON, and where.
func malformed(err error) *refusal {
	fault, _ := errors.AsType[*validation.MalformedError](err)
	return newRefusal(codeMalformedJSON, languages.Say(codeMalformedJSON,
		validation.Param{Name: "fault", Value: fault.Fault}, validation.Param{Name: "offset", Value: int(fault.Offset)}))
}

// fields runs every rule that needs no private key. What it finds is answered
// together with what the passwords' rules find.
func (p *passage) fields() *refusal {
	p.submission.Check(p.gate.rules, validation.Facts{
		Now:              time.Now(),
		PlaintextAllowed: p.gate.plaintext.Allows(clientip.Sure(p.r)),
		IsCiphertext:     p.isCiphertext,
	})
	return nil
}

// isCiphertext tells by its form whether a value is encrypted, where the client does
// not say. Without keys nothing can be told, so that the next step answers so.
func (p *passage) isCiphertext(value []byte) bool {
	return p.ring.Err != nil || oaep.IsCiphertext(value, p.ring.Keys)
}

// secrets runs the passwords' rules and answers everything that was found.
func (p *passage) secrets() *refusal {
	p.submission.CheckSecrets()
	if violations := p.submission.Violations(); len(violations) > 0 {
		return invalid(violations)
	}
	if relaxed := p.submission.Relaxed(); len(relaxed) > 0 {
		p.finding.would = invalid(relaxed)
		p.gate.metrics.violated(p.finding.would.traces(), modeMonitor)
	}
	return nil
}

func invalid(violations []validation.Violation) *refusal {
	refused := newRefusal(codeValidationError, languages.Say(codeValidationError, count(validation.CountFields(violations))))
	refused.details = make([]detail, len(violations))
	for i, v := range violations {
		refused.details[i] = detail{Pointer: &v.Pointer, Code: v.Code, Params: v.Params, Message: v.Message, place: v.Place()}
	}
	return refused
}
