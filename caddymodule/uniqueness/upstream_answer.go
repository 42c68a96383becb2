package uniqueness

import (
	"net/http"
	"strconv"
	"strings"
)

// maxJudged is how much of an answer's body it is judged by, in bytes.
const maxJudged = 64 << 10

// upstreamAnswer watches the upstream's answer on its way to the client. It keeps
// back what it is judged by until the claim is settled, for a client may take any
// time to read, and what it has been told has to be remembered. What it has seen
// is not lost when the client goes away.
//
// It does not embed caddyhttp.ResponseWriterWrapper, whose ReadFrom would let
// the body pass it by.
type upstreamAnswer struct {
	http.ResponseWriter
	Answer // as the upstream sent it: the header if it is kept, and no more of the body than is judged

	visit    *Visit
	declared int64 // the length of the body; negative if that is not known
	length   int64 // of the body so far
	coded    bool  // the body cannot be read as it is
	passes   bool  // nothing is kept back any more
	gone     bool  // the client does not take any more
}

func (v *Visit) watch(w http.ResponseWriter) *upstreamAnswer {
	return &upstreamAnswer{ResponseWriter: w, visit: v}
}

// Header is that of the client's answer.
func (a *upstreamAnswer) Header() http.Header { return a.ResponseWriter.Header() }

// Unwrap is for http.ResponseController.
func (a *upstreamAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader takes note of the answer before writers further out change the
// header, such as one that compresses. An interim answer goes no further: what is
// sent before the claim is settled could wait for the client.
func (a *upstreamAnswer) WriteHeader(status int) {
	if status < http.StatusOK {
		return
	}
	if a.Status == 0 {
		a.note(status)
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *upstreamAnswer) note(status int) {
	header := a.Header()
	a.Status = status
	a.declared = -1
	if length, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64); err == nil {
		a.declared = length
	}
	coding := header.Get("Content-Encoding")
	a.coded = coding != "" && !strings.EqualFold(coding, "identity")
	if a.visit.repeat != nil {
		a.Answer.Header = header.Clone()
	}
}

// Write never fails: what the upstream has to say about the customer matters
// more than who listens.
func (a *upstreamAnswer) Write(p []byte) (int, error) {
	if a.Status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	a.length += int64(len(p))
	judged := min(len(p), maxJudged-len(a.Body))
	a.Body = append(a.Body, p[:judged]...)
	if beyond := p[judged:]; len(beyond) > 0 {
		a.visit.settleEmail(a.visit.keeper.judgeWhole(a))
		a.passOn()
		a.pass(beyond)
	}
	return len(p), nil
}

// passOn gives the client what was kept back.
func (a *upstreamAnswer) passOn() {
	if !a.passes {
		a.passes = true
		a.pass(a.Body)
	}
}

func (a *upstreamAnswer) pass(p []byte) {
	if !a.gone {
		a.gone = give(a.ResponseWriter, p) != nil
	}
}

// finish gives the client the rest of the answer. Trailers that were not
// announced come only behind an answer that is flushed.
func (a *upstreamAnswer) finish() {
	a.passOn()
	for name := range a.Header() {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			_ = giveRest(a.ResponseWriter) // a writer that cannot has no trailers
			return
		}
	}
}

// FlushError sends nothing before its time: an answer that fits into the
// server's buffer need not go out in two parts.
func (a *upstreamAnswer) FlushError() error {
	if a.Status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	return nil
}

// whole reports whether the answer has as many bytes as it said it would.
func (a *upstreamAnswer) whole() bool { return a.declared < 0 || a.declared == a.length }

// forRepeats is the answer for a client that repeats its request. It is nil for
// one that asks to try again (RFC 9110, section 15.5.9; RFC 8470, section 5.2;
// RFC 6585, section 4), and where nobody asked for it to be kept.
func (a *upstreamAnswer) forRepeats() *Answer {
	switch {
	case a.Answer.Header == nil || a.length > int64(len(a.Body)):
		return nil
	case a.Status == http.StatusRequestTimeout || a.Status == http.StatusTooEarly || a.Status == http.StatusTooManyRequests:
		return nil
	}
	return a.Answer.forRepeats()
}
