package accept_test

import (
	"testing"

	"github.com/customergate/customergate/caddymodule/internal/accept"
)

func TestBest(t *testing.T) {
	offered := []string{"application/jwk-set+json", "application/json", "application/x-pem-file", "text/plain"}
	const jwkSet, json, pem, text = 0, 1, 2, 3
	tests := map[string]struct {
		header []string
		want   int
	}{
		"no Accept":                        {nil, jwkSet},
		"anything":                         {[]string{"*/*"}, jwkSet},
		"JSON asked for":                   {[]string{"application/json"}, json},
		"JWK Set asked for":                {[]string{"application/jwk-set+json"}, jwkSet},
		"PEM asked for":                    {[]string{"application/x-pem-file"}, pem},
		"text asked for":                   {[]string{"text/plain;charset=utf-8"}, text},
		"any text":                         {[]string{"text/*"}, text},
		"any application":                  {[]string{"application/*"}, jwkSet},
		"in another case":                  {[]string{"Text/Plain"}, text},
		"what axios sends":                 {[]string{"application/json, text/plain, */*"}, json},
		"what a browser sends":             {[]string{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, jwkSet},
		"named beside anything":            {[]string{"application/x-pem-file, */*"}, pem},
		"named less than anything":         {[]string{"application/x-pem-file;q=0.5, */*"}, jwkSet},
		"liked more":                       {[]string{"application/json;q=0.5, text/plain;q=0.7, application/x-pem-file;q=0.6"}, text},
		"on several lines":                 {[]string{"application/json;q=0.1", "application/x-pem-file"}, pem},
		"refused":                          {[]string{"application/jwk-set+json;q=0, application/json;q=0, */*"}, pem},
		"kind refused":                     {[]string{"application/*;q=0, */*"}, text},
		"only another refused":             {[]string{"application/x-pem-file;q=0, application/*;q=0.5"}, jwkSet},
		"nothing that there is":            {[]string{"text/html"}, jwkSet},
		"nothing at all":                   {[]string{"*/*;q=0"}, jwkSet},
		"not an Accept":                    {[]string{";;;,text"}, jwkSet},
		"quality that cannot be read":      {[]string{"text/plain;q=x, application/x-pem-file;q=0.1"}, pem},
		"quality that is not a number":     {[]string{"text/plain;q=NaN, application/x-pem-file;q=0.1"}, pem},
		"a range that looks like a prefix": {[]string{"application/x*, text/plain;q=0.1"}, text},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := accept.Best(test.header, offered); got != test.want {
				t.Errorf("%s is liked best, want %s", offered[got], offered[test.want])
			}
		})
	}
}

func TestPrefers(t *testing.T) {
	for header, want := range map[string]bool{
		"":                             false,
		"application/problem+json":     true,
		"application/problem+json;q=0": false,
		"application/problem+json;q=x": false,
		"application/problem+json, application/json":             true,
		"application/json, application/problem+json;q=0.9":       false,
		"application/json;q=0.5, application/problem+json;q=0.9": true,
		"application/*":                          false,
		"*/*":                                    false,
		`application/problem+json;profile="a,b"`: true,
		`text/html;title="x,application/problem+json,y"`:       false,
		`text/html;title="\",application/problem+json,\"",a/b`: false,
		`text/html;title="\\",application/problem+json`:        true,
		`text/html;title="x,application/problem+json`:          false,
	} {
		if got := accept.Prefers([]string{header}, "application/problem+json", "application/json"); got != want {
			t.Errorf("%q prefers it: %t", header, got)
		}
	}
}
