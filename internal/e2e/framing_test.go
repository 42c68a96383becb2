package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestAcceptedFramings sends valid registrations in every framing that
// HTTP/1.1 has: the upstream gets one that cannot be misread.
func TestAcceptedFramings(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address})
	body := newCustomer().json()

	for name, request := range map[string]string{
		"content length":                 rawPost("", body),
		"content length twice, the same": rawPost(fmt.Sprintf("Content-Length: %d\r\n", len(body)), body),
		"largest body":                   rawPost("", body+strings.Repeat(" ", 64<<10-len(body))),
		"chunked":                        rawChunked("", chunks(body, "")+"0\r\n\r\n"),
		"chunked in capitals":            strings.Replace(rawChunked("", chunks(body, "")+"0\r\n\r\n"), "chunked", "CHUNKED", 1),
		"largest body in chunks":         rawChunked("", chunks(body+strings.Repeat(" ", 64<<10-len(body)), "")+"0\r\n\r\n"),
		"chunk extensions":               rawChunked("", chunks(body, `;name=value;other="quoted"`)+"0;last\r\n\r\n"),
		"chunked with announced trailer": rawChunked("Trailer: X-Checksum\r\n", chunks(body, "")+"0\r\nX-Checksum: abc\r\n\r\n"),
		"chunked with silent trailer":    rawChunked("", chunks(body, "")+"0\r\nX-Checksum: abc\r\nplatform: other\r\n\r\n"),
		"trailer accepted":               rawChunked("TE: trailers\r\n", chunks(body, "")+"0\r\n\r\n"),
		"chunked and content length":     rawChunked("Content-Length: 5\r\n", chunks(body, "")+"0\r\n\r\n"),
		"folded transfer encoding":       strings.Replace(rawChunked("", chunks(body, "")+"0\r\n\r\n"), ": chunked", ":\r\n chunked", 1),
		"folded header":                  rawPost("X-Folded: one\r\n two\r\n", body),
		"bare line feeds in the head":    strings.ReplaceAll(rawPost("", body), "\r\n", "\n"),
		"digests of the client's body":   rawPost("Digest: sha-256=AA==\r\nContent-MD5: AA==\r\nContent-Digest: sha-256=:AA==:\r\nRepr-Digest: sha-256=:AA==:\r\n", body),
		"charset":                        strings.Replace(rawPost("", body), "application/json", `application/json; charset="UTF-8"`, 1),
		"HTTP/1.0":                       strings.Replace(rawPost("", body), "HTTP/1.1", "HTTP/1.0", 1),
		"HTTP/1.0 without host":          strings.Replace(strings.Replace(rawPost("", body), "HTTP/1.1", "HTTP/1.0", 1), "Host: gate.example\r\n", "", 1),
		"absolute form":                  strings.Replace(rawPost("", body), "POST /", "POST http://gate.example/", 1),
		"hop-by-hop content type":        rawPost("Connection: Content-Type, Content-Length, platform, uuid\r\n", body),
		"upgrade to a web socket":        rawPost("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n", body),
		"upgrade to HTTP/2":              rawPost("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", body),
	} {
		t.Run(name, func(t *testing.T) {
			exchange(t, gate.address, request).check(t, 201, createdBody)
			got := up.takeOne(t)
			if want := "POST " + endpoint + " HTTP/1.1"; got.line != want {
				t.Errorf("the upstream got %q, want %q", got.line, want)
			}
			for name, want := range map[string]string{"Platform": "fincode", "Uuid": "200"} {
				if values := got.values(name); !slices.Equal(values, []string{want}) {
					t.Errorf("the upstream got %s %q, want %q", name, values, want)
				}
			}
			got.checkFraming(t)
			newCustomer().checkForwarded(t, got.body)
		})
	}
}

