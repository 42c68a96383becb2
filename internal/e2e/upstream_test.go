package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// upstream is a customer service that takes its input apart by the letter of
// RFC 9112 and keeps it. It knows one framing, Content-Length: whatever else
// reaches it is an error of the test.
type upstream struct {
	address string
	// reply writes the answer to a request; false ends the connection.
	reply func(net.Conn, received) bool

	t        testing.TB
	listener net.Listener
	serving  sync.WaitGroup

	mu          sync.Mutex
	connections map[net.Conn]bool
	bytes       int
	requests    []received
}

// received is one request as it came.
type received struct {
	line   string // without CRLF
	fields []headerField
	body   []byte
}

type headerField struct{ name, value string }

// startUpstream returns an upstream that says 201 to everything.
func startUpstream(t testing.TB) *upstream {
	t.Helper()
	return startUpstreamWith(t, func(c net.Conn, _ received) bool { return created(c) })
}

const createdBody = `{"success":true,"data":{"customerId":42}}`

// created writes the answer to an accepted registration.
func created(c net.Conn) bool {
	_, err := fmt.Fprintf(c, "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(createdBody), createdBody)
	return err == nil
}

func startUpstreamWith(t testing.TB, reply func(net.Conn, received) bool) *upstream {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u := &upstream{
		address:     listener.Addr().String(),
		reply:       reply,
		t:           t,
		listener:    listener,
		connections: make(map[net.Conn]bool),
	}
	u.serving.Go(u.accept)
	t.Cleanup(u.close)
	return u
}

func (u *upstream) close() {
	u.listener.Close()
	u.mu.Lock()
	for c := range u.connections {
		c.Close()
	}
	u.mu.Unlock()
	u.serving.Wait()
}

// hangUp ends all idle connections, as services do after a while, and waits
// until the gateway has ended them too.
func (u *upstream) hangUp(t testing.TB) {
	t.Helper()
	u.mu.Lock()
	for c := range u.connections {
		_ = c.(*net.TCPConn).CloseWrite()
	}
	u.mu.Unlock()
	waitUntil(t, "the gateway has closed its connections", func() bool {
		u.mu.Lock()
		defer u.mu.Unlock()
		return len(u.connections) == 0
	})
}

func (u *upstream) accept() {
	for {
		c, err := u.listener.Accept()
		if err != nil {
			return
		}
		u.mu.Lock()
		u.connections[c] = true
		u.mu.Unlock()
		u.serving.Go(func() { u.serve(c) })
	}
}

func (u *upstream) serve(c net.Conn) {
	defer func() {
		c.Close()
		u.mu.Lock()
		delete(u.connections, c)
		u.mu.Unlock()
	}()
	reader := bufio.NewReader(countingReader{c, u})
	for {
		if _, err := reader.Peek(1); err != nil {
			return // between requests
		}
		request, err := readRequest(reader)
		if err != nil {
			u.t.Errorf("what the upstream got is not a request: %v", err)
			return
		}
		u.mu.Lock()
		u.requests = append(u.requests, request)
		u.mu.Unlock()
		if !u.reply(c, request) {
			return
		}
	}
}

// take returns the requests since the last time.
func (u *upstream) take() []received {
	u.mu.Lock()
	defer u.mu.Unlock()
	requests := u.requests
	u.requests, u.bytes = nil, 0
	return requests
}

// takeOne returns the only request since the last time.
func (u *upstream) takeOne(t testing.TB) received {
	t.Helper()
	requests := u.take()
	if len(requests) != 1 {
		t.Fatalf("the upstream got %d requests, want 1", len(requests))
	}
	return requests[0]
}

// checkUntouched fails if a single byte has arrived since the last time.
func (u *upstream) checkUntouched(t testing.TB) {
	t.Helper()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.bytes != 0 || len(u.requests) != 0 {
		t.Errorf("the upstream got %d bytes and %d requests, want nothing", u.bytes, len(u.requests))
	}
	u.requests, u.bytes = nil, 0
}

type countingReader struct {
	net.Conn
	upstream *upstream
}

func (r countingReader) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.upstream.mu.Lock()
	r.upstream.bytes += n
	r.upstream.mu.Unlock()
	return n, err
}

func readRequest(reader *bufio.Reader) (received, error) {
	var r received
	var err error
	if r.line, err = readLine(reader); err != nil {
		return r, err
	}
	for {
		line, err := readLine(reader)
		if err != nil {
			return r, err
		}
		if line == "" {
			break
		}
		name, value, found := strings.Cut(line, ":")
		if !found || name == "" || strings.ContainsAny(name, " \t") {
			return r, fmt.Errorf("%q is not a header field", line)
		}
		r.fields = append(r.fields, headerField{http.CanonicalHeaderKey(name), strings.Trim(value, " \t")})
	}
	length := 0
	if values := r.values("Content-Length"); len(values) > 0 {
		if length, err = strconv.Atoi(values[0]); err != nil || len(values) > 1 {
			return r, fmt.Errorf("Content-Length is %q", values)
		}
	}
	if r.values("Transfer-Encoding") != nil {
		return r, fmt.Errorf("%s has a Transfer-Encoding", r.line)
	}
	r.body = make([]byte, length)
	_, err = io.ReadFull(reader, r.body)
	return r, err
}

func readLine(reader *bufio.Reader) (string, error) {
	line, err := reader.ReadString('\n')
	if err != nil {
		return "", err
	}
	text, found := strings.CutSuffix(line, "\r\n")
	if !found || strings.Contains(text, "\r") {
		return "", fmt.Errorf("the line %q does not end in CRLF", line)
	}
	return text, nil
}

// values are those of all fields of one name, in order.
func (r received) values(name string) []string {
	var values []string
	for _, f := range r.fields {
		if f.name == http.CanonicalHeaderKey(name) {
			values = append(values, f.value)
		}
	}
	return values
}

// checkFraming fails unless a registration came as the contract's section 5
// says: one unambiguous length, and nothing that was true of another body.
func (r received) checkFraming(t testing.TB) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Length": strconv.Itoa(len(r.body)),
		"Content-Type":   "application/json",
	} {
		if values := r.values(name); len(values) != 1 || values[0] != want {
			t.Errorf("the upstream got %s %q, want %q once", name, values, want)
		}
	}
	for _, name := range []string{
		"Transfer-Encoding", "Trailer", "Expect", "Content-Encoding", "Upgrade", "Http2-Settings",
		"Digest", "Content-Digest", "Repr-Digest", "Content-Md5",
	} {
		if values := r.values(name); values != nil {
			t.Errorf("the upstream got %s %q, want none", name, values)
		}
	}
}
