package load

import (
	"bufio"
	"net"
	"strconv"
)

const answer = `{"success":true}`

// StartUpstream answers every request with a small JSON document, having read
// its body, until it is closed.
func StartUpstream() (net.Listener, error) {
	upstream, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			conn, err := upstream.Accept()
			if err != nil {
				return // it is closed
			}
			go serve(conn)
		}
	}()
	return upstream, nil
}

func serve(conn net.Conn) {
	defer conn.Close()
	requests := bufio.NewReaderSize(conn, 4<<10)
	whole := []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(answer)) + "\r\n\r\n" + answer)
	for {
		if _, err := requests.ReadSlice('\n'); err != nil {
			return
		}
		length, _, err := readHeader(requests)
		if err != nil {
			return
		}
		if _, err := requests.Discard(length); err != nil {
			return
		}
		if _, err := conn.Write(whole); err != nil {
			return
		}
	}
}
