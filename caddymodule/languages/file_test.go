package languages_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/validation"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "language.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, text string) (*languages.Speaker, error) {
	t.Helper()
	return (&languages.Languages{Files: []string{write(t, text)}}).Speaker()
}

// A file can have one message in other words, of English too, and leave the others as
// they are.
func TestFileOverrides(t *testing.T) {
	for tag, text := range map[string]string{"fr": "Le prénom : {min} à {max}.", "en": "Names: {min} to {max}.", "fr-CA": "{max} max."} {
		speaker, err := load(t, `{"language": "`+tag+`", "messages": {"name_length": "`+text+`"}}`)
		if err != nil {
			t.Fatal(err)
		}
		tongue := speaker.Choose([]string{tag})
		if tongue.Tag != tag {
			t.Errorf("%s is spoken for %s", tongue.Tag, tag)
		}
		length := languages.Wrong(validation.NameLength, validation.Param{Name: "min", Value: 2}, validation.Param{Name: "max", Value: 50})
		if got, want := tongue.Say(length), strings.NewReplacer("{min}", "2", "{max}", "50").Replace(text); got != want {
			t.Errorf("%s: %s", tag, got)
		}
		usual := languages.Say("required")
		want := map[bool]string{true: "This field is required.", false: "Ce champ est obligatoire."}[tag == "en"]
		if got := tongue.Say(usual); got != want {
			t.Errorf("%s: what the file leaves out is %s", tag, got)
		}
	}
}

