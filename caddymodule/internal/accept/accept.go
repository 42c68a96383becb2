// Package accept tells what an Accept header likes (RFC 9110, section 12.5.1).
package accept

import (
	"iter"
	"mime"
	"strconv"
	"strings"
)

// Prefers reports whether a header names a media type and likes it no less than
// another one. A wildcard names neither.
func Prefers(header []string, mediaType, other string) bool {
	var wanted, plain float64
	for mediaRange, quality := range ranges(header) {
		switch mediaRange {
		case mediaType:
			wanted = quality
		case other:
			plain = quality
		}
	}
	return wanted > 0 && wanted >= plain
}

// Best returns the number of the media type that a header likes best, and among
// equals that which it names more precisely, or else comes first. Where it likes
// none, that is the first of all (RFC 9110, section 12.4.1).
func Best(header, mediaTypes []string) int {
	liked := make([]liking, len(mediaTypes))
	for mediaRange, quality := range ranges(header) {
		for i, mediaType := range mediaTypes {
			if precision := precisionOf(mediaRange, mediaType); precision > liked[i].precision {
				liked[i] = liking{quality, precision}
			}
		}
	}
	best := 0
	for i := range liked {
		if liked[i].over(liked[best]) {
			best = i
		}
	}
	return best
}

// A liking is what a header says of a media type: the quality of the range that
// matches it most precisely.
type liking struct {
	quality   float64
	precision int
}

func (l liking) over(other liking) bool {
	return l.quality > other.quality || l.quality > 0 && l.quality == other.quality && l.precision > other.precision
}

// precisionOf is how precisely a range matches a media type; 0 if it does not.
func precisionOf(mediaRange, mediaType string) int {
	switch {
	case mediaRange == mediaType:
		return 3
	case strings.HasSuffix(mediaRange, "/*") && strings.HasPrefix(mediaType, mediaRange[:len(mediaRange)-1]):
		return 2
	case mediaRange == "*/*":
		return 1
	}
	return 0
}

// ranges are the media ranges of a header, in lower case, with their quality.
// What cannot be read is passed over.
func ranges(header []string) iter.Seq2[string, float64] {
	return func(yield func(string, float64) bool) {
		for _, line := range header {
			for item := range items(line) {
				mediaRange, parameters, err := mime.ParseMediaType(item)
				if err != nil {
					continue
				}
				if !yield(mediaRange, quality(parameters)) {
					return
				}
			}
		}
	}
}

// items are those between the commas of a list; a comma within a quoted string is
// a part of its item (RFC 9110, section 5.6).
func items(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, quoted := 0, false
		for i := 0; i < len(list); i++ {
			switch {
			case list[i] == '\\' && quoted:
				i++
			case list[i] == '"':
				quoted = !quoted
			case list[i] == ',' && !quoted:
				if !yield(list[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(list[start:])
	}
}

// quality is 1 unless the parameters say otherwise, and 0 when they say so in
// no way that can be read.
func quality(parameters map[string]string) float64 {
	text, given := parameters["q"]
	if !given {
		return 1
	}
	q, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return q
}
