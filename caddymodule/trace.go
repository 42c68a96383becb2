package caddymodule

import "github.com/customergate/customergate/caddymodule/internal/tracing"

// The steps that take time have a span each.
var (
	readBody     = traced("read", (*passage).body)
	parse        = traced("parse", (*passage).json)
	checkFields  = traced("rules", (*passage).fields)
	decrypt      = traced("decrypt", (*passage).decrypt)
	checkSecrets = traced("rules", (*passage).secrets)
	claimEmail   = traced("claim", (*passage).claimEmail)
)

// traced makes a step one with a span, where the request is traced. It holds the code
// of the refusal, and no value.
func traced(name string, step func(*passage) *refusal) func(*passage) *refusal {
	return func(p *passage) *refusal {
		ctx, span := tracing.Start(p.r.Context(), name)
		if !span.IsRecording() {
			return step(p)
		}
		defer span.End()
		request := p.r
		p.r = request.WithContext(ctx)
		refused := step(p)
		p.r = request
		if refused != nil {
			tracing.Refuse(span, refused.code)
		}
		return refused
	}
}
