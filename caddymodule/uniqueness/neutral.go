package uniqueness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"golang.org/x/net/http/httpguts"
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
func (n *NeutralAnswer) ready(p *pace) *neutrality {
	if n == nil {
		return nil
	}
	return &neutrality{NeutralAnswer: *n, pace: p}
}

// Hides reports whether nobody is to be told that an address is somebody's.
func (v *Visit) Hides() bool { return v.keeper.neutral != nil }

// maxTurnWait is how long a registration waits for its turn, unless half of the
// lease is less.
const maxTurnWait = 30 * time.Second

// takeTurn waits for a turn before it is known whose the address is. Without
// neutral answers, nobody waits.
func (v *Visit) takeTurn(ctx context.Context, from netip.Addr) (err error) {
	if v.keeper.neutral == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, min(maxTurnWait, v.keeper.lease/2))
	defer cancel()
	v.turn, err = v.keeper.neutral.enter(ctx, from)
	if err != nil {
		return err
	}
	v.due = v.keeper.neutral.deadline()
	v.turn.limitTo(v.keeper.neutral.turnLimit())
	return nil
}

// forwardNeutrally is Forward where the client is not told whether the address
// was taken.
func (v *Visit) forwardNeutrally(ctx context.Context, w http.ResponseWriter, upstream Upstream) error {
	v.turn.atService()
	held := holdAnswer(w)
	answer := v.watch(held)
	judged, err := v.ask(ctx, answer, upstream)
	answer.finish() // nobody sees it yet
	v.settleEmail(judged)
	switch judged {
	case created, exists:
		v.answerNeutrally(w, v.served(judged))
		return nil
	}
	v.turn.end()
	v.settleRepeat(judged, answer.forRepeats())
	if err != nil {
		return err
	}
	return held.release(w)
}

// served notes how long the turn of a registration has taken that has got to the
// service, and returns how long it has to take.
func (v *Visit) served(judged verdict) time.Duration {
	took, pace := time.Since(v.turn.began), v.keeper.neutral.pace
	shown := max(took, pace.atLeast(judged, took))
	pace.note(judged, took)
	if judged == created {
		v.turn.served(took)
	}
	return shown
}

// AnswerNeutrally tells nothing of an address that Claim has found to be
// somebody's.
func (v *Visit) AnswerNeutrally(w http.ResponseWriter) {
	v.answerNeutrally(w, v.keeper.neutral.sample())
}

// answerNeutrally ends the turn when that of a new customer might end, and gives
// the neutral answer when such a one might have it. It waits for a client that has
// gone, too: what others are told meanwhile would tell the two apart. No key keeps
// the answer. Whoever repeats the request gets it again, and as late, for one
// reason or another.
func (v *Visit) answerNeutrally(w http.ResponseWriter, took time.Duration) {
	time.Sleep(time.Until(v.turn.began.Add(took)))
	v.turn.end()
	time.Sleep(time.Until(v.turn.began.Add(max(v.due, onBeat(took)))))
	v.settleRepeat(unsent, nil)
	v.keeper.neutral.answer().Write(w)
}

func (n *NeutralAnswer) answer() *Answer {
	return &Answer{Status: n.Status, Body: []byte(n.Body), Header: http.Header{
		"Cache-Control":          {"no-store"},
		"Content-Type":           {cmp.Or(n.ContentType, "application/json")},
		"X-Content-Type-Options": {"nosniff"},
	}}
}
