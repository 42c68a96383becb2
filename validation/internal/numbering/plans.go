package numbering

import (
	_ "embed" // plans.txt
	"strconv"
	"strings"
	"sync"
)

// text has a paragraph for each calling code. Its first line is
//
//	+<calling code> <trunk prefix> <what stands in its place>
//
// where the prefix is a pattern of what the main region dials before a national
// number; then comes for each region
//
//	=<digits that lead to it> <lengths that are dialled inside it only>
//		<lengths> <pattern>
//
// with first the pattern of all its numbers, then one for each of their kinds. Tabs
// stand between, and lengths are bits of a hexadecimal number: bit n for n digits.
//
//go:embed plans.txt
var text string

// paragraphs are those of each calling code, without it.
var paragraphs = sync.OnceValue(func() *[1000]string {
	found := new([1000]string)
	for paragraph := range strings.SplitSeq(text, "\n+") {
		code, rest, _ := strings.Cut(strings.TrimPrefix(paragraph, "+"), "\t")
		n, err := strconv.Atoi(code)
		if err != nil {
			panic("numbering: plans.txt: " + err.Error())
		}
		found[n] = rest
	}
	return found
})

// CallingCode returns the country code that an international number begins with, ""
// for none. No code is the beginning of another (ITU-T E.164).
func CallingCode(number string) string {
	for end := 2; end <= 4 && end <= len(number) && number[1] != '0'; end++ {
		if code, err := strconv.Atoi(number[1:end]); err == nil && paragraphs()[code] != "" {
			return number[1:end]
		}
	}
	return ""
}
