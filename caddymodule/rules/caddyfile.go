package rules

import (
	"strconv"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/options"
	"github.com/customergate/customergate/validation"
)

// Parse reads the block of the option `rules`, and has what is read so far checked
// after each of its own options.
func Parse(d *caddyfile.Dispenser, r *Rules, check func() error) error {
	if err := options.Flag(d); err != nil {
		return err
	}
	return options.Parse(d, r, parsers, check)
}

var parsers = map[string]options.Parser[*Rules]{
	"name_length": func(r *Rules, d *caddyfile.Dispenser) error { return parseRange(d, &r.NameLength, "2 50") },
	"name_punctuation": func(r *Rules, d *caddyfile.Dispenser) error {
		return options.List(d, &r.NamePunctuation, "<character>...")
	},
	"age": func(r *Rules, d *caddyfile.Dispenser) error { return parseRange(d, &r.Age, "18 120") },
	"timezone": func(r *Rules, d *caddyfile.Dispenser) error {
		return options.Word(d, &r.Timezone, "<name>", "Europe/London")
	},
	"phone":           func(r *Rules, d *caddyfile.Dispenser) error { return options.Word(d, &r.Phone, "strict|normalize") },
	"password_length": func(r *Rules, d *caddyfile.Dispenser) error { return options.Number(d, &r.PasswordLength, "<min>") },
	"password_points": func(r *Rules, d *caddyfile.Dispenser) error { return options.Number(d, &r.PasswordPoints, "<number>") },
	"password_words":  func(r *Rules, d *caddyfile.Dispenser) error { return options.Word(d, &r.PasswordWords, "<file>") },
	"enforce":         parseCodes,
	"monitor":         parseCodes,
	"off":             parseCodes,
}

func parseRange(d *caddyfile.Dispenser, r **Range, example string) error {
	option := d.Val()
	words := d.RemainingArgs()
	if len(words) != 2 {
		return options.Usage(d, option, "<min> <max>", example)
	}
	least, errMin := strconv.Atoi(words[0])
	greatest, errMax := strconv.Atoi(words[1])
	if errMin != nil || errMax != nil {
		return d.Errf("%s: '%s %s' is not two whole numbers", option, words[0], words[1])
	}
	*r = &Range{Min: least, Max: greatest}
	return nil
}

// parseCodes reads a line of codes behind what is to come of them.
func parseCodes(r *Rules, d *caddyfile.Dispenser) error {
	enforcement := d.Val()
	words := d.RemainingArgs()
	if len(words) == 0 {
		return options.Usage(d, enforcement, "<code>...", "password_common")
	}
	if r.Codes == nil {
		r.Codes = map[validation.Code]string{}
	}
	for _, word := range words {
		code := validation.Code(word)
		if _, named := r.Codes[code]; named {
			return d.Errf("%s: the code %s is named twice", enforcement, word)
		}
		r.Codes[code] = enforcement
	}
	return nil
}
