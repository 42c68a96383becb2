package caddymodule

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestMediaType(t *testing.T) {
	tests := map[string]struct {
		values   []string // of Content-Type
		accepted bool
	}{
		"plain":                        {[]string{"application/json"}, true},
		"upper case":                   {[]string{"APPLICATION/JSON"}, true},
		"charset":                      {[]string{"application/json; charset=utf-8"}, true},
		"charset in upper case":        {[]string{"application/json;charset=UTF-8"}, true},
		"charset quoted":               {[]string{`application/json; charset="Utf-8"`}, true},
		"charset name in upper case":   {[]string{"application/json; CHARSET=utf-8"}, true},
		"another parameter":            {[]string{"application/json; v=6; odd=even"}, true},
		"a semicolon too many":         {[]string{"application/json;"}, true},
		"blanks around":                {[]string{" application/json "}, true},
		"absent":                       {nil, false},
		"empty":                        {[]string{""}, false},
		"twice":                        {[]string{"application/json", "application/json"}, false},
		"two in one":                   {[]string{"application/json, application/json"}, false},
		"text":                         {[]string{"text/plain"}, false},
		"form":                         {[]string{"application/x-www-form-urlencoded"}, false},
		"of the suffix":                {[]string{"application/vnd.api+json"}, false},
		"problem":                      {[]string{"application/problem+json"}, false},
		"longer":                       {[]string{"application/jsonp"}, false},
		"without a subtype":            {[]string{"application"}, false},
		"charset latin1":               {[]string{"application/json; charset=iso-8859-1"}, false},
		"charset without its hyphen":   {[]string{"application/json; charset=utf8"}, true},
		"charset in upper case and so": {[]string{`application/json;charset="UTF8"`}, true},
		"charset with an underscore":   {[]string{"application/json; charset=utf_8"}, false},
		"charset with a BOM":           {[]string{"application/json; charset=utf-8-sig"}, false},
		"charset utf-16":               {[]string{"application/json; charset=utf-16"}, false},
		"charset empty":                {[]string{`application/json; charset=""`}, false},
		"charset twice":                {[]string{"application/json; charset=utf-8; charset=utf-16"}, false},
		"charset extended":             {[]string{"application/json; charset*=us-ascii''utf-16"}, false},
		"parameter without a value":    {[]string{"application/json; charset"}, false},
	}
	g := newRig(t, nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRequest(validBody)
			r.Header["Content-Type"] = test.values
			x := g.serve(r)
			if test.accepted {
				x.checkForwarded(t, normalisedBody)
				return
			}
			x.checkRefused(t, http.StatusUnsupportedMediaType, codeUnsupportedMediaType)
		})
	}
}

// TestMediaTypeMessages: the answer says which of the two has to change.
func TestMediaTypeMessages(t *testing.T) {
	const one, media, charset = "Send the body with one Content-Type: application/json.",
		"Send the body as Content-Type: application/json.",
		"Send the body in UTF-8: Content-Type: application/json; charset=utf-8."
	g := newRig(t, nil)
	for want, lists := range map[string][][]string{
		one:     {nil, {"application/json", "application/json"}},
		media:   {{""}, {"text/plain"}, {"text/plain; charset=latin1"}, {"application/json; charset"}},
		charset: {{"application/json; charset=iso-8859-1"}, {"application/json; charset=utf-16"}, {`application/json; charset=""`}},
	} {
		for _, values := range lists {
			r := newRequest(validBody)
			r.Header["Content-Type"] = values
			if x := g.serve(r); !strings.Contains(x.answer.Body.String(), want) {
				t.Errorf("%q: %q is not in %s", values, want, x.answer.Body)
			}
		}
	}
}

func TestContentEncoding(t *testing.T) {
	g := newRig(t, nil)
	for _, encoding := range []string{"gzip", "br", "zstd", "deflate", "identity", "unheard-of", ""} {
		r := newRequest(validBody)
		r.Header["Content-Encoding"] = []string{encoding}
		t.Run(encoding, func(t *testing.T) {
			g.serve(r).checkRefused(t, http.StatusUnsupportedMediaType, codeUnsupportedMediaType)
		})
	}
}

func TestRequiredHeaders(t *testing.T) {
	long := strings.Repeat("a", 128)
	tests := map[string]struct {
		header http.Header // laid over those of a valid request
		want   []string    // details, none when accepted
	}{
		"as in the contract":     {nil, nil},
		"uuid of any text":       {http.Header{"Uuid": {"a uuid! {}~"}}, nil},
		"uuid of 128 characters": {http.Header{"Uuid": {long}}, nil},
		"platform absent":        {http.Header{"Platform": nil}, []string{"platform required"}},
		"platform empty":         {http.Header{"Platform": {""}}, []string{"platform required"}},
		"platform repeated":      {http.Header{"Platform": {"fincode", "fincode"}}, []string{"platform enum"}},
		"platform another":       {http.Header{"Platform": {"other"}}, []string{"platform enum"}},
		"platform other case":    {http.Header{"Platform": {"Fincode"}}, []string{"platform enum"}},
		"platform as a list":     {http.Header{"Platform": {"fincode, fincode"}}, []string{"platform enum"}},
		"uuid absent":            {http.Header{"Uuid": nil}, []string{"uuid required"}},
		"uuid empty":             {http.Header{"Uuid": {""}}, []string{"uuid required"}},
		"uuid repeated":          {http.Header{"Uuid": {"1", "2"}}, []string{"uuid enum"}},
		"uuid too long":          {http.Header{"Uuid": {long + "a"}}, []string{"uuid too_long"}},
		"uuid with a tab":        {http.Header{"Uuid": {"a\tb"}}, []string{"uuid enum"}},
		"uuid not ASCII":         {http.Header{"Uuid": {"é"}}, []string{"uuid enum"}},
		"uuid with DEL":          {http.Header{"Uuid": {"a\x7f"}}, []string{"uuid enum"}},
		"both":                   {http.Header{"Platform": {"x"}, "Uuid": nil}, []string{"platform enum", "uuid required"}},
	}
	g := newRig(t, nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRequest(validBody)
			for name, values := range test.header {
				if r.Header[name] = values; values == nil {
					delete(r.Header, name)
				}
			}
			x := g.serve(r)
			if test.want == nil {
				x.checkForwarded(t, normalisedBody)
				return
			}
			x.checkRefused(t, http.StatusBadRequest, codeInvalidHeader)
			if got := x.details(t); !slices.Equal(got, test.want) {
				t.Errorf("details %q, want %q", got, test.want)
			}
			if strings.Contains(x.answer.Body.String(), `"pointer"`) {
				t.Errorf("a header is given as a pointer: %s", x.answer.Body)
			}
		})
	}
}

// TestRequiredHeadersConfigured: an operator's list replaces the default one.
func TestRequiredHeadersConfigured(t *testing.T) {
	g := newRig(t, map[string]any{"headers": []map[string]any{{"name": "x-tenant", "values": []string{"north", "south pole"}}}})
	r := newRequest(validBody)
	r.Header = http.Header{"Content-Type": {"application/json"}, "X-Tenant": {"south pole"}}
	g.serve(r).checkForwarded(t, normalisedBody)

	r = newRequest(validBody)
	r.Header.Set("X-Tenant", "east")
	x := g.serve(r)
	x.checkRefused(t, http.StatusBadRequest, codeInvalidHeader)
	if want := "This must be one of: north, south pole."; !strings.Contains(x.answer.Body.String(), want) {
		t.Errorf("%q is not in %s", want, x.answer.Body)
	}
}
