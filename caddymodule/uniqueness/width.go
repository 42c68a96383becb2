package uniqueness

import "time"

// A width is how many registrations the customer service works on without letting
// any of them wait, as far as that has been seen: what they take together is
// compared with what one takes alone. It grows by a quarter while nobody waits
// there, and falls to what the service can do when they do.
type width struct {
	more int // beyond the one turn that there always is

	alone time.Duration // what one takes alone, smoothed; 0 as long as none was
	round round         // of those since the width was judged last
	rest  int           // rounds in which it does not grow
}

const (
	// maxWidth bounds what a gate does at once: 256 in 50 ms are 5,000 a second.
	maxWidth = 256

	// roundSize is how many visits are judged together: fewer say little about a
	// service whose times vary.
	roundSize = 32

	// waitingSign is by how much longer they take when they wait for each other. A
	// service whose times are spread out exponentially shows as much by chance in
	// one round of forty.
	waitingSign = 1.5

	// restRounds is how long the width rests after it has grown too far, so that a
	// burst is not spent on trying.
	restRounds = 16

	// smoothing is how many visits the time of one alone is an average of, roughly.
	smoothing = 16
)

// A visitTime is how long the customer service took over one registration.
type visitTime struct {
	took    time.Duration
	alone   bool // there was no other at any time
	company int  // how many there were at its end, itself included
	crowded bool // all turns were with the service then, and somebody waited for one
}

// A round adds up visits.
type round struct {
	visits, crowded, company int
	took                     time.Duration
}

func (w *width) turns() int { return 1 + w.more }

// learn takes in a visit. One that was neither beside others nor in the way of any
// says nothing about how many there can be.
func (w *width) learn(v visitTime) {
	if v.alone {
		w.learnAlone(v.took)
	}
	if v.alone && !v.crowded {
		return
	}
	w.round.add(v)
	if w.round.visits == roundSize {
		w.judge(w.round)
		w.round = round{}
	}
}

func (w *width) learnAlone(took time.Duration) {
	if w.alone == 0 {
		w.alone = took
	}
	w.alone += (took - w.alone) / smoothing
}

func (r *round) add(v visitTime) {
	r.visits++
	r.took += v.took
	r.company += v.company
	if v.crowded {
		r.crowded++
	}
}

func (w *width) judge(r round) {
	slower := float64(r.took) / float64(roundSize) / float64(max(1, w.alone))
	switch {
	case slower > waitingSign:
		company := float64(r.company) / roundSize
		w.set(int(company / slower)) // by Little's law, how many are worked on
		w.rest = restRounds
	case w.rest > 0:
		w.rest--
	case r.crowded >= roundSize/2:
		w.set(w.turns() + max(1, w.turns()/4))
	}
}

func (w *width) set(turns int) { w.more = min(max(turns, 1), maxWidth) - 1 }
