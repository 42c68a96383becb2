package caddymodule

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dustin/go-humanize"

	"github.com/customergate/customergate/internal/race"

	"github.com/customergate/customergate/caddymodule/headers"
)

const answerLimit = 64 << 10 // contract, section 4

// hostileNames are pieces of names that JSON, a JSON pointer or HTML escapes, or
// that have many bytes.
var hostileNames = map[string]string{
	"markup":             "<",
	"ampersands":         "&",
	"quotation marks":    `"`,
	"backslashes":        `\`,
	"NULs":               "\x00",
	"C1":                 "\u0085",
	"DEL":                "\x7f",
	"tildes":             "~",
	"slashes":            "/",
	"line separators":    "\u2028",
	"letters":            "x",
	"wide characters":    "😀",
	"replacement":        "\ufffd",
	"escapes of pointer": "~/\"\x01",
}

// hostileBodies are objects with as many faults as there is room for.
func hostileBodies(piece string, size int) map[string]string {
	quoted := strings.Trim(string(marshal(piece)), `"`)
	name := func(bytes int) string { return strings.Repeat(quoted, max(1, bytes/len(quoted))) }
	many := func(value string, each int) string {
		var b strings.Builder
		for i := 0; b.Len() < size-2*each-2*size/5 && i < 99_990; i++ { // more members are no strict JSON
			fmt.Fprintf(&b, `,"%s%d":%s`, name(each), i, value)
		}
		return b.String()
	}
	return map[string]string{
		"one unknown name":               `{"` + name(size-64) + `":1}`,
		"one unknown name in address":    `{"address":{"` + name(size-64) + `":1}}`,
		"unknown names":                  `{"email":1` + many("1", 40) + `}`,
		"long unknown names":             `{"email":1` + many("1", 900) + `}`,
		"unknown names in address":       `{"address":{"city":1` + many("1", 300) + `}}`,
		"numbers in dynamicFields":       `{"dynamicFields":{"a":1` + many("1e999", 100) + `}}`,
		"texts in dynamicFields":         `{"dynamicFields":{"a":1` + many(`"\u0000"`, 1000) + `}}`,
		"numbers behind one long name":   `{"dynamicFields":{"` + name(size/2) + `":[1` + strings.Repeat(",1e999", size/16) + `]}}`,
		"numbers behind one name of 170": `{"dynamicFields":{"` + name(170) + `":[1` + strings.Repeat(",1e999", size/16) + `]}}`,
	}
}

// TestAnswersAreBounded: whatever a body holds, and however much of it, no
// answer in either form is over what the contract allows it.
func TestAnswersAreBounded(t *testing.T) {
	for _, limit := range []int{1 << 10, 64 << 10, 1 << 20, maxMaxBody} {
		pieces := hostileNames
		if limit > 64<<10 {
			pieces = map[string]string{"markup": "<"}
			if race.Share > 1 {
				continue
			}
		}
		for _, allow := range []string{"none", "*"} {
			if limit == maxMaxBody && allow == "*" {
				continue // the same again takes long enough
			}
			options := map[string]any{"max_body": limit}
			if allow == "*" {
				options["allow_fields"] = []string{"*"}
			}
			g := newRig(t, options)
			for what, piece := range pieces {
				for kind, body := range hostileBodies(piece, limit) {
					t.Run(fmt.Sprintf("%s, %s of %s, allow_fields %s", humanize.IBytes(uint64(limit)), kind, what, allow), func(t *testing.T) {
						g.checkBounded(t, body, limit)
					})
				}
			}
		}
	}
}

func (g *rig) checkBounded(t *testing.T, body string, limit int) {
	t.Helper()
	if len(body) > limit {
		t.Fatalf("a body of %d bytes", len(body))
	}
	for _, accept := range []string{typeJSON, typeProblem} {
		r := newRequest(body)
		r.Header.Set("Accept", accept)
		r.Header.Set("Uuid", strings.Repeat(`"`, headers.MaxValue))
		x := g.serve(r)
		x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
		if size := x.answer.Body.Len(); size > answerLimit || !json.Valid(x.answer.Body.Bytes()) {
			t.Errorf("%s: an answer of %d bytes", accept, size)
		}
		for _, b := range x.answer.Body.Bytes() {
			if b < ' ' || b == 0x7f {
				t.Fatalf("a control character in the answer: %q", b)
			}
		}
		if strings.ContainsFunc(x.answer.Body.String(), func(r rune) bool { return 0x80 <= r && r < 0xA0 }) {
			t.Error("a control character of C1 in the answer")
		}
	}
}

// TestHeaderAnswersAreBounded: nor has an answer about headers more, however
// many the operator requires, of however many values.
func TestHeaderAnswersAreBounded(t *testing.T) {
	values := make([]string, 1000)
	for i := range values {
		values[i] = fmt.Sprintf(`"%0100d\`, i)
	}
	few := []string{strings.Repeat("<", headers.MaxValue), strings.Repeat(`"`, headers.MaxValue)}
	headers := []map[string]any{{"name": "many", "values": values}}
	for i := range 400 {
		headers = append(headers, map[string]any{"name": fmt.Sprintf("X-%d", i), "values": few})
	}
	g := newRig(t, map[string]any{"headers": headers})
	for _, accept := range []string{typeJSON, typeProblem} {
		r := newRequest(validBody)
		r.Header.Set("Accept", accept)
		for i := range headers {
			r.Header.Set(headers[i]["name"].(string), "another")
		}
		x := g.serve(r)
		x.checkRefused(t, http.StatusBadRequest, codeInvalidHeader)
		body := x.answer.Body.String()
		if len(body) > answerLimit || !json.Valid([]byte(body)) {
			t.Errorf("%s: an answer of %d bytes", accept, len(body))
		}
		if !strings.Contains(body, "401 headers were rejected") || !strings.Contains(body, "This must be one of 1000 values.") {
			t.Errorf("%.400s", body)
		}
	}
}

// TestAnswersAreNoHTML: an answer's texts are written as they are, so that people
// can read them.
func TestAnswersAreNoHTML(t *testing.T) {
	x := newRig(t, nil).serve(newRequest(with(map[string]any{"a<b>&c": 1, "devicePlatform": "a b"})))
	for _, text := range []string{`"/a<b>&c"`, `!#$%&'*+-.`} {
		if !strings.Contains(x.answer.Body.String(), text) {
			t.Errorf("%s is not in %s", text, x.answer.Body)
		}
	}
}
