package e2e

import (
	"net"
	"sync"
	"testing"
)

// breaker is a TCP proxy that breaks what passes through it, when it is told to.
type breaker struct {
	address string

	target   string
	listener net.Listener

	mu          sync.Mutex
	changed     *sync.Cond // something below has
	closed      bool
	held        [2]bool // directions in which nothing passes
	received    [2]int  // how often something came in a direction
	left        int     // octets of answers that still pass; negative: all
	breakOff    func(net.Conn)
	connections map[net.Conn]bool
}

type direction int

const (
	requests direction = iota // to the target
	answers                   // from the target
)

func startBreaker(t testing.TB, target string) *breaker {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &breaker{
		address:     listener.Addr().String(),
		target:      target,
		listener:    listener,
		left:        -1,
		connections: make(map[net.Conn]bool),
	}
	b.changed = sync.NewCond(&b.mu)
	go b.accept()
	t.Cleanup(b.refuse)
	return b
}

// refuse ends all connections and refuses new ones.
func (b *breaker) refuse() {
	b.listener.Close()
	b.change(func() {
		b.closed = true
		for c := range b.connections {
			c.Close()
		}
	})
}

// hold stops what comes in a direction, without closing anything.
func (b *breaker) hold(way direction) { b.change(func() { b.held[way] = true }) }

// pass lets go on what was held, even where the sender has gone.
func (b *breaker) pass() { b.change(func() { b.held = [2]bool{} }) }

// cut has all answers together end after so many octets, in that way.
func (b *breaker) cut(after int, how func(net.Conn)) {
	b.change(func() { b.left, b.breakOff = after, how })
}

// count is how often something came in a direction, whether it passed or not.
func (b *breaker) count(way direction) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.received[way]
}

func (b *breaker) change(what func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	what()
	b.changed.Broadcast()
}

func (b *breaker) accept() {
	for {
		client, err := b.listener.Accept()
		if err != nil {
			return
		}
		go b.serve(client)
	}
}

func (b *breaker) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", b.target)
	if err != nil {
		return
	}
	defer server.Close()
	b.change(func() { b.connections[client], b.connections[server] = true, true })
	var relaying sync.WaitGroup
	relaying.Go(func() { b.relay(client, server, requests) })
	relaying.Go(func() { b.relay(server, client, answers) })
	relaying.Wait()
	b.change(func() {
		delete(b.connections, client)
		delete(b.connections, server)
	})
}

// relay hands on what comes from one side, until that ends or is cut.
func (b *breaker) relay(from, to net.Conn, way direction) {
	buffer := make([]byte, 16<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			passing, breakOff := b.admit(way, n)
			_, _ = to.Write(buffer[:passing]) // who has gone misses it
			if breakOff != nil {
				breakOff(to)
				to.Close()
				from.Close()
				return
			}
		}
		if err != nil {
			_ = to.(*net.TCPConn).CloseWrite()
			return
		}
	}
}

// admit waits while the direction is held, and tells how much passes, and how
// the connection ends then: nil if it goes on.
func (b *breaker) admit(way direction, n int) (int, func(net.Conn)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.received[way]++
	for b.held[way] && !b.closed {
		b.changed.Wait()
	}
	if way == requests || b.left < 0 {
		return n, nil
	}
	if n <= b.left {
		b.left -= n
		return n, nil
	}
	n, b.left = b.left, 0
	return n, b.breakOff
}
