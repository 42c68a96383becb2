package strength

// blocks watches for a block of characters that repeats the block before it, or whose
// keys are each one step from those before, in the same shift: Aa1!Bb2@.
type blocks [maxChars/2 + 1]likes

// likes counts how many of the last characters equal the one at a distance before them,
// and how many are one step from it.
type likes struct{ equal, stepped uint8 }

// leastStepped is the length of the shortest block of steps, in characters: random keys
// take two by chance.
const leastStepped = 3

// end offers the repeated blocks that end at a place.
func (b *blocks) end(c *cover, place int) {
	last, shifted := c.text[place-1], c.shifted[place-1]
	steps := c.keyboard.stepsFrom(last)
	for distance := 2; distance <= maxChars/2 && distance < place; distance++ {
		other := c.text[place-1-distance]
		equal, stepped := other == last, steps.has(other) && c.shifted[place-1-distance] == shifted
		if !equal && !stepped { // as most are
			b[distance] = likes{}
			continue
		}
		now := likes{lengthened(b[distance].equal, equal), lengthened(b[distance].stepped, stepped)}
		if int(now.equal) >= distance || distance >= leastStepped && int(now.stepped) >= distance {
			c.offer(place-distance, place, 1, KindRepetition)
		}
		b[distance] = now
	}
}

func lengthened(n uint8, another bool) uint8 {
	if another {
		return n + 1
	}
	return 0
}

// The length of a block that is the one before it backward, in characters.
const (
	leastMirrored = 4
	mostMirrored  = 24
)

// mirrored offers the blocks that start at a place and are the block before it,
// backward.
func mirrored(c *cover, place int) {
	for length := 1; length <= min(mostMirrored, place, len(c.text)-place); length++ {
		if c.text[place-length] != c.text[place+length-1] {
			return
		}
		if length >= leastMirrored {
			c.offer(place, place+length, 1, KindRepetition)
		}
	}
}

// period returns the length of the shortest block whose repetition makes up
// the whole text, the last time maybe in part; the length of the text when it
// is not said at least twice.
func period(text []rune) int {
	// border[i] is the length of the longest proper prefix of text[:i+1] that
	// also ends it (the failure function of Knuth, Morris and Pratt).
	var border [maxChars]uint8
	for i := 1; i < len(text); i++ {
		n := int(border[i-1])
		for n > 0 && text[n] != text[i] {
			n = int(border[n-1])
		}
		if text[n] == text[i] {
			n++
		}
		border[i] = uint8(n)
	}
	if len(text) == 0 {
		return 0
	}
	if p := len(text) - int(border[len(text)-1]); 2*p <= len(text) {
		return p
	}
	return len(text)
}
