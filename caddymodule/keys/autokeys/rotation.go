package autokeys

import "time"

// A rotation is the plan by which the keys of a tenant succeed each other. All
// that it says follows from when the keys come into use, which is part of their
// names in the storage, and the time.
type rotation struct {
	every   time.Duration // 0 for never
	overlap time.Duration
}

const (
	maxTolerance = 10 * time.Minute
	minInterval  = time.Second
	maxInterval  = time.Minute
)

// tolerance is how far the clocks of gateways may differ.
func (r rotation) tolerance() time.Duration { return min(r.every/4, maxTolerance) }

// interval is how long to wait between two looks at the storage. A gateway that
// does not rotate looks as well: another one might.
func (r rotation) interval() time.Duration {
	if r.every == 0 {
		return maxInterval
	}
	return min(max(r.tolerance()/5, minInterval), maxInterval)
}

// notice is how long before it comes into use a key is stored at least. An
// interval later all gateways have it, and no clock is so fast that a client
// was given it by then.
func (r rotation) notice() time.Duration { return r.tolerance() + r.interval() }

// due reports whether it is time to make the next key: an interval early, so
// that no look comes too late for the notice.
func (r rotation) due(newest, now time.Time) bool {
	return r.every > 0 && !now.Before(newest.Add(r.every-r.notice()-r.interval()))
}

// stalled reports whether the newest key comes into use later than any gateway
// with these options can have planned. None is made until then.
func (r rotation) stalled(newest, now time.Time) bool {
	return r.every > 0 && newest.After(now.Add(r.every))
}

// next is when a key made now would come into use.
func (r rotation) next(newest, now time.Time) time.Time {
	planned, earliest := newest.Add(r.every), now.Add(r.notice())
	if planned.Before(earliest) {
		planned = earliest
	}
	return wholeSecond(planned.Add(time.Second - 1)) // the first one that is not before
}

// wholeSecond is a time as the name of a key can tell it.
func wholeSecond(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// notAfter is when the i-th of the keys is going to stop decrypting, which for
// the last one is only a plan. The keys are in the order in which they come into
// use.
func (r rotation) notAfter(stored []storedKey, i int, now time.Time) time.Time {
	if i+1 < len(stored) {
		return stored[i+1].notBefore.Add(r.overlap)
	}
	if r.every == 0 {
		return time.Time{}
	}
	return r.next(stored[i].notBefore, now).Add(r.overlap)
}

// over reports whether the i-th of the keys has stopped decrypting.
func (r rotation) over(stored []storedKey, i int, now time.Time) bool {
	return i+1 < len(stored) && !now.Before(r.notAfter(stored, i, now))
}
