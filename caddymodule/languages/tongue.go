package languages

import (
	"math"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"github.com/customergate/customergate/validation"
)

// Tongue says messages in one language. It may be shared.
type Tongue struct {
	// Tag is the language, as Content-Language has it.
	Tag string

	tag       language.Tag
	printer   *message.Printer
	arguments map[string][]string // of the messages that it has, by their keys
	words     map[string]map[string]string
	separator string
}

// English says every message as it is.
var English = &Tongue{Tag: "en", tag: language.English, separator: separator}

// IsPlain reports whether the tongue says every message as it is.
func (t *Tongue) IsPlain() bool { return len(t.arguments) == 0 }

// Say says a message: in English where the tongue has none.
func (t *Tongue) Say(m Message) string {
	names, own := t.arguments[m.Key]
	if !own {
		return m.Text
	}
	arguments := make([]any, len(names))
	for i, name := range names {
		arguments[i] = t.value(name, m.Params.Get(name))
	}
	said := t.printer.Sprintf(m.Key, arguments...)
	within := validation.WithinSentence()
	if m.Params.Get(within.Key) == nil {
		return said
	}
	params := validation.Params{{Name: within.Params[0], Value: said}}
	return t.Say(Message{Key: within.Key, Params: params, Text: within.Say(params)})
}

// value is a param as package message writes it.
func (t *Tongue) value(name string, value any) any {
	switch v := value.(type) {
	case string:
		return t.word(name, v)
	case []string:
		words := make([]string, len(v))
		for i, text := range v {
			words[i] = t.word(name, text)
		}
		return strings.Join(words, validation.ListSeparator(name, t.separator))
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
		return number.Decimal(v, number.MaxFractionDigits(17))
	}
	return value
}

func (t *Tongue) word(param, value string) string {
	if word, there := t.words[param][value]; there {
		return word
	}
	return validation.Term(param, value)
}
