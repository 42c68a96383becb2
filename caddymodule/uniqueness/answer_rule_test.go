package uniqueness

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// watching is an upstream's answer on its way to a client, of which the header is
// kept where the client may repeat its request.
func watching(w http.ResponseWriter, repeats bool) *upstreamAnswer {
	v := &Visit{keeper: &Keeper{}}
	if repeats {
		v.repeat = new(repeatable)
	}
	return v.watch(w)
}

// watched is an upstream's answer, as it was watched.
func watched(status int, body string, header http.Header) *upstreamAnswer {
	recorder := httptest.NewRecorder()
	for name, values := range header {
		recorder.Header()[name] = values
	}
	a := watching(recorder, false)
	a.WriteHeader(status)
	_, _ = a.Write([]byte(body))
	return a
}

func (m match) String() string { return [...]string{no: "no", yes: "yes", unknown: "unknown"}[m] }

// TestDefaultSuccess: what the documented default makes of an answer.
func TestDefaultSuccess(t *testing.T) {
	long := strings.Repeat("x", maxJudged)
	gzip := http.Header{"Content-Encoding": {"gzip"}}
	tests := map[string]struct {
		status int
		body   string
		header http.Header
		want   match
	}{
		"success":                       {200, `{"success":true}`, nil, yes},
		"failure":                       {200, `{"success":false}`, nil, no},
		"failure in an array":           {200, `[{"success":false}]`, nil, yes},
		"failure in blanks":             {200, " {\r\n\t\"success\" :\tfalse } ", nil, no},
		"failure behind other members":  {200, `{"a":{"success":true},"b":[1,{"success":true}],"success":false}`, nil, no},
		"nested failure":                {200, `{"data":{"success":false}}`, nil, yes},
		"failure with an escaped name":  {200, `{"\u0073uccess":false}`, nil, no},
		"another case":                  {200, `{"Success":false}`, nil, yes},
		"the word":                      {200, `{"success":"false"}`, nil, yes},
		"null":                          {200, `{"success":null}`, nil, yes},
		"no such member":                {201, `{"id":7}`, nil, yes},
		"a byte order mark":             {200, "\ufeff" + `{"success":false}`, nil, no},
		"an empty body":                 {201, "", nil, yes},
		"not JSON":                      {200, "welcome", nil, yes},
		"HTML":                          {200, "<html></html>", nil, yes},
		"doubled, agreeing":             {200, `{"success":false,"success":false}`, nil, no},
		"doubled, failure last":         {200, `{"success":true,"success":false}`, nil, unknown},
		"doubled, failure first":        {200, `{"success":false,"success":true}`, nil, unknown},
		"text behind":                   {200, `{"success":false} and more`, nil, no},
		"broken behind":                 {200, `{"success":false,,}`, nil, no},
		"cut off behind":                {200, `{"success":false,"data":"x`, nil, no},
		"cut off before":                {200, `{"data":"x`, nil, unknown},
		"cut off in the value":          {200, `{"success":fal`, nil, unknown},
		"long, failure within":          {200, `{"success":false,"data":"` + long + `"}`, nil, no},
		"long, success within":          {200, `{"success":true,"data":"` + long + `"}`, nil, yes},
		"long, failure where none look": {200, `{"data":"` + long + `","success":false}`, nil, unknown},
		"long, nothing but blanks":      {200, strings.Repeat(" ", maxJudged) + `{"success":false}`, nil, unknown},
		"long, cut within a character":  {200, `{"data":"` + strings.Repeat("x", maxJudged-10) + "é" + `","success":false}`, nil, unknown},
		"long, cut within an escape":    {200, `{"data":"` + strings.Repeat("x", maxJudged-12) + `\u0041","success":false}`, nil, unknown},
		"long, not JSON":                {200, "<html>" + long, nil, yes},
		"compressed":                    {200, "\x1f\x8b\x08", gzip, unknown},
		"compressed, without a body":    {204, "", gzip, yes},
		"compressed, of another status": {400, "\x1f\x8b\x08", gzip, no},
		"of the identity coding":        {200, `{"success":false}`, http.Header{"Content-Encoding": {"Identity"}}, no},
		"moved":                         {302, "", nil, no},
		"refused":                       {422, `{"success":true}`, nil, no},
		"failed":                        {500, `{"success":true}`, nil, no},
		"deeper than any answer":        {200, strings.Repeat("[", 20_000), nil, yes},
		"invalid UTF-8 before":          {200, "{\"a\":\"\xff\",\"success\":false}", nil, no},
		"a lone surrogate before":       {200, `{"a":"\ud800","success":false}`, nil, no},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := defaultSuccess.matches(watched(test.status, test.body, test.header)); got != test.want {
				t.Errorf("it is a success: %s, want %s", got, test.want)
			}
		})
	}
}