// TestHeadAsSent: the path, the query and the headers reach the upstream as
// the client wrote them.
func TestHeadAsSent(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address})
	target := endpoint + "?x=%2F%20&x=2&empty=&q=a+b"
	lines := "X-Latin: caf\xe9\r\nX-Utf8: caf\xc3\xa9\r\nX-Many: one\r\nX-Many: two, three\r\nX-Empty:\r\n" +
		"X-Folded: one\r\n\ttwo\r\nAuthorization: Bearer abc\r\nUser-Agent: app/1.0 (it's)\r\nAccept: */*\r\nCookie: a=b; c=d\r\n"
	request := strings.Replace(rawPost(lines, newCustomer().json()), endpoint, target, 1)

	exchange(t, gate.address, request).check(t, 201)
	got := up.takeOne(t)
	if want := "POST " + target + " HTTP/1.1"; got.line != want {
		t.Errorf("the upstream got %q, want %q", got.line, want)
	}
	for name, want := range map[string][]string{
		"Host":          {"gate.example"},
		"X-Latin":       {"caf\xe9"},
		"X-Utf8":        {"caf\xc3\xa9"},
		"X-Many":        {"one", "two, three"},
		"X-Empty":       {""},
		"X-Folded":      {"one two"},
		"Authorization": {"Bearer abc"},
		"User-Agent":    {"app/1.0 (it's)"},
		"Accept":        {"*/*"},
		"Cookie":        {"a=b; c=d"},
	} {
		if values := got.values(name); !slices.Equal(values, want) {
			t.Errorf("the upstream got %s %q, want %q", name, values, want)
		}
	}
}

// TestPipelining: requests that come in one packet are judged one by one.
func TestPipelining(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address})
	good := newCustomer().json()
	bad := newCustomer().with("role", "admin").json()

	client := dialRaw(t, gate.address)
	client.send(rawPost("", good) + rawPost("", bad) + rawChunked("", chunks(bad, "")+"0\r\n\r\n") +
		rawChunked("", chunks(good, "")+"0\r\nX-Trailer: 1\r\n\r\n"))
	for _, status := range []int{201, 422, 422, 201} {
		client.read().check(t, status)
	}
	requests := up.take()
	if len(requests) != 2 {
		t.Fatalf("the upstream got %d requests, want 2", len(requests))
	}
	for _, request := range requests {
		request.checkFraming(t)
		newCustomer().checkForwarded(t, request.body)
	}
}

// TestRequestBehindShortLength: what follows the declared length is a request
// of its own, and goes through the gate too.
func TestRequestBehindShortLength(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address})
	smuggled := rawPost("", newCustomer().with("role", "admin").json())

	client := dialRaw(t, gate.address)
	client.send(rawPost("", newCustomer().json()) + smuggled)
	client.read().check(t, 201)
	client.read().check(t, 422, `"/role"`)
	newCustomer().checkForwarded(t, up.takeOne(t).body)
}

// TestSlowBody: nothing goes on before the last byte has come.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address})
	request := rawPost("", newCustomer().json())

	client := dialRaw(t, gate.address)
	for i := range len(request) - 1 {
		client.send(request[i : i+1])
	}
	up.checkUntouched(t)
	client.send(request[len(request)-1:])
	client.read().check(t, 201)
	got := up.takeOne(t)
	got.checkFraming(t)
	newCustomer().checkForwarded(t, got.body)
}

// TestExpectContinue: a client that waits for the go-ahead gets it, unless
// what it declares is refused anyway.
func TestExpectContinue(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address})
	body := newCustomer().json()
	head, _, _ := strings.Cut(rawPost("Expect: 100-continue\r\n", body), "{")

	t.Run("go ahead", func(t *testing.T) {
		client := dialRaw(t, gate.address)
		client.send(head)
		client.read().check(t, 100)
		up.checkUntouched(t)
		client.send(body)
		client.read().check(t, 201)
		got := up.takeOne(t)
		got.checkFraming(t)
		newCustomer().checkForwarded(t, got.body)
	})
	for name, tc := range map[string]struct {
		replace, by string
		status      int
	}{
		"too large":           {fmt.Sprintf("Content-Length: %d", len(body)), "Content-Length: 65537", 413},
		"another media type":  {"application/json", "text/plain", 415},
		"header missing":      {"uuid: 200\r\n", "", 400},
		"another expectation": {"100-continue", "cake", 417},
	} {
		t.Run(name, func(t *testing.T) {
			client := dialRaw(t, gate.address)
			client.send(strings.Replace(head, tc.replace, tc.by, 1))
			client.read().check(t, tc.status) // and no 100 before it
			up.checkUntouched(t)
		})
	}
}
