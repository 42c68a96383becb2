package caddymodule

import (
	"iter"
	"mime"
	"strconv"
	"strings"
)

// mediaRanges are those of an Accept header, in lower case, with their quality
// (RFC 9110, section 12.5.1). What cannot be read is passed over.
func mediaRanges(accept []string) iter.Seq2[string, float64] {
	return func(yield func(string, float64) bool) {
		for _, line := range accept {
			for item := range strings.SplitSeq(line, ",") {
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

// quality is 1 unless the parameters say otherwise, and 0 when they say so in
// no way that can be read.
func quality(parameters map[string]string) float64 {
	text, found := parameters["q"]
	if !found {
		return 1
	}
	q, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return q
}
