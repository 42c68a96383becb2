package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/customergate/customergate/validation"
)

// shape is what JSON Schema can say of a text.
type shape struct {
	format      string
	least, most int // characters; 0 for no bound
	patterns    []string
}

func (s *shape) atMost(characters int) {
	if s.most == 0 || characters < s.most {
		s.most = characters
	}
}

func (s shape) addTo(schema Object) Object {
	if s.format != "" {
		schema.put("format", s.format)
	}
	if s.least > 0 {
		schema.put("minLength", s.least)
	}
	if s.most > 0 {
		schema.put("maxLength", s.most)
	}
	switch len(s.patterns) {
	case 0:
	case 1:
		schema.put("pattern", s.patterns[0])
	default:
		all := make([]Object, len(s.patterns))
		for i, pattern := range s.patterns {
			all[i] = Object{{"pattern", pattern}}
		}
		schema.put("allOf", all)
	}
	return schema
}

func (s *shape) match(pattern string) { s.patterns = append(s.patterns, pattern) }

// normalising are the rules that change a value, so that those behind them judge
// another one than was sent.
var normalising = []string{"name", "email", "phone"}

// rules is what the rules of a text want, as far as it can be said.
func (w *writer) rules(f validation.Field) shape {
	var s shape
	for _, r := range f.Rules {
		if !w.relaxes(ruleCodes[r.Name]...) {
			w.rule(&s, f, r)
		}
		if slices.Contains(normalising, r.Name) {
			break
		}
	}
	return s
}

// rule adds what one rule wants of a text as it is sent.
func (w *writer) rule(s *shape, f validation.Field, r validation.Rule) {
	switch r.Name {
	case "token":
		s.match("^[!#$%&'*+.^_`|~0-9A-Za-z-]*$")
	case "name":
		s.least = max(s.least, leastBeforeNFC(w.source.Policy.NameMin))
		s.match(w.nameCharacters())
	case "email":
		s.format = "email"
		s.least = max(s.least, 5) // a@b.c
		s.atMost(254)
		s.match(address)
	case "email_plausible":
		s.least = max(s.least, 3)
		s.atMost(255)
		s.match(`[\s\S]@[\s\S]`)
	case "phone":
		s.match(w.phone())
	case "dialing_code":
		s.match("^\\+[1-9][0-9]{0,2}$")
	case "date", "birth_date":
		s.format = "date"
		s.match("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
	case "country":
		s.match("^(?:[A-Z]{3})?$")
	default:
		s.judged(r)
	}
}

// judged adds what a rule wants that judges secrets, too.
func (s *shape) judged(r validation.Rule) {
	switch r.Name {
	case "digits":
		least, most := digitBounds(r)
		s.match(fmt.Sprintf("^[0-9]{%d,%d}$", least, most))
	case "matches":
		if pattern, ok := ecmaScript(r.Arguments[0]); ok {
			s.match("^(?:" + pattern + ")$")
		}
	}
}

// address is the form of what the rule email takes; of an xn-- label not what it
// stands for.
const address = "^[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+(?:\\.[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+)*@" +
	"(?:[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?\\.)+" +
	"(?:[A-Za-z]{1,63}|[Xx][Nn]--[0-9A-Za-z-]{0,58}[0-9A-Za-z])$"

// phone is a number with +, which may go without where there is a dialing code.
func (w *writer) phone() string {
	filler, optional := "", ""
	if w.source.Policy.NormalizePhone {
		filler = `[ .()\[\]-]*`
	}
	if w.source.Policy.Endpoint.HasRule("dialing_code") {
		optional = "?"
	}
	return "^" + filler + `(?:\+` + filler + ")" + optional + "(?:[0-9]" + filler + "){4,15}$"
}

// leastBeforeNFC is the least number of code points that NFC makes so many of: none
// becomes more than three (Unicode Standard Annex 15, section 9.1).
func leastBeforeNFC(n int) int { return (n + 2) / 3 }

// nameCharacters are all but the characters of ASCII that no name is written with: of
// the others, programs without Unicode's properties cannot tell letters. How many is
// counted when the spaces around them are gone, so it is not said here.
func (w *writer) nameCharacters() string {
	more := strings.Join(w.source.Policy.NamePunctuation, "")
	var none strings.Builder
	for _, r := range "!\"#$%&()*+,./:;<=>?@[\\]^_`{|}~" {
		if !strings.ContainsRune(more, r) {
			none.WriteString(character(r))
		}
	}
	return `^[^\x00-\x1f0-9` + none.String() + `\x7f-\x9f]+$`
}
