package uniqueness

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
)

// maxJudged is how much of an answer's body is kept to judge it by, in bytes.
const maxJudged = 64 << 10

// upstreamAnswer watches the upstream's answer on its way to the client. What it
// has seen is not lost when the client goes away.
//
// It does not embed caddyhttp.ResponseWriterWrapper, whose ReadFrom would let
// the body pass it by.
type upstreamAnswer struct {
	http.ResponseWriter
	Answer // as the upstream sent it: the first bytes of the body, and the header if it is kept

	keepsHeader bool
	declared    int64  // the length of the body; negative if that is not known
	length      int64  // of the body so far
	coded       bool   // the body cannot be read as it is
	last        []byte // what ends the body, kept back until finish
	gone        bool   // the client does not take any more
}

func watchAnswer(w http.ResponseWriter, keepHeader bool) *upstreamAnswer {
	return &upstreamAnswer{ResponseWriter: w, keepsHeader: keepHeader}
}

// Header is that of the client's answer.
func (a *upstreamAnswer) Header() http.Header { return a.ResponseWriter.Header() }

// Unwrap is for http.ResponseController.
func (a *upstreamAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader takes note of the answer, unless it is an interim one. It does so
// before writers further out change the header, such as one that compresses.
func (a *upstreamAnswer) WriteHeader(status int) {
	if a.Status == 0 && status >= http.StatusOK {
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
	if a.keepsHeader {
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
	a.Body = append(a.Body, p[:min(len(p), maxJudged-len(a.Body))]...)
	if len(p) == 0 {
		return 0, nil
	}
	a.passLast() // it was not
	if a.declared > 0 && a.length == a.declared {
		a.last = bytes.Clone(p)
	} else {
		a.pass(p)
	}
	return len(p), nil
}

func (a *upstreamAnswer) pass(p []byte) {
	if !a.gone {
		_, err := a.ResponseWriter.Write(p)
		a.gone = err != nil
	}
}

func (a *upstreamAnswer) passLast() {
	if a.last != nil {
		a.pass(a.last)
		a.last = nil
	}
}

// finish gives the client the last of an answer when the claim is settled, so
// what a client has been told is remembered. An answer of unknown length ends
// only with the request.
func (a *upstreamAnswer) finish() {
	a.passLast()
	for name := range a.Header() {
		if strings.HasPrefix(name, http.TrailerPrefix) { // which a short answer would be sent without
			_ = http.NewResponseController(a.ResponseWriter).Flush() // a writer that cannot has no trailers
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

// repeatable is the answer for a client that repeats its request. It is nil for
// one that asks to try again (RFC 9110, section 15.5.9; RFC 8470, section 5.2;
// RFC 6585, section 4), and where nobody asked for it to be kept.
func (a *upstreamAnswer) repeatable() *Answer {
	switch {
	case a.Answer.Header == nil || a.length > int64(len(a.Body)):
		return nil
	case a.Status == http.StatusRequestTimeout || a.Status == http.StatusTooEarly || a.Status == http.StatusTooManyRequests:
		return nil
	}
	return a.Answer.repeatable()
}
