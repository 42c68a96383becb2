package caddymodule

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// finalAnswer notes whether a registration that went on has been answered. To
// net/http, nothing written is a 200, and so a success that nobody has spoken of:
// reverse_proxy writes nothing where an upstream answers 101.
type finalAnswer struct {
	*caddyhttp.ResponseWriterWrapper
	begun bool
	tell  func(status int) // before the client learns it
}

func watchAnswer(w http.ResponseWriter, tell func(status int)) *finalAnswer {
	return &finalAnswer{ResponseWriterWrapper: &caddyhttp.ResponseWriterWrapper{ResponseWriter: w}, tell: tell}
}

// begin notes the status of the answer, which is that of the first of its calls.
func (a *finalAnswer) begin(status int) {
	if !a.begun && status >= http.StatusOK {
		a.begun = true
		a.tell(status)
	}
}

// WriteHeader passes interim answers on, but for 101: a registration is no tunnel.
func (a *finalAnswer) WriteHeader(status int) {
	if status == http.StatusSwitchingProtocols {
		a.Header().Del("Connection")
		a.Header().Del("Upgrade")
		return
	}
	a.begin(status)
	a.ResponseWriterWrapper.WriteHeader(status)
}

// Write begins a 200, unless another answer has begun.
func (a *finalAnswer) Write(p []byte) (int, error) {
	a.begin(http.StatusOK)
	return a.ResponseWriterWrapper.Write(p)
}

// ReadFrom is Write for a body that the server copies.
func (a *finalAnswer) ReadFrom(r io.Reader) (int64, error) {
	a.begin(http.StatusOK)
	return a.ResponseWriterWrapper.ReadFrom(r)
}

// FlushError begins a 200, unless another answer has begun.
func (a *finalAnswer) FlushError() error {
	a.begin(http.StatusOK)
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Hijack gives the connection to nobody.
func (a *finalAnswer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, http.ErrNotSupported
}

var errNoAnswer = errors.New("customer_gate: a request was not answered: " +
	"the upstream switched protocols (101), or no handler behind the gate answers")

// check is the error of a registration that has not been answered, given that of
// the handler that was to.
func (a *finalAnswer) check(err error) error {
	if refused, is := errors.AsType[caddyhttp.HandlerError](err); is {
		a.begin(refused.StatusCode) // by an error route
	}
	if err != nil || a.begun {
		return err
	}
	return caddyhttp.Error(http.StatusBadGateway, errNoAnswer)
}
