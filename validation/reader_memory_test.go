package validation

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/customergate/customergate/internal/race"
)

// TestReadTakesLittleMemory: whatever a body of 16 MiB is made of, to read and judge it
// takes no more than a few times its size, beside what its members take.
func TestReadTakesLittleMemory(t *testing.T) {
	const size = 16 << 20 / race.Share
	repeat := func(before, piece, after string) string {
		return before + strings.Repeat(piece, (size-len(before)-len(after))/len(piece)) + after
	}
	var names strings.Builder
	for i := 0; names.Len() < size-32; i++ {
		fmt.Fprintf(&names, `"%x":0,`, i)
	}
	many := names.String()
	policy := DefaultPolicy()
	policy.AllowAllFields = true
	rules, err := policy.Compile()
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"unknown members":      "{" + many + `"last":0}`,
		"members of fields":    `{"dynamicFields":{` + many + `"last":0}}`,
		"members in a list":    `{"x":[{` + many + `"last":0}]}`,
		"objects":              repeat(`{"x":[`, `{"a":0},`, `0]}`),
		"the same name":        repeat(`{`, `"a":0,`, `"a":0}`),
		"numbers":              repeat(`{"dynamicFields":{"a":[`, `0,`, `0]}}`),
		"nested lists":         repeat(`{"dynamicFields":{"a":[`, `[[]],`, `0]}}`),
		"a text":               repeat(`{"firstName":"`, `a`, `"}`),
		"escapes":              repeat(`{"firstName":"`, `\u003c`, `"}`),
		"a password":           repeat(`{"password":"`, `\u003c`, `"}`),
		"a name":               repeat(`{"`, `<`, `":0}`),
		"blanks":               repeat(`{`, ` `, `}`),
		"unknown members, cut": "{" + many,
	} {
		t.Run(name, func(t *testing.T) {
			text := []byte(body)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if s, err := RegisterCustomer.Read(text); err == nil {
				s.Check(rules, sampleFacts)
				s.Wipe()
			}
			runtime.ReadMemStats(&after)
			if taken := after.TotalAlloc - before.TotalAlloc; taken > 5*size+64<<20 {
				t.Errorf("a body of %d KiB takes %d KiB", len(body)>>10, taken>>10)
			}
		})
	}
}
