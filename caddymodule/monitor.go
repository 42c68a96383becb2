package caddymodule

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/internal/agreement"
	"github.com/customergate/customergate/caddymodule/internal/watch"
	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/validation"
)

// monitor hands a request on as it came and then says what an enforcing gate would
// have made of it. What the headers say is read before, as other handlers may change
// them; all else waits until the client has its answer.
func (g *Gate) monitor(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler, finding *finding) (err error) {
	p := &passage{gate: g, r: r.WithContext(context.WithoutCancel(r.Context())), finding: finding} // the client may go
	p.r.Header = maps.Clone(r.Header)
	defer p.wipe()
	verdict := p.judge(
		(*passage).tenant,
		(*passage).method,
		(*passage).earlyData,
		(*passage).mediaType,
		(*passage).requiredHeaders,
	)
	body := watch.Keep(r, g.MaxBody)
	defer body.Leave()
	answer := caddyhttp.NewResponseRecorder(w, nil, nil)
	// Also where the answer is cut, which reverse_proxy tells by a panic.
	defer func() { p.conclude(p.judgeBody(body, verdict), statusOf(answer, err)) }()
	err = next.ServeHTTP(answer, r)
	giveWhole(answer)
	return err
}

// judgeBody judges what the headers have left to judge.
func (p *passage) judgeBody(body *watch.Body, verdict *refusal) *refusal {
	if verdict != nil {
		return verdict
	}
	return p.judge(
		func(p *passage) *refusal { return p.take(body) },
		(*passage).json,
		(*passage).fields,
		(*passage).decryptIfIdle,
		(*passage).secrets,
		(*passage).lookForEmail,
	)
}

// giveWhole gives the client an answer whose length it knows without waiting for the
// verdict. One of which the server is still to tell the length stays as it is.
func giveWhole(answer caddyhttp.ResponseRecorder) {
	if answer.Status() >= http.StatusOK && answer.Header().Get("Content-Length") != "" {
		_ = http.NewResponseController(answer).Flush() // what cannot be flushed comes a moment later
	}
}

// statusOf is what the upstream, or who answers for it, has said; 0 if nobody has.
func statusOf(answer caddyhttp.ResponseRecorder, err error) int {
	if failed, is := errors.AsType[caddyhttp.HandlerError](err); is && answer.Status() == 0 {
		return failed.StatusCode // which an error route is about to answer
	}
	return answer.Status()
}

// judge walks some steps. Whatever goes wrong with them is the gate's own trouble, and
// none of the client's.
func (p *passage) judge(steps ...func(*passage) *refusal) (verdict *refusal) {
	defer func() {
		if recover() != nil {
			p.gate.logger.Error("a request went on as it came, and could not be judged: this is a mistake in customer_gate; please report it")
			verdict = skipped()
		}
	}()
	return p.walk(steps...)
}

// skipped is of a request of which nothing can be said.
func skipped() *refusal {
	return newRefusal(codeSkipped, languages.Plain("The request could not be judged."))
}

// take judges the body that has passed.
func (p *passage) take(body *watch.Body) *refusal {
	if body.Over() {
		return tooLarge(p.gate.MaxBody)
	}
	var whole bool
	if p.received, whole = body.Whole(p.r.ContentLength); !whole {
		return skipped()
	}
	return nil
}

// decryptIfIdle opens the sealed fields if nobody waits for private-key operations.
// Elsewhere, there is a verdict if the other fields are enough for one.
func (p *passage) decryptIfIdle() *refusal {
	if p.open(true) == nil {
		return nil
	}
	if violations := p.submission.Violations(); len(violations) > 0 {
		return invalid(violations)
	}
	return skipped()
}

// lookForEmail is claimEmail for those who reserve nothing.
func (p *passage) lookForEmail() *refusal {
	address := p.submission.Text(p.gate.served().Contract.Claimed())
	found, err := p.gate.unique.Look(p.r.Context(), p.ring.Tenant, address)
	switch {
	case err != nil:
		return skipped()
	case found.State == claims.Committed:
		return p.addressRefusal(validation.EmailTaken)
	case found.State == claims.Pending:
		return p.addressRefusal(validation.EmailPending, p.subject())
	}
	return nil
}

// conclude tells what would have become of a request, beside what the upstream made
// of it.
func (p *passage) conclude(verdict *refusal, status int) {
	switch {
	case verdict == nil:
		p.gate.metrics.count(outcomeAccepted)
	case verdict.code == codeSkipped:
		p.gate.metrics.count(outcomeOf(codeSkipped))
		agreement.Count(p.gate.endpointLabel, modeMonitor, status, agreement.Skipped)
		return
	default:
		traces := verdict.traces()
		p.finding.code, p.finding.traces = verdict.code, traces
		p.gate.metrics.refused(verdict, traces)
		p.finding.would = verdict
	}
	p.agree(status)
}

// agree counts what the upstream says of a request that has come to it, beside what
// the gate says or, where it only monitors, would have said.
func (p *passage) agree(status int) {
	endpoint, would := p.gate.endpointLabel, p.finding.would
	if would == nil {
		agreement.Count(endpoint, p.gate.mode(), status, agreement.Accepted)
		return
	}
	agreement.Count(endpoint, modeMonitor, status, would.verdicts()...)
	p.gate.logWouldRefuse(p.r, would, p.finding.tenant, status)
}

// verdicts are the codes of everything that is wrong, each once.
func (r *refusal) verdicts() []string {
	if len(r.details) == 0 {
		return []string{outcomeOf(r.code)}
	}
	codes := make(map[string]bool, len(r.details))
	for _, d := range r.details {
		codes[string(d.Code)] = true
	}
	return slices.Sorted(maps.Keys(codes))
}
