package strength

// keyRun watches for a run of keys of which each lies to the next in one way, on
// one keyboard at least.
type keyRun struct {
	run
	way   int
	on    layouts // the keyboards that count
	fit   layouts // those of them that explain the run
	plain bool    // whether the run must be in regular shift
}

// extend makes the run end at a place, or a new one that is as long as possible.
func (r *keyRun) extend(w *walks, place int) {
	if fit := r.fit & w.close[place-1][r.way]; fit != 0 {
		r.fit = fit
		return
	}
	start, fit := place-1, r.on
	for start > r.start && fit&w.close[start][r.way] != 0 {
		fit &= w.close[start][r.way]
		start--
	}
	r.fit = fit
	r.begin(start)
}

// Runs of keys, by their number in walks.
const (
	right3 = iota // straight along a row
	left3
	right4
	left4
	down3 // straight along a column
	up3
	down4
	up4
	column3 // in a column, in any order
	column4
	strip6 // in a column and those beside it
	walk4  // over neighbouring keys
	walk5
	walk6

	keyRuns
)

// walks watches for all kinds of runs of keys.
type walks struct {
	length  int // of the stretch of keys each of which goes on in a way of the one before
	runs    [keyRuns]keyRun
	close   [maxChars]closeness // of each character and the one before it
	chained [maxChars + 1]uint8 // how long the longest chain of straight runs is that ends at a place
}

// newKeyRuns are the runs of keys before the first character. Runs along a row or a
// column are looked for on every keyboard. Walks that turn would be chance on so
// many together.
var newKeyRuns = func() (all [keyRuns]keyRun) {
	for number, r := range [keyRuns]struct {
		way, least, points int
		on                 layouts
		plain              bool
	}{
		right3:  {rightward, 3, 1, usLayout, true},
		left3:   {leftward, 3, 1, usLayout, true},
		right4:  {rightward, 4, 1, everyLayout, false},
		left4:   {leftward, 4, 1, everyLayout, false},
		down3:   {downward, 3, 2, everyLayout, false},
		up3:     {upward, 3, 2, everyLayout, false},
		down4:   {downward, 4, 1, everyLayout, false},
		up4:     {upward, 4, 1, everyLayout, false},
		column3: {inColumn, 3, 2, usLayout, true},
		column4: {inColumn, 4, 1, usLayout, true},
		strip6:  {inStrip, 6, 2, usLayout, true},
		walk4:   {near, 4, 2, usLayout, false},
		walk5:   {touching, 5, 1, usLayout, true},
		walk6:   {near, 6, 2, usual, false},
	} {
		all[number] = keyRun{
			run: run{least: r.least, points: r.points, kind: KindKeyboard},
			way: r.way, on: r.on, plain: r.plain,
		}
	}
	return all
}()

// start begins to watch.
func (w *walks) start() {
	w.length, w.chained = 1, [maxChars + 1]uint8{}
}

// end offers the runs that end at a place, which is behind two characters or more.
// Few characters are close to the one before, and three in a row hardly any.
func (w *walks) end(c *cover, place int) {
	between, are := c.keyboard.between(c.typed[place-2], c.typed[place-1])
	if !are {
		w.length = 1
		return
	}
	w.close[place-1] = *between
	if w.length > 1 && !between.goesOn(&w.close[place-2]) {
		w.length = 1
	}
	switch w.length++; {
	case w.length < leastStraight:
		return
	case w.length == leastStraight:
		w.wake(place - leastStraight)
		w.extend(c, place-1)
	}
	w.extend(c, place)
	for i := range w.runs {
		w.runs[i].end(c, place)
	}
	w.chain(c, place)
}

// wake makes all runs begin at a place.
func (w *walks) wake(place int) {
	w.runs = newKeyRuns
	for i := range w.runs {
		w.runs[i].begin(place)
		w.runs[i].fit = w.runs[i].on
	}
}

// extend makes the runs end at a place.
func (w *walks) extend(c *cover, place int) {
	for i := range w.runs {
		w.runs[i].extend(w, place)
	}
	w.compareShift(c.shifted[place-2], c.shifted[place-1], place)
}

// compareShift makes a new run begin where the shift key breaks one that must be
// regular: see runs.compareShift. Four keys that are not in a row are too common
// even so when the first one is shifted.
func (w *walks) compareShift(before, now bool, place int) {
	if before == now {
		return
	}
	w.runs[walk4].beginAfter(place - 1)
	for i := range w.runs {
		if w.runs[i].plain {
			w.runs[i].beginAfter(regularStart(before, place))
		}
	}
}

const (
	leastStraight = 3 // keys of a straight run in a chain
	mostStraight  = 5 // columns have four; rows that are longer count for themselves
	chainPoints   = 2

	separatorPoints = 1 // of a character between two runs
)

// chain offers chains of straight runs along rows or columns, in whatever shift:
// nobody goes up or down one column by chance and then another one.
func (w *walks) chain(c *cover, place int) {
	for _, straight := range [...]*keyRun{&w.runs[right4], &w.runs[left4], &w.runs[down3], &w.runs[up3]} {
		for start := max(straight.start, place-mostStraight); start <= place-leastStraight; start++ {
			length := w.chained[start] + uint8(place-start)
			w.chained[place] = max(w.chained[place], length)
			if w.chained[start] > 0 {
				c.offer(place-int(length), place, chainPoints, KindKeyboard)
			}
			if start > 0 && w.chained[start-1] > 0 {
				c.offer(start-1-int(w.chained[start-1]), place, chainPoints+separatorPoints, KindKeyboard)
			}
		}
	}
}
