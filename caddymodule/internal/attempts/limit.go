// Package attempts bounds how often somebody may fail to say a secret: from one
// network address, and about one account, whether there is such an account or not.
package attempts

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/subnet"
)

// A Limit is how many attempts may fail in a window of time. The zero value is no
// limit.
type Limit struct {
	// Count is how many may; 0 is no limit.
	Count int

	// Window begins with the first failure. When it is over, counting begins anew.
	Window time.Duration
}

// Who is whose failures are counted.
type Who struct {
	// Client is where the attempt comes from: failures are counted for an IPv4
	// address, and for the /64 of an IPv6 address. They are not where it is invalid.
	Client netip.Addr

	// Tenant and Account are whose secret is tried. Accounts that some database takes for
	// one are one: case, accents and width do not matter.
	// Failures are not counted for an empty account.
	Tenant, Account string
}

// Wait is how long an attempt has to wait, 0 where it may be made now.
func (l Limit) Wait(who Who, now time.Time) time.Duration {
	if l.Count == 0 {
		return 0
	}
	m := process()
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counts.wait(m.subjects(l, who), l.Count, now)
}

// Begin notes an attempt that is being made, which is one of those that may fail
// until it is over: otherwise any number could be made at once. The caller ends it.
// Where one has to wait, there is no attempt.
//
// Where failures are counted elsewhere, too, those count; a counter that does not
// answer is done without.
func (l Limit) Begin(ctx context.Context, who Who, elsewhere Counter, now time.Time) (*Attempt, time.Duration) {
	if l.Count == 0 {
		return nil, 0
	}
	m := process()
	subjects := m.subjects(l, who)
	m.learn(ctx, elsewhere, subjects, now)
	m.mu.Lock()
	defer m.mu.Unlock()
	if wait := m.counts.wait(subjects, l.Count, now); wait > 0 {
		return nil, wait
	}
	for _, s := range subjects {
		m.counts.begin(s.tag, now)
	}
	return &Attempt{memory: m, limit: l, subjects: subjects, ctx: context.WithoutCancel(ctx), elsewhere: elsewhere}, 0
}

// learn takes over what is counted elsewhere.
func (m *memory) learn(ctx context.Context, elsewhere Counter, subjects []subject, now time.Time) {
	if elsewhere == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, s := range subjects {
		n, left, err := elsewhere.Count(ctx, s.parts...)
		if err != nil {
			continue
		}
		m.mu.Lock()
		m.counts.set(s.tag, n, now, now.Add(left))
		m.mu.Unlock()
	}
}

// patience is how long counters elsewhere may take for all that is asked of them at once.
const patience = time.Second

// A Counter counts failures for several gateways. It is safe for concurrent use.
type Counter interface {
	// Count returns how many there are of a subject, and how long they count.
	Count(ctx context.Context, subject ...string) (n int, left time.Duration, err error)

	// Add counts one more, which begins a window if none runs.
	Add(ctx context.Context, window time.Duration, subject ...string) error

	// Forget has none counted any more.
	Forget(ctx context.Context, subject ...string) error
}

// Attempt is one that is being made, by one goroutine. What is said of it first counts.
// A nil one is of no limit.
type Attempt struct {
	memory   *memory
	limit    Limit
	subjects []subject
	over     bool

	ctx       context.Context // of the request, but for its end
	elsewhere Counter         // nil where nobody else counts
}

// Failed counts it, for the address and the account.
func (a *Attempt) Failed(now time.Time) {
	a.end(func(s subject) { a.memory.counts.failed(s.tag, now, a.limit.Window) },
		func(ctx context.Context, s subject) {
			if a.elsewhere.Add(ctx, a.limit.Window, s.parts...) != nil {
				a.memory.keep(s)
			}
		})
}

// Succeeded forgets the failures of the account. Those of the address stay, or
// whoever has an account could guess at others for ever.
func (a *Attempt) Succeeded() {
	a.end(func(s subject) {
		if s.account {
			a.memory.counts.forget(s.tag)
		} else {
			a.memory.counts.abandon(s.tag)
		}
	}, func(ctx context.Context, s subject) {
		if s.account {
			_ = a.elsewhere.Forget(ctx, s.parts...) // or the window ends it
		}
	})
}

// Abandon is for one of which nobody learns whether it has failed.
func (a *Attempt) Abandon() {
	a.end(func(s subject) { a.memory.counts.abandon(s.tag) }, func(context.Context, subject) {})
}

func (a *Attempt) end(here func(subject), elsewhere func(context.Context, subject)) {
	if a == nil || a.over {
		return
	}
	a.over = true
	a.endHere(here)
	if a.elsewhere == nil {
		return
	}
	ctx, cancel := context.WithTimeout(a.ctx, patience)
	defer cancel()
	for _, s := range a.subjects {
		elsewhere(ctx, s)
	}
}

func (a *Attempt) endHere(each func(subject)) {
	a.memory.mu.Lock()
	defer a.memory.mu.Unlock()
	for _, s := range a.subjects {
		each(s)
	}
}

// keep notes that only this process knows of a failure.
func (m *memory) keep(s subject) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts.keep(s.tag)
}

// memory is what is known of the failures in this process.
type memory struct {
	key [sha256.Size]byte

	mu     sync.Mutex // held for a few microseconds
	counts *table
}

// process is the memory of this process, which outlives configurations.
var process = sync.OnceValue(func() *memory {
	m := &memory{counts: newTable(maxEntries)}
	rand.Read(m.key[:]) // it never fails
	return m
})

// subject is an address or an account.
type subject struct {
	tag     tag
	account bool
	parts   []string // what it is called elsewhere
}

// tag is a keyed hash: no account is kept, and nobody can find two of the same one.
type tag [16]byte

func (m *memory) subjects(l Limit, who Who) []subject {
	var subjects []subject
	if who.Client.IsValid() {
		subjects = append(subjects, m.subject(l, false, "client", subnet.Of(who.Client).String()))
	}
	if who.Account != "" {
		subjects = append(subjects, m.subject(l, true, "account", who.Tenant, foldAccount(who.Account)))
	}
	return subjects
}

func (m *memory) subject(l Limit, account bool, parts ...string) subject {
	// Limits of another window count by themselves, elsewhere as well.
	parts = append([]string{l.Window.String()}, parts...)
	return subject{tag: m.tag(parts), account: account, parts: parts}
}

// tag names a subject. No part has a zero byte: an account with one is refused
// before.
func (m *memory) tag(parts []string) tag {
	mac := hmac.New(sha256.New, m.key[:])
	for _, part := range parts {
		mac.Write([]byte(part))
		mac.Write([]byte{0})
	}
	var t tag
	copy(t[:], mac.Sum(nil))
	return t
}
