package languages_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/language"

	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/validation"
)

// spoken are the languages that are built in, besides English.
var spoken = []string{"ar", "de", "es", "fr", "hi", "pt", "zh"}

// every is the sentences of all tables.
func every() []validation.Sentence {
	sentences := []validation.Sentence{validation.WithinSentence()}
	for code := range validation.Codes() {
		sentences = append(sentences, code.Sentences...)
	}
	for code := range languages.Refusals() {
		sentences = append(sentences, code.Sentences...)
	}
	for code := range languages.HeaderCodes() {
		sentences = append(sentences, code.Sentences...)
	}
	return sentences
}

func TestEveryLanguageIsBuiltIn(t *testing.T) {
	var found []string
	entries, err := languages.BuiltIn.ReadDir("catalogues")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		found = append(found, strings.TrimSuffix(e.Name(), ".json"))
	}
	if !slices.Equal(found, spoken) {
		t.Errorf("there are %v", found)
	}
}

func TestCataloguesAreComplete(t *testing.T) {
	for tag, c := range languages.Catalogues() {
		if missing := c.Missing(); len(missing) > 0 {
			t.Errorf("%s misses %v", tag, missing)
		}
		if unused := c.Unused(); len(unused) > 0 {
			t.Errorf("%s has what nobody says: %v", tag, unused)
		}
		if c.Language != tag {
			t.Errorf("%s.json is of the language %s", tag, c.Language)
		}
	}
}

// Where a language has plural forms, a sentence that counts has all of them.
func TestCataloguesHaveEveryPluralForm(t *testing.T) {
	forms := map[string][]string{
		"ar": {"few", "many", "one", "other", "two", "zero"},
		"zh": {"other"},
	}
	for tag, c := range languages.Catalogues() {
		want, special := forms[tag]
		if !special {
			want = []string{"one", "other"}
		}
		for _, s := range every() {
			if got := c.Forms(s.Key); s.Count != "" && !slices.Equal(got, want) {
				t.Errorf("%s: %s has the forms %v", tag, s.Key, got)
			}
		}
	}
}

// A figure that the English sentence tells is told in every language, in all forms but
// those that name the number in a word.
func TestSentencesTellWhatTheEnglishOneTells(t *testing.T) {
	for _, tag := range spoken {
		tongue := choose(t, tag)
		for _, s := range every() {
			params := markers(s)
			said := tongue.Say(languages.Message{Key: s.Key, Params: params, Text: "English"})
			english := s.Say(params)
			for _, p := range params {
				if p.Name == "subject" { // is English
					continue
				}
				marker := mark(p)
				if strings.Contains(english, marker) && !strings.Contains(said, marker) {
					t.Errorf("%s: %s does not tell %s: %s", tag, s.Key, p.Name, said)
				}
			}
			if said == "English" || strings.ContainsAny(said, "{}") || strings.Contains(said, "%!") {
				t.Errorf("%s: %s says %q", tag, s.Key, said)
			}
		}
	}
}

// markers are params whose values cannot be mistaken.
func markers(s validation.Sentence) validation.Params {
	var params validation.Params
	for i, name := range s.Params {
		var value any
		switch validation.ParamByName(name).Type {
		case "array":
			value = []string{"MARK" + name}
		case "number":
			value = 712 + 13*i
		default:
			value = "MARK" + name
		}
		params = append(params, validation.Param{Name: name, Value: value})
	}
	return params
}

func mark(p validation.Param) string {
	switch v := p.Value.(type) {
	case []string:
		return v[0]
	case string:
		return v
	}
	return strconv.Itoa(p.Value.(int))
}

// Sentences are short, of the script that their language is written in, and no
// English has been left among them.
func TestSentencesAreOfTheirLanguage(t *testing.T) {
	scripts := map[string]*unicode.RangeTable{"ar": unicode.Arabic, "hi": unicode.Devanagari, "zh": unicode.Han}
	for _, tag := range spoken {
		tongue := choose(t, tag)
		for _, s := range every() {
			said := tongue.Say(languages.Message{Key: s.Key, Params: markers(s), Text: "English"})
			if len([]rune(said)) > 180 {
				t.Errorf("%s: %s is long: %s", tag, s.Key, said)
			}
			if script := scripts[tag]; script != nil && !strings.ContainsFunc(said, func(r rune) bool { return unicode.Is(script, r) }) {
				t.Errorf("%s: %s is not in its script: %s", tag, s.Key, said)
			}
			if said == s.Say(markers(s)) {
				t.Errorf("%s: %s is English: %s", tag, s.Key, said)
			}
		}
	}
}

func choose(t *testing.T, accept string) *languages.Tongue {
	t.Helper()
	speaker, err := (*languages.Languages)(nil).Speaker()
	if err != nil {
		t.Fatal(err)
	}
	tongue := speaker.Choose([]string{accept})
	if tongue.Tag != language.Make(accept).String() {
		t.Fatalf("%s is spoken for %s", tongue.Tag, accept)
	}
	return tongue
}
