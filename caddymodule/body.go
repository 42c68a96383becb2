package caddymodule

import (
	"errors"
	"net/http"

	"github.com/dustin/go-humanize"

	"github.com/customergate/customergate/caddymodule/internal/wipe"
	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/validation"
)

// body reads the whole body, never more than the limit, whatever length was
// declared.
func (p *passage) body() *refusal {
	limit := p.gate.MaxBody
	if p.r.ContentLength > limit {
		return tooLarge(limit)
	}
	var err error
	p.received, err = wipe.ReadAll(http.MaxBytesReader(p.w, p.r.Body, limit), p.r.ContentLength)
	var over *http.MaxBytesError // of the limit here, or of a request_body directive before
	switch {
	case errors.As(err, &over):
		return tooLarge(over.Limit)
	case err != nil:
		return newRefusal(codeMalformedJSON, languages.Say("MALFORMED_JSON.incomplete"))
	}
	p.gate.bodies.Observe(float64(len(p.received)))
	return nil
}

func tooLarge(limit int64) *refusal {
	return newRefusal(codePayloadTooLarge,
		languages.Say(codePayloadTooLarge, validation.Param{Name: "size", Value: humanize.IBytes(uint64(limit))}))
}
