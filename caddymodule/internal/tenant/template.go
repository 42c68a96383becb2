// Package tenant reads the name of a tenant from a request.
package tenant

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/internal/ascii"
	"github.com/customergate/customergate/caddymodule/keys"
)

// A Template is where the name stands.
type Template struct {
	Text string // "" for the default tenant, whatever the request

	// Vary are the header fields that the name goes by, as a Vary header has them:
	// answers that differ by tenant must not be mixed up by a cache. Host and path
	// are a part of what a cache goes by already.
	Vary string

	spelling spelling
}

var placeholder = regexp.MustCompile(`\{[^{} ]+\}`)

// Check refuses the text of a template that is the same for every request.
func Check(text string) error {
	if text != "" && !placeholder.MatchString(text) {
		return fmt.Errorf("tenant: %q is the same for every request; name a placeholder, such as {http.request.host.labels.2}", text)
	}
	return nil
}

// New reads the text of a template.
func New(text string) Template {
	return Template{Text: text, Vary: headersIn(text), spelling: spellingOf(text)}
}

// Of is the placeholder's value with A-Z in lower case, which may not be the name
// of a tenant at all.
func (t Template) Of(r *http.Request) string {
	if t.Text == "" {
		return keys.DefaultTenant
	}
	if !t.spelling.isPlain(r) {
		return "" // /acme/..;/globex is acme to Caddy, and globex to an upstream that knows path parameters
	}
	repl, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	if !ok {
		return ""
	}
	return ascii.Lower(repl.ReplaceAll(t.Text, ""))
}

var headerPlaceholder = regexp.MustCompile(`\{http\.request\.(?:header\.([^}]+)|cookie\.[^}]+)\}`)

func headersIn(text string) string {
	var names []string
	for _, match := range headerPlaceholder.FindAllStringSubmatch(text, -1) {
		names = append(names, cmp.Or(match[1], "Cookie"))
	}
	return strings.Join(names, ", ")
}
