package strength

// blocks watches for a block of characters that repeats the block before it.
type blocks struct {
	// equal counts, for each distance, how many of the last characters equal
	// the one at that distance before them.
	equal [maxChars/2 + 1]uint8
}

// end offers the repeated blocks that end at a place.
func (b *blocks) end(c *cover, place int) {
	last := c.text[place-1]
	for distance := 2; distance <= maxChars/2 && distance < place; distance++ {
		if c.text[place-1-distance] != last {
			b.equal[distance] = 0
			continue
		}
		b.equal[distance]++
		if int(b.equal[distance]) >= distance {
			c.offer(place-distance, place, 1, KindRepetition)
		}
	}
}

// leastMirrored is how many characters a block has at least that is the one before
// it backward.
const leastMirrored = 4

// mirrors watches for a block of characters that is the block before it, backward.
type mirrors struct {
	// behind tells, for each place, how many characters behind it are those before
	// it, backward.
	behind [maxChars]uint8
}

// end offers the mirrored blocks that end at a place.
func (m *mirrors) end(c *cover, place int) {
	last := c.text[place-1]
	for centre := (place + 1) / 2; centre < place; centre++ {
		length := place - centre
		if int(m.behind[centre]) != length-1 || c.text[centre-length] != last {
			continue
		}
		m.behind[centre]++
		if length >= leastMirrored {
			c.offer(centre, place, 1, KindRepetition)
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