// TestAnswerRule: a rule of the operator's own.
func TestAnswerRule(t *testing.T) {
	tests := map[string]struct {
		rule   AnswerRule
		status int
		body   string
		want   match
	}{
		"status":                          {AnswerRule{Status: []string{"201", "202"}}, 202, "x", yes},
		"another status":                  {AnswerRule{Status: []string{"201"}}, 200, "", no},
		"class":                           {AnswerRule{Status: []string{"4xx"}}, 418, "", yes},
		"another class":                   {AnswerRule{Status: []string{"4xx"}}, 500, "", no},
		"string":                          {AnswerRule{[]string{"201"}, "/data/status", "CREATED"}, 201, `{"data":{"status":"CREATED"}}`, yes},
		"string with escapes":             {AnswerRule{[]string{"201"}, "/s", "CREATED"}, 201, `{"s":"CREATE\u0044"}`, yes},
		"another string":                  {AnswerRule{[]string{"201"}, "/s", "CREATED"}, 201, `{"s":"created"}`, no},
		"number":                          {AnswerRule{[]string{"200"}, "/code", "1017"}, 200, `{"code":1017}`, yes},
		"number in other digits":          {AnswerRule{[]string{"200"}, "/code", "1017"}, 200, `{"code":1017.0}`, no},
		"number, and a string":            {AnswerRule{[]string{"200"}, "/code", "1017"}, 200, `{"code":"1017"}`, no},
		"string of digits":                {AnswerRule{[]string{"200"}, "/code", `"1017"`}, 200, `{"code":"1017"}`, yes},
		"null":                            {AnswerRule{[]string{"200"}, "/error", "null"}, 200, `{"error":null}`, yes},
		"null, absent":                    {AnswerRule{[]string{"200"}, "/error", "null"}, 200, `{}`, no},
		"empty string":                    {AnswerRule{[]string{"200"}, "/error", ""}, 200, `{"error":""}`, yes},
		"brackets are text":               {AnswerRule{[]string{"200"}, "/error", "[]"}, 200, `{"error":"[]"}`, yes},
		"blanks around":                   {AnswerRule{[]string{"200"}, "/ok", " true"}, 200, `{"ok":true}`, yes},
		"first element":                   {AnswerRule{[]string{"200"}, "/0", "a"}, 200, `["a","b"]`, yes},
		"second element":                  {AnswerRule{[]string{"200"}, "/1", "a"}, 200, `["a","b"]`, no},
		"element of an object":            {AnswerRule{[]string{"200"}, "/codes/1/id", "7"}, 200, `{"codes":[{"id":1},{"id":7}]}`, yes},
		"element beyond":                  {AnswerRule{[]string{"200"}, "/2", "a"}, 200, `["a","b"]`, no},
		"member called by a number":       {AnswerRule{[]string{"200"}, "/0", "a"}, 200, `{"0":"a"}`, yes},
		"escaped pointer":                 {AnswerRule{[]string{"200"}, "/a~1b/m~0n", "x"}, 200, `{"a/b":{"m~n":"x"}}`, yes},
		"member with an empty name":       {AnswerRule{[]string{"200"}, "/", "x"}, 200, `{"":"x"}`, yes},
		"through a scalar":                {AnswerRule{[]string{"200"}, "/a/b", "x"}, 200, `{"a":"b"}`, no},
		"an object in its place":          {AnswerRule{[]string{"200"}, "/a", "x"}, 200, `{"a":{"x":1}}`, no},
		"parent doubled, disagreeing":     {AnswerRule{[]string{"200"}, "/a/b", "x"}, 200, `{"a":{"b":"x"},"a":{"b":"y"}}`, unknown},
		"value doubled in another object": {AnswerRule{[]string{"200"}, "/a/b", "x"}, 200, `{"a":{"b":"x"},"c":{"b":"y"}}`, yes},
		"not JSON":                        {AnswerRule{[]string{"200"}, "/a", "x"}, 200, `a=x`, no},
		"no body":                         {AnswerRule{[]string{"200"}, "/a", "x"}, 200, ``, no},
		"cut off":                         {AnswerRule{[]string{"200"}, "/a", "x"}, 200, `[[`, unknown},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if err := test.rule.check("success"); err != nil {
				t.Fatal(err)
			}
			if got := test.rule.orElse(defaultSuccess).matches(watched(test.status, test.body, nil)); got != test.want {
				t.Errorf("it matches: %s, want %s", got, test.want)
			}
		})
	}
}

