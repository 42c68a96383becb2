package e2e

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// startHTTP2 returns an upstream, a gateway that speaks HTTP/2 over TLS and,
// beside it, without, and what its clients trust.
func startHTTP2(t *testing.T) (*upstream, *gateway, certificate) {
	t.Helper()
	up, cert := startUpstream(t), newCertificate(t)
	gate := startGateway(t, setup{
		upstream: up.address,
		global:   "servers {\n protocols h1 h2 h2c\n }\n auto_https disable_redirects\n",
		address:  "https://localhost:{$PORT}",
		site:     cert.site + defaultSite,
		more:     "http://localhost:{$H2C_PORT} {\n bind 127.0.0.1\n" + defaultSite + "}\n",
		env:      []string{"H2C_PORT=" + freePort(t)},
	})
	return up, gate, cert
}

// TestHTTP2Client registers with Go's client, which frames bodies of known and
// of unknown length, over TLS and in plaintext.
func TestHTTP2Client(t *testing.T) {
	t.Parallel()
	up, gate, cert := startHTTP2(t)
	body := newCustomer().json()
	overTLS, plain := new(http.Protocols), new(http.Protocols)
	overTLS.SetHTTP2(true)
	plain.SetUnencryptedHTTP2(true)
	_, port, _ := net.SplitHostPort(gate.address)

	for name, way := range map[string]struct {
		transport *http.Transport
		base      string
	}{
		"h2":  {&http.Transport{Protocols: overTLS, TLSClientConfig: cert.client()}, "https://localhost:" + port},
		"h2c": {&http.Transport{Protocols: plain}, "http://localhost:" + gate.variable("H2C_PORT")},
	} {
		client := &http.Client{Transport: way.transport, Timeout: patience}
		t.Cleanup(way.transport.CloseIdleConnections)
		for framing, tc := range map[string]struct {
			length  int64
			trailer http.Header
			body    string
			status  int
		}{
			"length":                   {int64(len(body)), nil, body, 201},
			"no length":                {-1, nil, body, 201},
			"no length, trailer":       {-1, http.Header{"X-Checksum": {"abc"}, "Platform": {"other"}}, body, 201},
			"declared too large":       {int64(len(body) + 64<<10), nil, body + strings.Repeat(" ", 64<<10), 413},
			"too large, no length":     {-1, nil, body + strings.Repeat(" ", 64<<10), 413},
			"malformed":                {-1, nil, body + "}", 400},
			"another member, trailers": {-1, http.Header{"X-Checksum": {"abc"}}, newCustomer().with("role", "admin").json(), 422},
		} {
			t.Run(name+", "+framing, func(t *testing.T) {
				request, err := http.NewRequest(http.MethodPost, way.base+endpoint, io.NopCloser(strings.NewReader(tc.body)))
				if err != nil {
					t.Fatal(err)
				}
				request.ContentLength = tc.length
				request.Trailer = tc.trailer
				request.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}}
				response, err := client.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				got, err := readAnswer(response)
				if err != nil {
					t.Fatal(err)
				}
				if response.ProtoMajor != 2 {
					t.Errorf("the protocol is %s", response.Proto)
				}
				got.check(t, tc.status)
				if tc.status != 201 {
					up.checkUntouched(t)
					return
				}
				forwarded := up.takeOne(t)
				forwarded.checkFraming(t)
				newCustomer().checkForwarded(t, forwarded.body)
			})
		}
	}
}

