package languages

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"

	"github.com/customergate/customergate/validation"
)

// Catalogue is a language: its messages by their keys, and its words for what stands
// in them.
type Catalogue struct {
	// Language is a tag of BCP 47, such as "pt" or "fr-CA".
	Language string `json:"language"`
	// Separator stands between the elements of a list. Default: ", ".
	Separator string `json:"separator,omitempty"`
	// Words are those for listed values, by the name of the param.
	Words map[string]map[string]string `json:"words,omitempty"`
	// Messages are the sentences, by their keys.
	Messages map[string]Text `json:"messages"`
}

// Text is one sentence in the plural forms that its language has of it, by the names
// of CLDR: zero, one, two, few, many and other. Other alone is for every number.
type Text map[string]string

var forms = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other,
}

const (
	other     = "other"
	separator = ", "
)

// over lays a catalogue over another one, whose messages it has in its own words.
func (c *Catalogue) over(base *Catalogue) *Catalogue {
	if base == nil {
		return c
	}
	laid := &Catalogue{Language: c.Language, Separator: c.Separator, Words: map[string]map[string]string{}, Messages: maps.Clone(base.Messages)}
	if laid.Separator == "" {
		laid.Separator = base.Separator
	}
	maps.Copy(laid.Messages, c.Messages)
	for _, words := range []map[string]map[string]string{base.Words, c.Words} {
		for param, byValue := range words {
			if laid.Words[param] == nil {
				laid.Words[param] = map[string]string{}
			}
			maps.Copy(laid.Words[param], byValue)
		}
	}
	return laid
}

// missing lists what a catalogue has not, sorted.
func (c *Catalogue) missing() []string {
	var keys []string
	for key := range sentences() {
		if _, there := c.Messages[key]; !there {
			keys = append(keys, key)
		}
	}
	for _, param := range wordParams {
		for value := range validation.Terms(param) {
			if _, there := c.Words[param][value]; !there {
				keys = append(keys, param+" "+value)
			}
		}
	}
	slices.Sort(keys)
	return keys
}

// wordParams are the params whose values a language has words for.
var wordParams = []string{"fault", "kinds", "type"}

// check refuses what no answer could use, a param that is not there, and a plural form
// that the language has not.
func (c *Catalogue) check(key string, text Text) error {
	s, known := sentences()[key]
	switch {
	case !known:
		return fmt.Errorf("there is no message %s", key)
	case text[other] == "":
		return fmt.Errorf("%s: the form other is missing, which stands for every number that no other form is for", key)
	case len(text) > 1 && s.Count == "":
		return fmt.Errorf("%s: it counts nothing, so write it as one text", key)
	}
	for _, form := range slices.Sorted(maps.Keys(text)) {
		if _, known := forms[form]; !known {
			return fmt.Errorf("%s: %q is no plural form; they are zero, one, two, few, many and other", key, form)
		}
		if err := checkText(s, text[form]); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	_, err := c.compile(catalog.NewBuilder(), key, text)
	return err
}

const maxText = 1000 // bytes

// checkText refuses a text whose params are not those of its sentence.
func checkText(s validation.Sentence, text string) error {
	if strings.TrimSpace(text) == "" || len(text) > maxText || strings.ContainsFunc(text, isControl) {
		return fmt.Errorf("a text has 1 to %d bytes, and no control character or line break", maxText)
	}
	for piece := range pieces(text) {
		switch {
		case strings.ContainsAny(piece.text, "{}"):
			return errors.New("a brace stands alone; write the name of a param in a pair of them, such as {min}")
		case piece.param != "" && !slices.Contains(s.Params, piece.param):
			return fmt.Errorf("there is no param {%s} in it; it has %s", piece.param, listed(s.Params))
		}
	}
	return nil
}

func listed(params []string) string {
	if len(params) == 0 {
		return "none"
	}
	return "{" + strings.Join(params, "}, {") + "}"
}

func isControl(r rune) bool { return r < ' ' || 0x7F <= r && r < 0xA0 }

// compile adds a message to a builder, and returns the params that are its arguments.
func (c *Catalogue) compile(b *catalog.Builder, key string, text Text) (arguments []string, err error) {
	tag, err := parseTag(c.Language)
	if err != nil {
		return nil, err
	}
	s := sentences()[key]
	if len(text) == 1 {
		return s.Params, b.SetString(tag, key, verbs(text[other], s.Params))
	}
	var cases []any
	for _, name := range []string{"zero", "one", "two", "few", "many", other} {
		if form, there := text[name]; there {
			cases = append(cases, forms[name], verbs(form, s.Params))
		}
	}
	count := slices.Index(s.Params, s.Count) + 1
	if err := b.Set(tag, key, plural.Selectf(count, "%d", cases...)); err != nil {
		return nil, fmt.Errorf("%s: a plural form that %s has not, or one too few: %w", key, c.Language, err)
	}
	return s.Params, nil
}

// tongue readies a catalogue to be spoken.
func (c *Catalogue) tongue() (*Tongue, error) {
	tag, err := parseTag(c.Language)
	if err != nil {
		return nil, err
	}
	t := &Tongue{Tag: c.Language, tag: tag, arguments: make(map[string][]string, len(c.Messages)), words: c.Words, separator: c.Separator}
	if t.separator == "" {
		t.separator = separator
	}
	b := catalog.NewBuilder(catalog.Fallback(tag))
	for _, key := range slices.Sorted(maps.Keys(c.Messages)) {
		if t.arguments[key], err = c.compile(b, key, c.Messages[key]); err != nil {
			return nil, err
		}
	}
	t.printer = message.NewPrinter(tag, message.Catalog(b))
	return t, nil
}

// parseTag reads a language. Its numbers are in the digits of ASCII unless it says
// otherwise, as are the numbers that a customer has to type here.
func parseTag(text string) (language.Tag, error) {
	tag, err := language.Parse(text)
	if err != nil || tag == language.Und {
		return tag, fmt.Errorf("language %q is no tag of BCP 47, such as it or fr-CA", text)
	}
	if tag.TypeForKey("nu") != "" {
		return tag, nil
	}
	return tag.SetTypeForKey("nu", "latn")
}
