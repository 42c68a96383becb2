package console

import (
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/customergate/customergate/caddymodule/contract"
	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/examples"
	"github.com/customergate/customergate/validation"
)

// description is what the page has to know.
type description struct {
	Gates     []gate            `json:"gates"`
	Keys      string            `json:"keys"`
	Languages []string          `json:"languages"`
	Clients   []string          `json:"clients"`
	Counts    map[string]string `json:"counts"` // by message, the param by which its plural is chosen
}

// gate is one with its contract.
type gate struct {
	Name       string             `json:"name"`
	Method     string             `json:"method"`
	URL        string             `json:"url"`
	Headers    []header           `json:"headers"`
	Fields     []validation.Field `json:"fields"`
	Settings   settings           `json:"settings"`
	Encryption *encryption        `json:"encryption,omitempty"`
	Monitors   bool               `json:"monitors,omitempty"`
	Example    any                `json:"example,omitempty"`
}

type header struct {
	Name     string   `json:"name"`
	Values   []string `json:"values,omitempty"`
	Required bool     `json:"required"`
}

type encryption struct {
	MGF1 []string `json:"mgf1"`
	Raw  bool     `json:"raw"`
}

// describe writes what the page has to know of the gates of its site.
func (h *Console) describe() (file, error) {
	told := description{Gates: []gate{}, Keys: h.keys(), Languages: spoken(), Clients: programs(), Counts: counts()}
	all := slices.Clone(contract.OfSite(h.gates.Contracts(), h.site))
	slices.SortStableFunc(all, func(a, b contract.Gate) int { return order(a) - order(b) })
	for _, g := range all {
		told.Gates = append(told.Gates, h.gate(g))
	}
	text, err := json.Marshal(told)
	return newFile("application/json", text), err
}

// order puts registrations first, which is what most people come for.
func order(g contract.Gate) int {
	if g.Endpoint.Contract.Claimed() != "" {
		return 0
	}
	return 1
}

func (h *Console) gate(g contract.Gate) gate {
	table := g.Endpoint.Contract.Table()
	told := gate{
		Name: g.Endpoint.Label(), Method: g.Endpoint.Method, URL: h.server() + g.Endpoint.PathOrSubject(),
		Fields: table, Settings: settingsOf(g), Monitors: g.Monitors,
	}
	for _, known := range g.Headers {
		told.Headers = append(told.Headers, header{known.Name, known.Values, known.Required})
	}
	if g.Endpoint.Contract.HasSealed() {
		told.Encryption = &encryption{g.MGF1, g.Raw}
	}
	if example, made := g.Example(); made {
		told.Example = example
	}
	return told
}

// spoken are the languages that are built in, by their tags.
func spoken() []string {
	tags := []string{languages.English.Tag}
	names, _ := fs.Glob(languages.BuiltIn, "catalogues/*.json") // whose pattern is right
	for _, name := range names {
		tags = append(tags, strings.TrimSuffix(path.Base(name), ".json"))
	}
	slices.Sort(tags)
	return tags
}

// programs are the example clients, those that run most first.
func programs() []string {
	entries, _ := examples.Clients.ReadDir("clients") // of what is compiled in
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names
}

func rank(name string) int {
	for i, end := range []string{".sh", ".html", ".mjs", ".java", ".kt", ".swift", ".py"} {
		if strings.HasSuffix(name, end) {
			return i
		}
	}
	return len(name) + 10 // behind them, in any order that stays the same
}

func counts() map[string]string {
	byKey := map[string]string{}
	for code := range validation.Codes() {
		for _, sentence := range code.Sentences {
			if sentence.Count != "" {
				byKey[sentence.Key] = sentence.Count
			}
		}
	}
	return byKey
}
