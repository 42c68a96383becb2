package uniqueness

import (
	"net/netip"
	"slices"
)

// maxWaiting is how many registrations wait at a time. At 20 ms each, that is
// 20 seconds: longer than people do.
const maxWaiting = 1000

// A fairLine is where registrations wait for their turns: each client's in the order in
// which they come, and the clients' one after the other, so that nobody waits longer
// because another client sends many.
type fairLine struct {
	waiting int
	clients map[netip.Addr]*client
	order   []*client // who is called next, of those who wait
}

// A client has places in a line, at least one.
type client struct {
	addr   netip.Addr
	places []*place
}

// A place belongs to one registration.
type place struct {
	client *client    // nil for one that is not in the line any more
	called chan error // is told once: nil for a turn
}

// stand takes the last place of a client. When the line is full, who has the most
// places there loses the last of them.
func (l *fairLine) stand(addr netip.Addr) *place {
	c, found := l.clients[addr]
	if !found {
		if l.clients == nil {
			l.clients = make(map[netip.Addr]*client)
		}
		c = &client{addr: addr}
		l.clients[addr] = c
		l.order = append(l.order, c)
	}
	p := &place{client: c, called: make(chan error, 1)}
	c.places = append(c.places, p)
	if l.waiting++; l.waiting > maxWaiting {
		l.turnAway(l.longest())
	}
	return p
}

func (l *fairLine) longest() *client {
	return slices.MaxFunc(l.order, func(a, b *client) int { return len(a.places) - len(b.places) })
}

func (l *fairLine) turnAway(c *client) {
	last := c.places[len(c.places)-1]
	l.leave(last)
	last.called <- errCrowded
}

// leave gives a place up, and reports whether it was still in the line.
func (l *fairLine) leave(p *place) bool {
	c := p.client
	if c == nil {
		return false
	}
	p.client = nil
	l.waiting--
	i := slices.Index(c.places, p)
	if c.places = slices.Delete(c.places, i, i+1); len(c.places) == 0 {
		delete(l.clients, c.addr)
		l.order = slices.DeleteFunc(l.order, func(other *client) bool { return other == c })
	}
	return true
}

// callNext gives the next one its turn, and reports whether there was one.
func (l *fairLine) callNext() bool {
	if len(l.order) == 0 {
		return false
	}
	c := l.order[0]
	next := c.places[0]
	if l.leave(next); len(c.places) > 0 {
		l.order = append(l.order[1:], c)
	}
	next.called <- nil
	return true
}
