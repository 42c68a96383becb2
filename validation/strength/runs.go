package strength

import "unicode/utf8"

// run watches for one kind of run, of which every part that is long enough is a
// piece of the same points. It takes the best of all parts that end at a place
// without trying them one by one: as a run grows, so does the window of places
// where a part of it can start, and only the newest of them is compared.
type run struct {
	least  int // characters
	points int
	kind   Kind

	start int // place where the run began
	seen  int // the places before this one have been compared
	from  int // the cheapest of them
}

// begin makes a new run start at a place.
func (r *run) begin(place int) {
	r.start, r.seen = place, place
}

// beginAfter makes the run start at a place at the earliest.
func (r *run) beginAfter(place int) {
	if r.start < place {
		r.begin(place)
	}
}

// end offers the best part of the run that ends at a place, if it is long enough.
func (r *run) end(c *cover, place int) {
	if place-r.start >= r.least {
		r.offer(c, place)
	}
}

// offer offers the best part of a run that is long enough.
func (r *run) offer(c *cover, place int) {
	for newest := place - r.least; r.seen <= newest; r.seen++ {
		if r.seen == r.start || c.cost[r.seen] < c.cost[r.from] {
			r.from = r.seen
		}
	}
	c.offer(r.from, place, r.points, r.kind)
}

// runs watches for all kinds of runs.
type runs struct {
	digits run

	// One character again and again, sequences of regular shift, and longer ones of any.
	same, sameMixed, step1, step1Mixed, step2 run

	step rune // between the last two characters
}

func newRuns() runs {
	return runs{
		digits: run{least: 3, points: 2, kind: KindNumber},

		same:       run{least: 3, points: 1, kind: KindRepetition},
		sameMixed:  run{least: 4, points: 1, kind: KindRepetition},
		step1:      run{least: 3, points: 1, kind: KindSequence},
		step1Mixed: run{least: 5, points: 1, kind: KindSequence},
		step2:      run{least: 4, points: 1, kind: KindSequence},
	}
}

// end offers the runs that end at a place, which is not the first.
func (r *runs) end(c *cover, place int) {
	now := c.text[place-1]
	if !isDigit(now) {
		r.digits.begin(place)
	}
	if place > 1 {
		r.compare(c.text[place-2], now, place)
		r.compareShift(c.shifted[place-2], c.shifted[place-1], place)
	}
	if kind, is := filler(c, place); is {
		c.offer(place-2, place, fillerPoints, kind)
	}
	for _, each := range [...]*run{&r.same, &r.sameMixed, &r.step1, &r.step1Mixed, &r.step2, &r.digits} {
		each.end(c, place)
	}
}

// fillerPoints are those of two Latin letters, a capital and a small one.
const fillerPoints = 1

// filler tells whether two Latin letters end at a place that are there because a
// password must have some in both cases, and what kind of piece they are: Aa or aA,
// and any two beside letters of another script.
func filler(c *cover, place int) (Kind, bool) {
	if place < 2 || c.shifted[place-2] == c.shifted[place-1] {
		return plain, false
	}
	first, second := c.text[place-2], c.text[place-1]
	if first == 'a' && second == 'a' {
		return KindRepetition, true
	}
	return plain, c.foreign && isLetter(first) && isLetter(second)
}

// compare makes a new run begin where the last two characters break one.
func (r *runs) compare(before, now rune, place int) {
	if before != now {
		r.same.begin(place - 1)
		r.sameMixed.begin(place - 1)
	}
	step := stepBetween(before, now)
	if step != r.step {
		r.step1.begin(place - 2)
		r.step1Mixed.begin(place - 2)
		r.step2.begin(place - 2)
	}
	if step != 1 && step != -1 {
		r.step1.begin(place - 1)
		r.step1Mixed.begin(place - 1)
	}
	if step != 2 && step != -2 {
		r.step2.begin(place - 1)
	}
	r.step = step
}

// compareShift makes a new run begin where the shift key breaks a regular one:
// people hold it all the time, never, or for the first character only. In random
// characters, short runs that do so are rare, others are not.
func (r *runs) compareShift(before, now bool, place int) {
	if before == now {
		return
	}
	for _, each := range [...]*run{&r.same, &r.step1, &r.step2} {
		each.beginAfter(regularStart(before, place))
	}
}

// regularStart returns where a run in regular shift can start at the earliest that
// ends at a place, when its last two characters are not shifted alike and the one
// before the last is shifted or not.
func regularStart(before bool, place int) int {
	if before {
		return place - 2
	}
	return place - 1
}

// stepBetween returns the distance from one letter or digit to another of its
// class, 0 when there is none.
func stepBetween(a, b rune) rune {
	sameClass := isDigit(a) && isDigit(b) || isLetter(a) && isLetter(b) ||
		a >= utf8.RuneSelf && b >= utf8.RuneSelf && !isSymbol(a) && !isSymbol(b)
	if !sameClass {
		return 0
	}
	return b - a
}
