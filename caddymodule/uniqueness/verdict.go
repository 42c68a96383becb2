package uniqueness

import "net/http"

// A verdict is what the upstream's answer says about the email address.
type verdict uint8

const (
	// unclear is no answer, half of one, one that cannot be read, or that of a
	// server that has failed: the customer may have been created.
	unclear verdict = iota
	// created is a customer who has the address now.
	created
	// exists is a customer who had it already.
	exists
	// refused is a registration that failed for another reason.
	refused
	// unsent is one that never got to the upstream.
	unsent
)

// statusGaveUp is that of a proxy whose client has gone, not of an upstream.
const statusGaveUp = 499

// judge tells what has become of the registration.
func (k *Keeper) judge(answer *upstreamAnswer, upstream Upstream, err error) verdict {
	switch {
	case answer.Status == 0 && upstream.NeverSent(err):
		return unsent
	case err != nil || answer.Status == 0 || !answer.whole():
		return unclear
	}
	return k.judgeWhole(answer)
}

// judgeWhole tells what a whole answer says.
func (k *Keeper) judgeWhole(answer *upstreamAnswer) verdict {
	taken := k.taken.matches(answer)
	success := k.success.matches(answer)
	switch {
	case taken == yes:
		return exists
	case taken == unknown || success == unknown:
		return unclear
	case success == yes:
		return created
	case answer.Status >= http.StatusInternalServerError || answer.Status == statusGaveUp || sentOn(answer.Status):
		return unclear
	}
	return refused
}

// sentOn reports a redirect that is no refusal: the client is to fetch something else,
// which may be what has become of the registration (RFC 9110, section 15.4.4). With 307
// and 308 it is to send the registration elsewhere, so there is no customer yet.
func sentOn(status int) bool {
	return status >= 300 && status < 400 && status != http.StatusTemporaryRedirect && status != http.StatusPermanentRedirect
}