// TestVerdict: what the rules say together.
func TestVerdict(t *testing.T) {
	byDefault := &Keeper{success: defaultSuccess, taken: defaultTaken}
	own := &Keeper{
		success: (&AnswerRule{Status: []string{"200"}, Pointer: "/status", Value: "CREATED"}).orElse(defaultSuccess),
		taken:   (&AnswerRule{Status: []string{"200", "5xx"}, Pointer: "/status", Value: "EXISTS"}).orElse(defaultTaken),
	}
	tests := map[string]struct {
		rules  *Keeper
		status int
		body   string
		want   verdict
	}{
		"created":                            {byDefault, 201, "", created},
		"exists":                             {byDefault, 409, `{"success":true}`, exists},
		"failure inside":                     {byDefault, 200, `{"success":false}`, refused},
		"refused":                            {byDefault, 400, "", refused},
		"to be sent elsewhere":               {byDefault, 307, "", refused},
		"to be sent elsewhere for ever":      {byDefault, 308, "", refused},
		"see other":                          {byDefault, 303, "", unclear},
		"found":                              {byDefault, 302, "", unclear},
		"moved":                              {byDefault, 301, "", unclear},
		"not modified":                       {byDefault, 304, "", unclear},
		"failed":                             {byDefault, 500, "", unclear},
		"told to give up":                    {byDefault, 499, "", unclear},
		"cut off":                            {byDefault, 200, `{"`, unclear},
		"own rule, created":                  {own, 200, `{"status":"CREATED"}`, created},
		"own rule, exists":                   {own, 200, `{"status":"EXISTS"}`, exists},
		"own rule, exists, in a failure":     {own, 500, `{"status":"EXISTS"}`, exists},
		"own rule, neither":                  {own, 200, `{"status":"DENIED"}`, refused},
		"own rule, another success":          {own, 201, `{"status":"CREATED"}`, refused},
		"own rule, 409 is a refusal":         {own, 409, "", refused},
		"own rule, both, as parsers like it": {own, 200, `{"status":"CREATED","status":"EXISTS"}`, unclear},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.rules.judgeWhole(watched(test.status, test.body, nil)); got != test.want {
				t.Errorf("the verdict is %d, want %d", got, test.want)
			}
		})
	}
}

// FuzzAnswerRule compares with encoding/json, where that has an opinion: on one
// whole JSON object without doubled names.
func FuzzAnswerRule(f *testing.F) {
	for _, seed := range []string{
		`{"success":false}`, `{"success":true}`, `{"a":[{"success":false}],"success":"false"}`, `{"success":false,"success":true}`,
		"\ufeff{}", `[`, `{"success":`, ``, `{"\u0073uccess":false} x`, `{"a":1,,}`, `{"success":{"success":false}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		got := defaultSuccess.matches(watched(200, body, nil))
		var object map[string]json.RawMessage
		if len(body) > maxJudged || strings.Contains(body, "\\") || json.Unmarshal([]byte(body), &object) != nil {
			return
		}
		value, there := object["success"]
		if strings.Count(body, `"success"`) > 1 {
			return
		}
		if want := matchIf(!there || string(value) != "false"); got != want {
			t.Errorf("it is a success: %s, want %s", got, want)
		}
	})
}
