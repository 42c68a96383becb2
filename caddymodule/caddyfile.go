package caddymodule

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/dustin/go-humanize"

	"github.com/customergate/customergate/caddymodule/keys"
)

func init() {
	httpcaddyfile.RegisterHandlerDirective("customer_gate", parseCaddyfile)
	// Behind everything that authenticates, limits or rewrites requests and
	// wraps responses; before everything that answers.
	httpcaddyfile.RegisterDirectiveOrder("customer_gate", httpcaddyfile.Before, "invoke")
}

func parseCaddyfile(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
	g := new(Gate)
	return g, g.UnmarshalCaddyfile(h.Dispenser)
}

// UnmarshalCaddyfile sets up the handler from Caddyfile tokens. Syntax:
//
//	customer_gate [<matcher>] {
//		header       <name> [<value>...]
//		max_body     <size>
//		keys         <provider> ...
//		mgf1         both|sha256|sha1
//		max_decrypts <number> [<wait>]
//		plaintext    deny|allow|private_ranges|<cidr>...
//		allow_fields <name>...|*
//		errors       envelope|problem|handle_errors
//		rules {
//			name_length     <min> <max>
//			age             <min> <max>
//			timezone        <name>
//			phone           strict|normalize
//			password_length <min>
//			password_points <number>
//			password_words  <file>
//		}
//	}
//
// Every option may be left out. Only header may be repeated; the first one
// replaces the default headers.
func (g *Gate) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the directive's name
	if d.NextArg() {
		return d.ArgErr()
	}
	if err := parseOptions(d, g, gateOptions, g.check, "header"); err != nil {
		return err
	}
	if d.Next() {
		return d.Errf("unexpected '%s' behind the block", d.Val())
	}
	return nil
}

// optionParser reads the arguments of one option into its target.
type optionParser[T any] func(target T, d *caddyfile.Dispenser) error

var gateOptions = map[string]optionParser[*Gate]{
	"header":       (*Gate).parseHeader,
	"max_body":     (*Gate).parseMaxBody,
	"keys":         (*Gate).parseKeys,
	"mgf1":         func(g *Gate, d *caddyfile.Dispenser) error { return parseWord(d, &g.MGF1) },
	"max_decrypts": (*Gate).parseMaxDecrypts,
	"plaintext":    func(g *Gate, d *caddyfile.Dispenser) error { return parseList(d, &g.Plaintext) },
	"allow_fields": func(g *Gate, d *caddyfile.Dispenser) error { return parseList(d, &g.AllowFields) },
	"errors":       func(g *Gate, d *caddyfile.Dispenser) error { return parseWord(d, &g.Errors) },
	"rules":        (*Gate).parseRules,
}

var rulesOptions = map[string]optionParser[*Rules]{
	"name_length":     func(r *Rules, d *caddyfile.Dispenser) error { return parseRange(d, &r.NameLength) },
	"age":             func(r *Rules, d *caddyfile.Dispenser) error { return parseRange(d, &r.Age) },
	"timezone":        func(r *Rules, d *caddyfile.Dispenser) error { return parseWord(d, &r.Timezone) },
	"phone":           func(r *Rules, d *caddyfile.Dispenser) error { return parseWord(d, &r.Phone) },
	"password_length": func(r *Rules, d *caddyfile.Dispenser) error { return parseNumber(d, &r.PasswordLength) },
	"password_points": func(r *Rules, d *caddyfile.Dispenser) error { return parseNumber(d, &r.PasswordPoints) },
	"password_words":  func(r *Rules, d *caddyfile.Dispenser) error { return parseWord(d, &r.PasswordWords) },
}

// parseOptions reads a block of options, each at most once unless repeatable,
// and has what is read so far checked after each, while the parser still
// stands on its line.
func parseOptions[T any](d *caddyfile.Dispenser, target T, options map[string]optionParser[T], check func() error, repeatable ...string) error {
	seen := make(map[string]bool, len(options))
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		name := d.Val()
		parse, known := options[name]
		if !known {
			return d.Errf("unknown option '%s'; the options are %s", name, strings.Join(slices.Sorted(maps.Keys(options)), ", "))
		}
		if seen[name] && !slices.Contains(repeatable, name) {
			return d.Errf("%s is set twice; keep one", name)
		}
		seen[name] = true
		if err := parse(target, d); err != nil {
			return err
		}
		if err := check(); err != nil {
			return d.WrapErr(err)
		}
		if err := refuseBlock(d, name); err != nil {
			return err
		}
	}
	return nil
}

// refuseBlock reports a block, even an empty one, behind an option that has
// not read one itself.
func refuseBlock(d *caddyfile.Dispenser, option string) error {
	if d.ValRaw() == "}" {
		return nil // the option's own block ends here
	}
	refused := d.Errf("%s takes no block", option) // while the parser still stands on its line
	if d.NextBlock(d.Nesting()) || d.ValRaw() == "}" {
		return refused
	}
	return nil
}

