package uniqueness

import (
	"slices"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/options"
)

const claimsNamespace = "http.handlers.customer_gate.claims"

// UnmarshalCaddyfile reads
//
//	unique_email <store> [<argument>...] {
//		lease      <duration>
//		pepper     file <path>
//		on_failure closed|open
//		success    <status>... [<json pointer> <value>]
//		taken      <status>... [<json pointer> <value>]
//		duplicate  conflict|neutral <status> <body> [<content type>]
//		...        # the store's own options
//	}
func (u *UniqueEmail) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	if !d.NextArg() {
		return options.Usage(d, "unique_email", "<store> ...", "bolt", "redis localhost:6379")
	}
	name := d.Val()
	own, store := splitBlock(d.NextSegment(), uniqueEmailOptions)
	if options.EmptyBlock(d) {
		return d.Errf("unique_email: the block of %s is empty; leave it out", name)
	}
	if err := options.Parse(own, u, uniqueEmailOptions, u.Check); err != nil {
		return err
	}
	guest, err := options.Guest[claims.Store](store, "unique_email", claimsNamespace, name)
	if err != nil {
		return err
	}
	u.StoreRaw = caddyconfig.JSONModuleObject(guest, "store", name, nil)
	return nil
}

var uniqueEmailOptions = map[string]options.Parser[*UniqueEmail]{
	"lease":  func(u *UniqueEmail, d *caddyfile.Dispenser) error { return options.Span(d, &u.Lease) },
	"pepper": (*UniqueEmail).parsePepper,
	"on_failure": func(u *UniqueEmail, d *caddyfile.Dispenser) error {
		return options.Word(d, &u.OnFailure, "closed|open")
	},
	"success": func(u *UniqueEmail, d *caddyfile.Dispenser) error {
		return parseAnswerRule(d, &u.Success, "201", "200 /code 0")
	},
	"taken": func(u *UniqueEmail, d *caddyfile.Dispenser) error {
		return parseAnswerRule(d, &u.Taken, "409", "200 /code 17")
	},
	"duplicate": (*UniqueEmail).parseDuplicate,
}

// splitBlock parts the block of a segment: the lines of known options go into a
// block without a head, the others stay behind the module's name and arguments.
// All tokens are the segment's own, so that errors name their file and line.
func splitBlock[T any](segment caddyfile.Segment, known map[string]options.Parser[T]) (own, rest *caddyfile.Dispenser) {
	d := caddyfile.NewDispenser(segment)
	d.Next()
	head := 1 + len(d.RemainingArgs())
	var ours, theirs []caddyfile.Token
	for d.NextBlock(0) {
		if _, isOurs := known[d.Val()]; isOurs {
			ours = append(ours, d.NextSegment()...)
		} else {
			theirs = append(theirs, d.NextSegment()...)
		}
	}
	return caddyfile.NewDispenser(block(segment, head, ours)),
		caddyfile.NewDispenser(append(slices.Clone(segment[:head]), block(segment, head, theirs)...))
}

// block puts lines between the braces of a segment. Without lines, there are no
// braces either.
func block(segment caddyfile.Segment, head int, lines []caddyfile.Token) []caddyfile.Token {
	if len(lines) == 0 {
		return nil
	}
	return slices.Concat(segment[head:head+1], lines, segment[len(segment)-1:])
}

func (u *UniqueEmail) parsePepper(d *caddyfile.Dispenser) error {
	words := d.RemainingArgs()
	if len(words) != 2 || words[0] != "file" || words[1] == "" {
		return d.Err("pepper: write `pepper file <path>`, or leave it out to have one made")
	}
	u.PepperFile = words[1]
	return nil
}

func parseAnswerRule(d *caddyfile.Dispenser, rule **AnswerRule, examples ...string) error {
	option := d.Val()
	words := d.RemainingArgs()
	if len(words) == 0 {
		return options.Usage(d, option, "<status>... [<json pointer> <value>]", examples...)
	}
	parsed := new(AnswerRule)
	for i, word := range words {
		if strings.HasPrefix(word, "/") {
			if len(words) != i+2 {
				return d.Errf("%s: a JSON pointer is followed by one value, and nothing else", option)
			}
			parsed.Pointer, parsed.Value = word, words[i+1]
			break
		}
		parsed.Status = append(parsed.Status, word)
	}
	*rule = parsed
	return nil
}

func (u *UniqueEmail) parseDuplicate(d *caddyfile.Dispenser) error {
	words := d.RemainingArgs()
	switch {
	case len(words) == 1 && words[0] == "conflict":
		return nil
	case (len(words) == 3 || len(words) == 4) && words[0] == "neutral":
	default:
		return d.Err("duplicate: write `duplicate conflict`, or `duplicate neutral <status> <body> [<content type>]`")
	}
	status, err := strconv.Atoi(words[1])
	if err != nil {
		return d.Errf("duplicate: '%s' is not a status code such as 202", words[1])
	}
	u.Neutral = &NeutralAnswer{Status: status, Body: words[2]}
	if len(words) == 4 {
		u.Neutral.ContentType = words[3]
	}
	return nil
}
