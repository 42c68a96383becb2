package languages

import (
	"embed"
	"io/fs"
	"path"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// BuiltIn has a catalogue in JSON for each language that is compiled in, but for
// English, whose sentences are in the tables: fr.json and so on.
//
//go:embed catalogues/*.json
var BuiltIn embed.FS

// builtIn are the catalogues of BuiltIn by their languages. English has nothing to
// say in other words than those of the tables.
var builtIn = sync.OnceValue(func() map[string]*Catalogue {
	byTag := map[string]*Catalogue{English.Tag: {Language: English.Tag, Messages: map[string]Text{}}}
	names, _ := fs.Glob(BuiltIn, "catalogues/*.json") // whose pattern is right
	for _, name := range names {
		text, err := BuiltIn.ReadFile(name)
		if err == nil {
			byTag[strings.TrimSuffix(path.Base(name), ".json")], err = parse(name, text)
		}
		if err != nil {
			panic("languages: " + err.Error())
		}
	}
	return byTag
})

// builtInTongues are ready to speak. They are made once, when a gate is.
var builtInTongues = sync.OnceValue(func() map[string]*Tongue {
	byTag := map[string]*Tongue{English.Tag: English}
	for tag, c := range builtIn() {
		if tag == English.Tag {
			continue
		}
		t, err := c.tongue()
		if err != nil {
			panic("languages: " + err.Error())
		}
		byTag[tag] = t
	}
	return byTag
})

// closest is the catalogue built in of a language, or of the one that it is a kind of,
// such as fr for fr-CA; nil for none.
func closest(text string) *Catalogue {
	tag, err := language.Parse(text)
	if err != nil {
		return nil
	}
	for ; tag != language.Und; tag = tag.Parent() {
		if c := builtIn()[tag.String()]; c != nil {
			return c
		}
	}
	return nil
}
