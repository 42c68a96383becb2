package attempts

import "time"

// maxEntries is how many addresses and accounts are remembered, in some 8 MiB.
const maxEntries = 1 << 16

// A table counts failures in memory of a bounded size. When it is full, the least of
// a few entries makes room for a new one: what has failed more often than most stays,
// however many others are made to fail once.
type table struct {
	entries map[tag]*entry
	room    int
}

// An entry is what is known of one address or account.
type entry struct {
	until    time.Time // when its window is over
	failures int       // in the window
	unsent   int       // those of them that nobody else knows of
	pending  int       // attempts that are not over
}

// candidates is how many entries are looked at to find the least.
const candidates = 16

func newTable(room int) *table { return &table{entries: make(map[tag]*entry), room: room} }

// crowded is what one waits for others' attempts to end.
const crowded = time.Second

// wait is the longest that any of the subjects makes one wait.
func (t *table) wait(subjects []subject, limit int, now time.Time) (wait time.Duration) {
	for _, s := range subjects {
		e := t.entries[s.tag]
		switch {
		case e == nil:
		case e.failuresAt(now) >= limit:
			wait = max(wait, e.until.Sub(now))
		case e.failuresAt(now)+e.pending >= limit:
			wait = max(wait, crowded)
		}
	}
	return wait
}

func (t *table) begin(s tag, now time.Time) { t.entry(s, now).pending++ }

// entry returns that of a subject, which there is then.
func (t *table) entry(s tag, now time.Time) *entry {
	e := t.entries[s]
	if e == nil {
		t.makeRoom(now)
		e = new(entry)
		t.entries[s] = e
	}
	return e
}

// set has so many failures count until a time, beside those that only this table has.
func (t *table) set(s tag, failures int, now, until time.Time) {
	e := t.entries[s]
	if failures > 0 {
		e = t.entry(s, now)
	}
	if e == nil {
		return
	}
	if e.failuresAt(now) == 0 {
		e.unsent = 0
	}
	e.failures = failures + e.unsent
	if e.unsent == 0 || until.After(e.until) {
		e.until = until
	}
}

// keep notes that nobody else knows of a failure.
func (t *table) keep(s tag) {
	if e := t.entries[s]; e != nil {
		e.unsent++
	}
}

func (t *table) failed(s tag, now time.Time, window time.Duration) {
	e := t.entries[s]
	e.pending--
	if e.failuresAt(now) == 0 {
		e.failures, e.unsent, e.until = 0, 0, now.Add(window)
	}
	e.failures++
}

func (t *table) forget(s tag) {
	e := t.entries[s]
	e.failures, e.unsent = 0, 0
	t.abandon(s)
}

func (t *table) abandon(s tag) {
	e := t.entries[s]
	e.pending--
	if e.pending == 0 && e.failures == 0 {
		delete(t.entries, s)
	}
}

// makeRoom makes room for one more entry. Those with an attempt that is not over stay,
// of which there are no more than requests.
func (t *table) makeRoom(now time.Time) {
	if len(t.entries) < t.room {
		return
	}
	var least tag
	var found *entry
	looked := 0
	for s, e := range t.entries { // which begins anywhere
		if e.pending == 0 && (found == nil || e.less(found, now)) {
			least, found = s, e
		}
		if looked++; looked >= candidates && found != nil {
			break
		}
	}
	if found != nil {
		delete(t.entries, least)
	}
}

// less reports whether an entry is of less use than another.
func (e *entry) less(other *entry, now time.Time) bool {
	mine, others := e.failuresAt(now), other.failuresAt(now)
	return mine < others || mine == others && e.until.Before(other.until)
}

// failuresAt is how many failures count.
func (e *entry) failuresAt(now time.Time) int {
	if !now.Before(e.until) {
		return 0
	}
	return e.failures
}
