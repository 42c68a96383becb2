package caddymodule

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

func TestServeJSON(t *testing.T) {
	tests := map[string]string{
		"empty":            "",
		"cut short":        validBody[:40],
		"two values":       validBody + validBody,
		"trailing text":    validBody + "x",
		"duplicate member": strings.Replace(validBody, "{", `{"email":"eve@example.com",`, 1),
		"escaped twin":     strings.Replace(validBody, "{", `{"\u0065mail":"eve@example.com",`, 1),
		"BOM":              "\ufeff" + validBody,
		"invalid UTF-8":    strings.Replace(validBody, "Ada", "A\xffa", 1),
		"lone surrogate":   strings.Replace(validBody, "Ada", `A\ud800a`, 1),
		"too deep":         strings.Replace(validBody, "{", `{"dynamicFields":{"a":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`},`, 1),
		"form":             "email=ada%40example.com",
	}
	g := newRig(t, nil)
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			x := g.serve(newRequest(body))
			x.checkRefused(t, http.StatusBadRequest, codeMalformedJSON)
			for _, secret := range []string{"Ada", "@example", password} {
				if strings.Contains(x.answer.Body.String(), secret) {
					t.Errorf("the answer repeats the input: %s", x.answer.Body)
				}
			}
		})
	}
}

func TestServeBodyLimit(t *testing.T) {
	const limit = 2048
	tests := map[string]struct {
		request *http.Request
		tooBig  bool
	}{
		"declared, at the limit":                       {newRequest(padded(limit)), false},
		"declared, one over":                           {newRequest(padded(limit + 1)), true},
		"chunked, at the limit":                        {chunked(newRequest(padded(limit))), false},
		"chunked, one over":                            {chunked(newRequest(padded(limit + 1))), true},
		"declared over, and cut short":                 {declare(newRequest("{"), limit+1), true},
		"declared far over":                            {declare(newRequest("{"), 1<<62), true},
		"declared less, as only a broken server would": {declare(newRequest(padded(limit+1)), 10), true},
	}
	g := newRig(t, map[string]any{"max_body": limit})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			x := g.serve(test.request)
			if !test.tooBig {
				x.checkForwarded(t, normalisedBody)
				return
			}
			x.checkRefused(t, http.StatusRequestEntityTooLarge, codePayloadTooLarge)
			if !strings.Contains(x.answer.Body.String(), "The body is over 2.0 KiB.") {
				t.Errorf("the message names another limit: %s", x.answer.Body)
			}
		})
	}
}

func declare(r *http.Request, length int64) *http.Request {
	r.ContentLength = length
	return r
}

// TestServeReadsNoMoreThanTheLimit: an endless body costs its limit.
func TestServeReadsNoMoreThanTheLimit(t *testing.T) {
	g := newRig(t, map[string]any{"max_body": 4096})
	endless := new(endlessBody)
	r := chunked(newRequest(""))
	r.Body = endless
	g.serve(r).checkRefused(t, http.StatusRequestEntityTooLarge, codePayloadTooLarge)
	if endless.read > 4096+1 {
		t.Errorf("%d bytes were read of a body over 4096", endless.read)
	}
}

type endlessBody struct{ read int }

func (b *endlessBody) Read(into []byte) (int, error) {
	b.read += len(into)
	return len(into), nil
}

func (*endlessBody) Close() error { return nil }

// TestServeRoomGrowsWithTheBody: what a client declares costs nothing before it
// is sent.
func TestServeRoomGrowsWithTheBody(t *testing.T) {
	const limit = 16 << 20
	g := newRig(t, map[string]any{"max_body": limit})
	for _, sent := range []int{0, 5, 5_000, 50_000, 1 << 20} {
		for _, declared := range []int64{limit, -1} {
			body := &measuringBody{rest: sent}
			r := declare(newRequest(""), declared)
			r.Body = body
			g.serve(r).checkRefused(t, http.StatusBadRequest, codeMalformedJSON)
			if body.rest > 0 || body.room > max(4<<10, 2*sent) {
				t.Errorf("%d bytes declared, %d sent: room for %d more at once, %d unread", declared, sent, body.room, body.rest)
			}
		}
	}
}

// TestServeRoomIsNoMoreThanDeclared: an honest body is read into one byte more
// than it has, which shows its end.
func TestServeRoomIsNoMoreThanDeclared(t *testing.T) {
	g := newRig(t, nil)
	for _, size := range []int{1, 700, 4<<10 - 1, 4 << 10, 4<<10 + 1, 9_000} {
		body := &measuringBody{rest: size}
		r := declare(newRequest(""), int64(size))
		r.Body = body
		g.serve(r)
		if all := body.read + body.lastRoom; all != size+1 {
			t.Errorf("a buffer of %d for a body of %d", all, size)
		}
	}
}

// measuringBody is one of so many letters that measures the room for them.
type measuringBody struct{ rest, read, room, lastRoom int }

func (b *measuringBody) Read(into []byte) (int, error) {
	b.lastRoom = len(into)
	b.room = max(b.room, len(into))
	n := min(len(into), b.rest)
	for i := range n {
		into[i] = 'x'
	}
	b.rest -= n
	b.read += n
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (*measuringBody) Close() error { return nil }

func TestServeBodyErrors(t *testing.T) {
	tests := map[string]struct {
		err    error
		status int
		code   string
		says   string
	}{
		"cut off": {io.ErrUnexpectedEOF, http.StatusBadRequest, codeMalformedJSON, "did not arrive whole"},
		"reset":   {errors.New("read tcp: connection reset by peer"), http.StatusBadRequest, codeMalformedJSON, "did not arrive whole"},
		"over a limit of request_body": {caddyhttp.Error(http.StatusRequestEntityTooLarge, &http.MaxBytesError{Limit: 1000}),
			http.StatusRequestEntityTooLarge, codePayloadTooLarge, "over 1000 B"},
	}
	g := newRig(t, nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := chunked(newRequest(""))
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader(validBody[:20]), failing{test.err}))
			x := g.serve(r)
			x.checkRefused(t, test.status, test.code)
			if !strings.Contains(x.answer.Body.String(), test.says) {
				t.Errorf("%q is not in %s", test.says, x.answer.Body)
			}
			if strings.Contains(x.answer.Body.String(), "tcp") {
				t.Errorf("the answer tells the server's own affairs: %s", x.answer.Body)
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestServeBehindRequestBody has Caddy's own limit before the gate's.
func TestServeBehindRequestBody(t *testing.T) {
	server := newServer(t, `
		request_body {
			max_size 1KiB
		}
		customer_gate
		respond {http.request.header.content-length} 201`)
	if x := server.serve(newRequest(padded(1024))); x.Code != http.StatusCreated {
		t.Errorf("at the limit: %d %s", x.Code, x.Body)
	}
	// A length that is declared is refused by request_body itself.
	if x := server.serve(newRequest(padded(1025))); x.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("declared, over the limit: %d %s", x.Code, x.Body)
	}
	x := server.serve(chunked(newRequest(padded(1025))))
	if x.Code != http.StatusRequestEntityTooLarge || !strings.Contains(x.Body.String(), "The body is over 1.0 KiB.") {
		t.Errorf("chunked, over the limit: %d %s", x.Code, x.Body)
	}
}

// TestServeExpect: the server would wait for a body that the client will not
// send, so the answer closes the connection.
func TestServeExpect(t *testing.T) {
	tests := map[string]struct {
		change func(*http.Request)
		closes bool
	}{
		"refused before the body":         {func(r *http.Request) { r.Header.Del("Uuid") }, true},
		"refused by its declared length":  {func(r *http.Request) { r.ContentLength = 1 << 20 }, true},
		"refused after the body":          {func(*http.Request) {}, false},
		"not waiting":                     {func(r *http.Request) { r.Header.Del("Uuid"); r.Header.Del("Expect") }, false},
		"HTTP/2, where streams end alone": {func(r *http.Request) { r.Header.Del("Uuid"); r.ProtoMajor = 2 }, false},
	}
	g := newRig(t, nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRequest(twoWrong)
			r.Header.Set("Expect", "100-continue")
			test.change(r)
			x := g.serve(r)
			if closes := x.answer.Header().Get("Connection") == "close"; closes != test.closes || x.forwarded != nil {
				t.Errorf("closes is %t, forwarded %t", closes, x.forwarded != nil)
			}
		})
	}
}
