package endpoints

import (
	"slices"
	"strconv"
	"strings"

	"github.com/customergate/customergate/validation"
)

// Caddyfile writes an endpoint as a gate that describes it.
func (e *Endpoint) Caddyfile() string {
	p := &printer{}
	p.line("customer_gate", CustomName, "{")
	p.depth++
	p.line("subject", quoted(e.Contract.Subject()))
	p.line("method", e.Method)
	if e.Path != "" {
		p.line("path", quoted(e.Path))
	}
	if e.Token { // the first header takes the place of those that are there without it
		p.line("header platform fincode")
		p.line("header uuid")
		p.line("header X-Auth-Token")
	}
	for _, f := range e.Contract.Table() {
		p.value("field "+quoted(f.Name), f)
	}
	p.depth--
	p.line("}")
	return p.String()
}

type printer struct {
	strings.Builder
	depth int
}

func (p *printer) line(words ...string) {
	p.WriteString(strings.Repeat("\t", p.depth))
	p.WriteString(strings.Join(words, " "))
	p.WriteByte('\n')
}

// value writes what a field or an item says of its value, and what is in it.
func (p *printer) value(begin string, f validation.Field) {
	words := append([]string{begin}, valueWords(f)...)
	if len(f.Members) == 0 && f.Item == nil {
		p.line(words...)
		return
	}
	p.line(append(words, "{")...)
	p.depth++
	for _, member := range f.Members {
		p.value("field "+quoted(member.Name), member)
	}
	if f.Item != nil {
		p.value("item", *f.Item)
	}
	p.depth--
	p.line("}")
}

func valueWords(f validation.Field) []string {
	words := []string{string(f.Type)}
	if b := f.Bounds; b != nil {
		words = append(words, number(b.Min), number(b.Max))
	}
	set := flags(&f)
	for _, word := range []string{"required", "sealed", "claimed", "account", "unique"} {
		if *set[word] {
			words = append(words, word)
		}
	}
	if f.RequiredWith != "" {
		words = append(words, "required_with", quoted(f.RequiredWith))
	}
	for _, r := range f.Rules {
		words = append(words, r.Name)
		for _, argument := range r.Arguments {
			words = append(words, quoted(argument))
		}
	}
	if len(f.OneOf) > 0 {
		words = append(words, "one_of")
		for _, value := range f.OneOf {
			words = append(words, quoted(value))
		}
	}
	return words
}

func number(n float64) string { return strconv.FormatFloat(n, 'g', -1, 64) }

// quoted writes a word as a Caddyfile has it.
func quoted(word string) string {
	plain := word != "" && word != "{" && word != "}" && !strings.HasPrefix(word, "#") && !strings.HasPrefix(word, "<<") &&
		!strings.ContainsFunc(word, func(r rune) bool { return slices.Contains([]rune("\"`\\ \t\r\n\u00a0\u0085\u2028\u2029"), r) })
	switch {
	case plain:
		return word
	case !strings.ContainsAny(word, "\"\\"):
		return `"` + word + `"`
	case !strings.Contains(word, "`"):
		return "`" + word + "`"
	}
	return `"` + strings.ReplaceAll(word, `"`, `\"`) + `"`
}
