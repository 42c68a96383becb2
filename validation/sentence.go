package validation

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Sentence is what a message says, in English, with the names of params in braces
// where their values stand. Message catalogues of other languages have one of the
// same key for each.
type Sentence struct {
	// Key is a code, or a code and a reason with a dot between: see [Params.Key].
	Key string
	// English is the sentence; One, where it is not empty, is that for a Count of 1.
	English, One string
	// Count names the param by whose number a language chooses its plural form, ""
	// for none.
	Count string
	// Params names what stands in the sentence's place of a violation, in order. The
	// reason is not among them.
	Params []string
}

// ParamInfo describes a param.
type ParamInfo struct {
	Name string
	// Type is that of the value in JSON: "number", "boolean", "string", or "array" for
	// a list of strings.
	Type string
	// Optional tells that a violation of the code may be without it.
	Optional bool
	// Values lists what it can be, or its elements can, where that is known.
	Values []string
	// Description is an English sentence.
	Description string
}

// CodeInfo describes a code.
type CodeInfo struct {
	Code Code
	// Title is English, of a few words; Description a sentence.
	Title, Description string
	// Sentences are those that a violation of the code may say.
	Sentences []Sentence
}

// Codes walks through all codes in the order of their declaration.
func Codes() iter.Seq[CodeInfo] {
	return func(yield func(CodeInfo) bool) {
		for _, row := range codeRows {
			if !yield(row.info()) {
				return
			}
		}
	}
}

// Params lists what a violation of the code may have, the reason first.
func (c CodeInfo) Params() []ParamInfo {
	var infos []ParamInfo
	if reasons := c.Reasons(); len(reasons) > 0 {
		info := paramInfos[paramReason]
		info.Values, info.Optional = reasons, len(reasons) < len(c.Sentences)
		infos = append(infos, info)
	}
	for _, sentence := range c.Sentences {
		for _, name := range sentence.Params {
			if slices.ContainsFunc(infos, func(known ParamInfo) bool { return known.Name == name }) {
				continue
			}
			info := paramInfos[name]
			info.Optional = slices.ContainsFunc(c.Sentences, func(s Sentence) bool { return !slices.Contains(s.Params, name) })
			infos = append(infos, info)
		}
	}
	return infos
}

// Reasons lists what the param reason of a violation of the code can be.
func (c CodeInfo) Reasons() []string {
	var reasons []string
	for _, sentence := range c.Sentences {
		if _, reason, told := strings.Cut(sentence.Key, "."); told {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

// Within describes the param that a violation of any code has, with the value true,
// when it is about something inside the value that its pointer names: one too deep in
// a body to be named.
func Within() ParamInfo { return paramInfos[paramWithin] }

// WithinSentence is the one around the message of such a violation, which is its
// param message.
func WithinSentence() Sentence { return within }

// ParamByName describes a param; its name is empty for one that no code has.
func ParamByName(name string) ParamInfo { return paramInfos[name] }

// Terms are the English words for the values of a param, by those values; none for a
// param whose values are not words.
func Terms(param string) map[string]string { return maps.Clone(terms[param]) }

// Term is the English word for one of the listed values of a param, such as "a
// common word" for the kind "word". It is the value itself where no word is listed.
func Term(param, value string) string {
	if word, listed := terms[param][value]; listed {
		return word
	}
	return value
}

// Say puts values in the place of the params. A param that is not there stays as it
// is written.
func (s Sentence) Say(params Params) string {
	template := s.English
	if s.One != "" && params.Get(s.Count) == 1 {
		template = s.One
	}
	before, rest, found := strings.Cut(template, "{")
	if !found {
		return template
	}
	var b strings.Builder
	for found {
		b.WriteString(before)
		var name string
		name, rest, _ = strings.Cut(rest, "}")
		b.WriteString(params.say(name))
		before, rest, found = strings.Cut(rest, "{")
	}
	b.WriteString(before)
	return b.String()
}

// say is a param in English: "{a subject}" is one with its article, and "{A subject}"
// at the beginning of a sentence.
func (p Params) say(name string) string {
	if bare, article := strings.CutPrefix(name, "a "); article {
		return WithArticle(p.say(bare))
	}
	if bare, article := strings.CutPrefix(name, "A "); article {
		return "A" + WithArticle(p.say(bare))[1:]
	}
	switch v := p.Get(name).(type) {
	case int:
		return strconv.Itoa(v)
	case float64:
		return spell(v)
	case string:
		return Term(name, v)
	case []string:
		words := make([]string, len(v))
		for i, value := range v {
			words[i] = Term(name, value)
		}
		return strings.Join(words, ListSeparator(name, ", "))
	}
	return "{" + name + "}"
}

// ListSeparator stands between the elements of a list: a language's own, but between
// characters, for which a comma could be one of them.
func ListSeparator(param, usual string) string {
	if param == paramPunctuation {
		return " "
	}
	return usual
}

// WithArticle puts the article before what a body is called: "a registration".
func WithArticle(subject string) string {
	if subject != "" && strings.ContainsRune("aeiouAEIOU", rune(subject[0])) {
		return "an " + subject
	}
	return "a " + subject
}
