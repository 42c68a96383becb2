package endpoints

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/customergate/customergate/caddymodule/options"
	"github.com/customergate/customergate/validation"
)

// ParseBlock reads the options that describe an endpoint from the block of a gate, at
// whose first line the dispenser stands, and passes over the others. Syntax:
//
//	subject <text>
//	method  POST|PUT|PATCH
//	path    <path>
//	field <name> [text [<min> <max>]|flag|number [<min> <max>]|object|list [<min> <max>]|barred]
//			[required] [required_with <field>] [sealed] [claimed] [account] [unique]
//			[<rule> [<argument>...]...] [one_of <value>...] {
//		field ...
//		item  ...
//	}
//
// A field is a text unless it says otherwise; an object has fields in its block, or
// else is of the client's own; a list has an item.
func ParseBlock(d *caddyfile.Dispenser) (*Custom, *Endpoint, error) {
	c := &Custom{lines: map[jsontext.Pointer]caddyfile.Token{}}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if err := c.parseOption(d); err != nil {
			return nil, nil, err
		}
	}
	built, err := c.Build()
	if placed := (*placedError)(nil); errors.As(err, &placed) {
		return nil, nil, placed
	}
	if err != nil {
		return nil, nil, d.WrapErr(err)
	}
	return c, built, nil
}

func (c *Custom) parseOption(d *caddyfile.Dispenser) error {
	switch d.Val() {
	case "subject":
		if c.Subject != "" {
			return d.Err("subject is set twice; keep one")
		}
		return options.Word(d, &c.Subject, "<text>", `"transaction PIN"`)
	case "method":
		if c.Method != "" {
			return d.Err("method is set twice; keep one")
		}
		if err := options.Word(d, &c.Method, strings.Join(methods, "|")); err != nil {
			return err
		}
		if err := c.checkMethod(); err != nil {
			return d.WrapErr(err)
		}
		return nil
	case "path":
		if c.Path != "" {
			return d.Err("path is set twice; keep one")
		}
		if err := options.Word(d, &c.Path, "<path>", "/security/pin"); err != nil {
			return err
		}
		if err := c.checkPath(); err != nil {
			return d.WrapErr(err)
		}
		return nil
	case "field":
		f, err := c.parseField(d, "")
		c.Fields = append(c.Fields, f)
		return err
	}
	d.NextSegment()
	return nil
}

// parseField reads a field, and what is in it.
func (c *Custom) parseField(d *caddyfile.Dispenser, object jsontext.Pointer) (validation.Field, error) {
	var f validation.Field
	if !d.NextArg() {
		return f, options.Usage(d, "field", "<name> [<type>] [required] [sealed] [<rule>...]", "email text required email")
	}
	f.Name = d.Val()
	pointer := object.AppendToken(f.Name)
	c.lines[pointer] = d.Token()
	return f, c.parseValue(d, &f, pointer)
}

// parseValue reads what a field or an item says of its value.
func (c *Custom) parseValue(d *caddyfile.Dispenser, f *validation.Field, pointer jsontext.Pointer) error {
	start := d.Token()
	for d.NextArg() {
		if err := parseWord(d, f); err != nil {
			return err
		}
	}
	if f.Type == "" {
		f.Type = validation.Text
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if err := c.parseInner(d, f, pointer); err != nil {
			return err
		}
	}
	if err := f.CheckValue(); err != nil {
		return fmt.Errorf("%w, at %s:%d", &validation.FieldError{Pointer: pointer, Reason: err}, start.File, start.Line)
	}
	return nil
}

func (c *Custom) parseInner(d *caddyfile.Dispenser, f *validation.Field, pointer jsontext.Pointer) error {
	switch d.Val() {
	case "field":
		member, err := c.parseField(d, pointer)
		f.Members = append(f.Members, member)
		return err
	case "item":
		if f.Item != nil {
			return d.Err("item is set twice; keep one")
		}
		f.Item = new(validation.Field)
		return c.parseValue(d, f.Item, pointer)
	}
	return d.Errf("unknown option '%s' of a field; an object has field in its block, and a list has item", d.Val())
}

// flags are the words that stand for themselves.
func flags(f *validation.Field) map[string]*bool {
	return map[string]*bool{
		"required": &f.Required, "sealed": &f.Sealed, "claimed": &f.Claimed, "account": &f.Account, "unique": &f.Unique,
	}
}

// types are the words for them.
var types = map[string]validation.Type{
	"text": validation.Text, "flag": validation.Flag, "number": validation.Number,
	"object": validation.Object, "list": validation.List, "barred": validation.Barred,
}

// parseWord reads one thing that a line says of a value.
func parseWord(d *caddyfile.Dispenser, f *validation.Field) error {
	word := d.Val()
	if t, is := types[word]; is {
		if f.Type != "" {
			return d.Errf("%s: the type is %s already; keep one", word, f.Type)
		}
		f.Type = t
		return parseBounds(d, f)
	}
	if set, is := flags(f)[word]; is {
		if *set {
			return d.Errf("%s is there twice; keep one", word)
		}
		*set = true
		return nil
	}
	switch word {
	case "required_with":
		if f.RequiredWith != "" || !d.NextArg() {
			return d.Err("required_with: write `required_with <field>`, once")
		}
		f.RequiredWith = d.Val()
		return nil
	case "one_of":
		if f.OneOf = d.RemainingArgs(); len(f.OneOf) == 0 {
			return d.Err("one_of: write `one_of <value>...`, last on the line")
		}
		return nil
	}
	return parseRule(d, f)
}

// parseBounds reads the two numbers that may stand behind a type.
func parseBounds(d *caddyfile.Dispenser, f *validation.Field) error {
	least, found := nextNumber(d)
	if !found {
		return nil
	}
	most, found := nextNumber(d)
	if !found {
		return d.Errf("%s: write `%s <min> <max>`, with two numbers", f.Type, f.Type)
	}
	f.Bounds = &validation.Bounds{Min: least, Max: most}
	return nil
}

// nextNumber reads the next word of the line, if that is a number.
func nextNumber(d *caddyfile.Dispenser) (n float64, found bool) {
	if !d.NextArg() {
		return 0, false
	}
	n, err := strconv.ParseFloat(d.Val(), 64)
	if err != nil {
		d.Prev()
	}
	return n, err == nil
}

func parseRule(d *caddyfile.Dispenser, f *validation.Field) error {
	rule := validation.Rule{Name: d.Val()}
	_, most := validation.RuleArguments(rule.Name)
	for range most {
		if !d.NextArg() {
			break
		}
		rule.Arguments = append(rule.Arguments, d.Val())
	}
	f.Rules = append(f.Rules, rule)
	return nil
}
