// Package load makes load: whole requests, made beforehand, over connections
// that are kept. It leaves as much of the CPUs as it can to the server that is
// under load on the same machine, which a client of net/http would not.
package load

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"time"
)

// patience is how long an answer may take.
const patience = 30 * time.Second

// client sends one request after the other, from an address of its own.
type client struct {
	from, to string
	conn     net.Conn // nil while there is none
	answers  *bufio.Reader
}

// do sends a request and returns the status of its answer.
func (c *client) do(request []byte) (int, error) {
	if err := c.connect(); err != nil {
		return 0, err
	}
	status, keep, err := c.exchange(request)
	if err != nil || !keep {
		c.close()
	}
	return status, err
}

func (c *client) connect() error {
	if c.conn != nil {
		return nil
	}
	dialer := net.Dialer{Timeout: patience, LocalAddr: &net.TCPAddr{IP: net.ParseIP(c.from)}}
	conn, err := dialer.Dial("tcp", c.to)
	if err != nil {
		return err
	}
	c.conn, c.answers = conn, bufio.NewReaderSize(conn, 2<<10)
	return nil
}

func (c *client) close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

func (c *client) exchange(request []byte) (status int, keep bool, err error) {
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, false, err
	}
	if _, err := c.conn.Write(request); err != nil {
		return 0, false, err
	}
	return c.answer()
}

var (
	errAnswer    = errors.New("the answer is not one of HTTP/1.1 with a Content-Length")
	statusBegins = len("HTTP/1.1 ")
	statusEnds   = statusBegins + len("200")
)

func (c *client) answer() (status int, keep bool, err error) {
	line, err := c.answers.ReadSlice('\n')
	if err != nil {
		return 0, false, err
	}
	if len(line) < statusEnds {
		return 0, false, errAnswer
	}
	status, err = strconv.Atoi(string(line[statusBegins:statusEnds]))
	if err != nil {
		return 0, false, errAnswer
	}
	length, keep, err := readHeader(c.answers)
	if err != nil {
		return 0, false, err
	}
	_, err = c.answers.Discard(length)
	return status, keep, err
}

// readHeader reads the fields of a message and returns the length of its body,
// and whether the connection is kept behind it.
func readHeader(r *bufio.Reader) (length int, keep bool, err error) {
	length, keep = -1, true
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, false, noEOF(err)
		}
		name, value, found := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case !found && length < 0:
			return 0, false, errAnswer
		case !found:
			return length, keep, nil
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, false, errAnswer
			}
		case bytes.EqualFold(name, []byte("Connection")):
			keep = !bytes.EqualFold(value, []byte("close"))
		}
	}
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