// A language that is not built in has every message, in the plural forms of its own.
func TestFileAddsALanguage(t *testing.T) {
	text := complete("pl", `"VALIDATION_ERROR": {"one": "Odrzucono {count} pole", "few": "Odrzucono {count} pola", "many": "Odrzucono {count} pól", "other": "Odrzucono {count} pola"}`)
	speaker, err := load(t, text)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{1: "Odrzucono 1 pole", 3: "Odrzucono 3 pola", 5: "Odrzucono 5 pól", 22: "Odrzucono 22 pola", 112: "Odrzucono 112 pól"} {
		if got := speaker.Choose([]string{"pl-PL"}).Say(fields(n)); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

// complete is a file with every message, all the same but for those that are given.
func complete(tag string, messages string) string {
	var b strings.Builder
	b.WriteString(`{"language": "` + tag + `", "words": {`)
	for i, param := range []string{"fault", "kinds", "type"} {
		b.WriteString([]string{"", ","}[min(i, 1)] + `"` + param + `": {`)
		comma := ""
		for value := range validation.Terms(param) {
			b.WriteString(comma + `"` + value + `": "x"`)
			comma = ","
		}
		b.WriteString("}")
	}
	b.WriteString(`}, "messages": {` + messages)
	for _, s := range every() {
		if !strings.Contains(messages, `"`+s.Key+`"`) {
			b.WriteString(`, "` + s.Key + `": "x"`)
		}
	}
	b.WriteString("}}")
	return b.String()
}

func TestFileIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no JSON":                      {"{\n\"language\": \"fr\",\n!}", ":3: "},
		"cut":                          {`{"language": "fr", "messages": {`, ":1: "},
		"not an object":                {`[]`, "an object is wanted here"},
		"something behind":             {`{"language": "fr", "messages": {}} {}`, "something stands behind the object"},
		"no language":                  {`{"messages": {}}`, "say which one this is"},
		"a language that is none":      {"{\n\"language\": \"französisch\"}", `:2: language "französisch" is no tag of BCP 47`},
		"another member":               {"{\n\n\"lang\": \"fr\"}", `:3: there is no member "lang"`},
		"messages before the language": {`{"messages": {"required": "x"}}`, "language: it comes first"},
		"a message that there is not":  {"{\"language\": \"fr\", \"messages\": {\n\"requird\": \"x\"}}", ":2: there is no message requird"},
		"the same message twice":       {"{\"language\": \"fr\", \"messages\": {\"required\": \"x\",\n\"required\": \"y\"}}", ":2: duplicate"},
		"a param of another message": {"{\"language\": \"fr\", \"messages\": {\n\n\"dob_underage\": \"{max} ans\"}}",
			":3: dob_underage: there is no param {max} in it; it has {min}"},
		"a param where there is none": {`{"language": "fr", "messages": {"required": "{value} est requis"}}`, "required: there is no param {value} in it; it has none"},
		"a brace alone":               {`{"language": "fr", "messages": {"required": "x {"}}`, "a brace stands alone"},
		"a brace the other way round": {`{"language": "fr", "messages": {"required": "x } {min}"}}`, "a brace stands alone"},
		"empty":                       {`{"language": "fr", "messages": {"required": " "}}`, "a text has 1 to 1000 bytes"},
		"long":                        {`{"language": "fr", "messages": {"required": "` + strings.Repeat("x", 1001) + `"}}`, "a text has 1 to 1000 bytes"},
		"a line break":                {`{"language": "fr", "messages": {"required": "a\nb"}}`, "no control character"},
		"a number":                    {`{"language": "fr", "messages": {"required": 1}}`, "a text is wanted here"},
		"a form that there is not":    {`{"language": "fr", "messages": {"dob_underage": {"singular": "x", "other": "y"}}}`, `"singular" is no plural form`},
		"a form that French has not":  {`{"language": "fr", "messages": {"dob_underage": {"few": "x", "other": "y"}}}`, "a plural form that fr has not"},
		"a form that is missing":      {`{"language": "fr", "messages": {"dob_underage": {"one": "x"}}}`, "the form other is missing"},
		"forms where nothing counts":  {`{"language": "fr", "messages": {"required": {"one": "x", "other": "y"}}}`, "it counts nothing"},
		"words of another param":      {`{"language": "fr", "words": {"min": {"1": "un"}}}`, `words: there are none for "min"`},
		"a word that there is not":    {`{"language": "fr", "words": {"kinds": {"wrd": "mot"}}}`, `words: kinds is never "wrd"`},
		"a word with a param":         {`{"language": "fr", "words": {"kinds": {"word": "{min}"}}}`, "there is no param {min} in it"},
		"not UTF-8":                   {"{\"language\": \"fr\", \"messages\": {\"required\": \"\xff\"}}", "invalid UTF-8"},
		"a new language, not whole":   {`{"language": "it", "messages": {"required": "x"}}`, "the language it is not built in, so a file of it has every message"},
		"over 1 MiB":                  {strings.Repeat(" ", 1<<20) + "{}", "is over 1 MiB"},
	} {
		if _, err := load(t, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", name, err, c.want)
		}
	}
}

func TestFilesAreRefused(t *testing.T) {
	french := `{"language": "fr", "messages": {}}`
	for name, c := range map[string]struct {
		languages languages.Languages
		want      string
	}{
		"two of one language":     {languages.Languages{Files: []string{write(t, french), write(t, french)}}, "are both of the language fr"},
		"no such file":            {languages.Languages{Files: []string{"/nowhere/at/all.json"}}, "no such file"},
		"a default of no file":    {languages.Languages{Default: "it"}, "default: there is no language it"},
		"a default in other case": {languages.Languages{Default: "FR"}, "default: there is no language FR"},
	} {
		if _, err := c.languages.Speaker(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", name, err, c.want)
		}
	}
}

func TestPathsHavePlaceholders(t *testing.T) {
	t.Setenv("CUSTOMERGATE_LANGUAGE", write(t, `{"language": "fr", "messages": {"required": "Requis."}}`))
	speaker, err := (&languages.Languages{Files: []string{"{env.CUSTOMERGATE_LANGUAGE}"}}).Speaker()
	if err != nil {
		t.Fatal(err)
	}
	if got := speaker.Choose([]string{"fr"}).Say(languages.Say("required")); got != "Requis." {
		t.Errorf("got %s", got)
	}
}
