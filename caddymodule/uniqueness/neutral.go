package uniqueness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/customergate/customergate/caddymodule/claims"
)

// NeutralAnswer is given to new customers and to those whose address is taken
// alike, in the place of the upstream's answer, so that nobody can find out who
// is a customer.
type NeutralAnswer struct {
	// The status code, from 200 to 299, but none of an answer without a body.
	// Required.
	Status int `json:"status"`

	// The body, at most 64 KiB. Required.
	Body string `json:"body"`

	// Its media type. Default: `application/json`.
	ContentType string `json:"content_type,omitempty"`
}

const maxNeutralBody = 64 << 10

// check refuses what would tell, or cannot be sent. It is nil where the option
// is not set.
func (n *NeutralAnswer) check() error {
	switch {
	case n == nil:
		return nil
	case n.Status < 200 || n.Status > 299 || n.Status == http.StatusNoContent || n.Status == http.StatusResetContent:
		return fmt.Errorf("duplicate: %d is not the status of a success with a body, such as 202", n.Status)
	case n.Body == "" || len(n.Body) > maxNeutralBody:
		return errors.New("duplicate: the body that new customers and known ones are to see must have 1 byte to 64 KiB")
	case n.ContentType != "" && !httpguts.ValidHeaderFieldValue(n.ContentType):
		return errors.New("duplicate: the media type has characters that no header can have")
	}
	return nil
}

// neutrality is a NeutralAnswer at work.
type neutrality struct {
	NeutralAnswer
	*pace
}

// ready returns nil where the option is not set.
func (n *NeutralAnswer) ready(others *pace) *neutrality {
	if n == nil {
		return nil
	}
	return &neutrality{NeutralAnswer: *n, pace: &pace{others: others}}
}

// Hides reports whether nobody is to be told that an address is somebody's.
func (v *Visit) Hides() bool { return v.keeper.neutral != nil }

// forwardNeutrally is Forward where the client is not told whether the address
// was taken.
func (v *Visit) forwardNeutrally(ctx context.Context, w http.ResponseWriter, upstream Upstream) error {
	held := holdAnswer(w)
	answer := v.watch(held)
	judged, err := v.ask(ctx, answer, upstream)
	answer.finish() // nobody sees it yet
	v.settleEmail(judged)
	switch judged {
	case created:
		v.answerNeutrally(w, v.keeper.neutral.note(time.Since(v.paced)), repeatWindow)
		return nil
	case exists:
		v.answerNeutrally(w, v.keeper.neutral.sample(), repeatWindow)
		return nil
	}
	v.settleRepeat(judged, answer.forRepeats(), repeatWindow)
	if err != nil {
		return err
	}
	return held.release(w)
}

// AnswerNeutrally tells nothing of an address that Claim has found to be
// somebody's. A client that repeats its request gets the same answer for no
// longer than that lasts.
func (v *Visit) AnswerNeutrally(w http.ResponseWriter) {
	keep := repeatWindow
	if v.holder.State == claims.Pending {
		keep = min(keep, v.holder.Wait)
	}
	v.answerNeutrally(w, v.keeper.neutral.sample(), keep)
}

// answerNeutrally gives the neutral answer when a new customer might have it. It
// waits for a client that has gone, too: what another one is told of the same key
// would tell the two apart.
func (v *Visit) answerNeutrally(w http.ResponseWriter, took, keep time.Duration) {
	time.Sleep(time.Until(v.paced.Add(onBeat(max(took, time.Since(v.paced))))))
	answer := v.keeper.neutral.answer()
	v.settleRepeat(created, answer.forRepeats(), keep)
	answer.Write(w)
}

func (n *NeutralAnswer) answer() *Answer {
	return &Answer{Status: n.Status, Body: []byte(n.Body), Header: http.Header{
		"Cache-Control":          {"no-store"},
		"Content-Type":           {cmp.Or(n.ContentType, "application/json")},
		"X-Content-Type-Options": {"nosniff"},
	}}
}
