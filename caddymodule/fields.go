package caddymodule

import (
	"time"

	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/validation"
)

// json takes the body apart as one text of strict JSON.
func (p *passage) json() *refusal {
	var err error
	p.submission, err = p.gate.served().Contract.Read(p.received)
	if err != nil {
		return newRefusal(codeMalformedJSON, "The body is not strict JSON: "+err.Error()+".")
	}
	return nil
}

// fields runs every rule that needs no private key. What it finds is answered
// together with what the passwords' rules find.
func (p *passage) fields() *refusal {
	p.submission.Check(p.gate.rules, validation.Facts{
		Now:              time.Now(),
		PlaintextAllowed: p.gate.plaintext.Allows(clientIP(p.r)),
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
	refused := newRefusal(codeValidationError,
		count(validation.CountFields(violations), "field was rejected", "fields were rejected"))
	refused.details = make([]detail, len(violations))
	for i, v := range violations {
		refused.details[i] = detail{Pointer: &v.Pointer, Code: v.Code, Params: v.Params, Message: v.Message, place: v.Place()}
	}
	return refused
}