func (g *Gate) parseHeader(d *caddyfile.Dispenser) error {
	words := d.RemainingArgs()
	if len(words) == 0 {
		return d.ArgErr()
	}
	g.Headers = append(g.Headers, RequiredHeader{Name: words[0], Values: words[1:]})
	return nil
}

func (g *Gate) parseMaxBody(d *caddyfile.Dispenser) error {
	var word string
	if err := parseWord(d, &word); err != nil {
		return err
	}
	size, err := humanize.ParseBytes(word)
	if err != nil || size == 0 || size > math.MaxInt64 {
		return d.Errf("max_body: '%s' is not a size such as 64KiB", word)
	}
	g.MaxBody = int64(size)
	return nil
}

func (g *Gate) parseKeys(d *caddyfile.Dispenser) error {
	if !d.NextArg() {
		return d.ArgErr()
	}
	name := d.Val()
	if _, err := caddy.GetModule(keysNamespace + "." + name); err != nil {
		return d.Errf("keys: there is no provider '%s'; there are %s", name, strings.Join(keyProviders(), ", "))
	}
	module, err := caddyfile.UnmarshalModule(d, keysNamespace+"."+name)
	if err != nil {
		return err
	}
	if isEmptyBlock(d) {
		return d.Errf("keys: the block of %s is empty; leave it out", name)
	}
	provider, ok := module.(keys.Provider)
	if !ok {
		return d.Errf("module %s (%T) is not a key provider", name, module)
	}
	g.KeysRaw = caddyconfig.JSONModuleObject(provider, "provider", name, nil)
	return nil
}

// isEmptyBlock reports whether the parser has just passed an empty block, which
// providers are not shown, and steps back to the line where it opens.
func isEmptyBlock(d *caddyfile.Dispenser) bool {
	if d.ValRaw() != "}" {
		return false
	}
	d.Prev()
	if d.ValRaw() == "{" {
		return true
	}
	d.Next()
	return false
}

const keysNamespace = "http.handlers.customer_gate.keys"

// keyProviders names the providers that this Caddy was built with.
func keyProviders() []string {
	var names []string
	for _, module := range caddy.GetModules(keysNamespace) {
		names = append(names, module.ID.Name())
	}
	return names
}

func (g *Gate) parseMaxDecrypts(d *caddyfile.Dispenser) error {
	words := d.RemainingArgs()
	if len(words) < 1 || len(words) > 2 {
		return d.ArgErr()
	}
	number, err := strconv.Atoi(words[0])
	if err != nil || number < 1 {
		return d.Errf("max_decrypts: '%s' is not a whole number from 1 up", words[0])
	}
	g.MaxDecrypts = number
	if len(words) == 2 {
		wait, err := caddy.ParseDuration(words[1])
		if err != nil {
			return d.Errf("max_decrypts: '%s' is not a duration from 0 to 1m, such as 1s", words[1])
		}
		g.DecryptWait = (*caddy.Duration)(&wait)
	}
	return nil
}

func (g *Gate) parseRules(d *caddyfile.Dispenser) error {
	if d.NextArg() {
		return d.ArgErr()
	}
	g.Rules = new(Rules)
	return parseOptions(d, g.Rules, rulesOptions, g.check)
}

func parseWord(d *caddyfile.Dispenser, word *string) error {
	option := d.Val()
	if !d.AllArgs(word) {
		return d.ArgErr()
	}
	if *word == "" {
		return d.Errf("%s: the value is empty", option)
	}
	return nil
}

func parseList(d *caddyfile.Dispenser, words *[]string) error {
	if *words = d.RemainingArgs(); len(*words) == 0 {
		return d.ArgErr()
	}
	return nil
}

func parseNumber(d *caddyfile.Dispenser, number **int) error {
	option := d.Val()
	var word string
	if err := parseWord(d, &word); err != nil {
		return err
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		return d.Errf("%s: '%s' is not a whole number", option, word)
	}
	*number = &n
	return nil
}

func parseRange(d *caddyfile.Dispenser, r **Range) error {
	option := d.Val()
	words := d.RemainingArgs()
	if len(words) != 2 {
		return d.ArgErr()
	}
	least, errMin := strconv.Atoi(words[0])
	greatest, errMax := strconv.Atoi(words[1])
	if errMin != nil || errMax != nil {
		return d.Errf("%s: '%s %s' is not two whole numbers", option, words[0], words[1])
	}
	*r = &Range{Min: least, Max: greatest}
	return nil
}

// Interface guards
var _ caddyfile.Unmarshaler = (*Gate)(nil)
