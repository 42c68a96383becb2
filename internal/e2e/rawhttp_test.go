package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// endpoint is a tenant's path for registrations.
const endpoint = "/api/v6/services/usermanagement/register-customer"

// goodHeaders are the lines that the contract asks of every client.
const goodHeaders = "Host: gate.example\r\nContent-Type: application/json\r\nplatform: fincode\r\nuuid: 200\r\n"

// rawPost is a registration with further header lines and its length.
func rawPost(lines, body string) string {
	return "POST " + endpoint + " HTTP/1.1\r\n" + goodHeaders + lines +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) + body
}

// rawChunked is a registration in chunks with further header lines; whatever
// follows the last chunk's size, such as trailers, is the caller's.
func rawChunked(lines, chunks string) string {
	return "POST " + endpoint + " HTTP/1.1\r\n" + goodHeaders + lines + "Transfer-Encoding: chunked\r\n\r\n" + chunks
}

// chunks cuts a body into two chunks, with an extension behind their sizes and
// without the last one.
func chunks(body, extension string) string {
	half := len(body) / 2
	return fmt.Sprintf("%x%s\r\n%s\r\n%X%[2]s\r\n%[5]s\r\n", half, extension, body[:half], len(body)-half, body[half:])
}

// rawConnection is a client without an HTTP library's manners.
type rawConnection struct {
	net.Conn
	t      testing.TB
	reader *bufio.Reader
}

// answer is what a client got.
type answer struct {
	status int
	header http.Header
	body   string
}

func dialRaw(t testing.TB, address string) *rawConnection {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return &rawConnection{Conn: c, t: t, reader: bufio.NewReader(c)}
}

func (c *rawConnection) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatal(err)
	}
}

// endSending tells the gateway that no more will come.
func (c *rawConnection) endSending() {
	c.t.Helper()
	if err := c.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		c.t.Fatal(err)
	}
}

// read returns the next answer, be it an interim one.
func (c *rawConnection) read() answer {
	c.t.Helper()
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		c.t.Fatalf("reading an answer: %v", err)
	}
	got, err := readAnswer(response)
	if err != nil {
		c.t.Fatalf("reading an answer's body: %v", err)
	}
	return got
}

func readAnswer(response *http.Response) (answer, error) {
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body)}, err
}

// exchange sends bytes on a connection of their own and returns the first
// answer.
func exchange(t testing.TB, address, text string) answer {
	t.Helper()
	c := dialRaw(t, address)
	defer c.Close()
	c.send(text)
	return c.read()
}

// check fails unless an answer has the status and, in its body, every text.
func (a answer) check(t testing.TB, status int, texts ...string) {
	t.Helper()
	if a.status != status {
		t.Fatalf("the answer is %d %s, want %d", a.status, a.body, status)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("the answer is %s, want %s in it", a.body, text)
		}
	}
}