// TestHTTP2Frames sends what no library would: the lengths that HTTP/2 knows
// twice and the fields that it forbids, which other proxies turned into
// smuggled requests.
func TestHTTP2Frames(t *testing.T) {
	t.Parallel()
	up, gate, cert := startHTTP2(t)
	body := newCustomer().json()
	field := func(name, value string) hpack.HeaderField { return hpack.HeaderField{Name: name, Value: value} }
	length := func(n int) hpack.HeaderField { return field("content-length", fmt.Sprint(n)) }
	forbidden := func(name, value string) h2Request {
		return h2Request{fields: []hpack.HeaderField{field(name, value)}, data: []string{body}}
	}

	for name, tc := range map[string]struct {
		request h2Request
		status  string // empty: the stream is reset
	}{
		"length, one frame":            {h2Request{fields: []hpack.HeaderField{length(len(body))}, data: []string{body}}, "201"},
		"length, many frames":          {h2Request{fields: []hpack.HeaderField{length(len(body))}, data: slices.Collect(split(body, 7))}, "201"},
		"no length, empty frames":      {h2Request{data: []string{"", body[:9], "", body[9:], ""}}, "201"},
		"trailers":                     {h2Request{data: []string{body}, trailers: []hpack.HeaderField{field("x-checksum", "abc")}}, "201"},
		"cookie in crumbs":             {h2Request{fields: []hpack.HeaderField{field("cookie", "a=b"), field("cookie", "c=d")}, data: []string{body}}, "201"},
		"expectation":                  {h2Request{fields: []hpack.HeaderField{field("expect", "100-continue")}, data: []string{body}}, "201"},
		"body longer than its length":  {h2Request{fields: []hpack.HeaderField{length(len(body) - 1)}, data: []string{body}}, ""},
		"body shorter than its length": {h2Request{fields: []hpack.HeaderField{length(len(body) + 1)}, data: []string{body}}, "400"},
		"too large, one frame more":    {h2Request{data: append(slices.Collect(split(strings.Repeat(" ", 64<<10), 16<<10)), body)}, "413"},
		"gzip":                         {forbidden("content-encoding", "gzip"), "415"},
		"platform twice":               {forbidden("platform", "fincode"), "400"},
		"early data of a proxy":        {forbidden("early-data", "1"), "425"},
		"transfer encoding":            {forbidden("transfer-encoding", "chunked"), "400"},
		"connection":                   {forbidden("connection", "keep-alive"), "400"},
		"upgrade":                      {forbidden("upgrade", "h2c"), "400"},
		"upper case":                   {forbidden("X-Upper", "a"), ""},
		"line break in a value":        {forbidden("x-split", "a\r\nplatform: other"), ""},
		"line break in a name":         {forbidden("x-split: a\r\nx", "b"), ""},
		"colon in a name":              {forbidden("x:y", "b"), ""},
		"unknown pseudo field":         {forbidden(":role", "admin"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := dialHTTP2(t, gate.address, cert).exchange(tc.request)
			if got != tc.status {
				t.Errorf("the status is %q, want %q", got, tc.status)
			}
			if tc.status != "201" {
				up.checkUntouched(t)
				return
			}
			request := up.takeOne(t)
			request.checkFraming(t)
			newCustomer().checkForwarded(t, request.body)
		})
	}
}

func split(text string, size int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for part := range slices.Chunk([]byte(text), size) {
			if !yield(string(part)) {
				return
			}
		}
	}
}

// h2Request is a registration as frames.
type h2Request struct {
	fields   []hpack.HeaderField // beside those that the contract asks for
	data     []string            // one DATA frame each
	trailers []hpack.HeaderField
}

// h2Connection is an HTTP/2 client without a library's manners.
type h2Connection struct {
	t      testing.TB
	framer *http2.Framer
}

func dialHTTP2(t testing.TB, address string, cert certificate) *h2Connection {
	t.Helper()
	c, err := tls.Dial("tcp", address, cert.client("h2"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(c, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	framer := http2.NewFramer(c, c)
	framer.AllowIllegalWrites = true
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	if err := framer.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	return &h2Connection{t, framer}
}

// exchange sends one request and returns the status of its answer, empty when
// the stream or the connection was ended instead.
func (c *h2Connection) exchange(r h2Request) string {
	c.t.Helper()
	c.write(r)
	for {
		frame, err := c.framer.ReadFrame()
		if err != nil {
			c.t.Fatalf("reading a frame: %v", err)
		}
		switch frame := frame.(type) {
		case *http2.MetaHeadersFrame:
			if status := frame.PseudoValue("status"); status != "100" {
				return status
			}
		case *http2.RSTStreamFrame, *http2.GoAwayFrame:
			return ""
		}
	}
}

func (c *h2Connection) write(r h2Request) {
	c.t.Helper()
	head := append([]hpack.HeaderField{
		{Name: ":method", Value: "POST"},
		{Name: ":scheme", Value: "https"},
		{Name: ":authority", Value: "localhost"},
		{Name: ":path", Value: endpoint},
		{Name: "content-type", Value: "application/json"},
		{Name: "platform", Value: "fincode"},
		{Name: "uuid", Value: "200"},
	}, r.fields...)
	c.writeHeaders(head, false)
	for i, data := range r.data {
		last := i == len(r.data)-1 && r.trailers == nil
		if err := c.framer.WriteData(1, last, []byte(data)); err != nil {
			c.t.Fatal(err)
		}
	}
	if r.trailers != nil {
		c.writeHeaders(r.trailers, true)
	}
}

func (c *h2Connection) writeHeaders(fields []hpack.HeaderField, last bool) {
	c.t.Helper()
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	encoder.SetMaxDynamicTableSize(0) // each block stands for itself
	for _, f := range fields {
		if err := encoder.WriteField(f); err != nil {
			c.t.Fatal(err)
		}
	}
	err := c.framer.WriteHeaders(http2.HeadersFrameParam{
		StreamID: 1, BlockFragment: block.Bytes(), EndStream: last, EndHeaders: true,
	})
	if err != nil {
		c.t.Fatal(err)
	}
}
