package console

import (
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/customergate/customergate/caddymodule/contract"
	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/validation"
)

// description is what the page has to know.
type description struct {
	Gates     []gate            `json:"gates"`
	Server    string            `json:"server"`
	Keys      string            `json:"keys"`
	Languages []string          `json:"languages"`
	Counts    map[string]string `json:"counts"` // by message, the param by which its plural is chosen
}

// gate is one with its contract.
type gate struct {
	Name       string      `json:"name"`
	Article    string      `json:"article"` // what a body is called: "a registration"
	Method     string      `json:"method"`
	URL        string      `json:"url"`
	Headers    []header    `json:"headers"`
	Settings   settings    `json:"settings"` // the fields are in them
	Encryption *encryption `json:"encryption,omitempty"`
	Monitors   bool        `json:"monitors,omitempty"`
	Example    any         `json:"example,omitempty"`
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
	told := description{Gates: []gate{}, Server: h.server(), Keys: h.keys(), Languages: spoken(), Counts: counts()}
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
	told := gate{
		Name: g.Endpoint.Label(), Article: g.Endpoint.Article(), Method: g.Endpoint.Method,
		URL: h.server() + g.Endpoint.PathOrSubject(), Settings: settingsOf(g), Monitors: g.Monitors,
	}
	for _, known := range g.Headers {
		told.Headers = append(told.Headers, header{known.Name, known.Values, known.Required})
	}
	if g.Endpoint.Contract.HasSealed() {
		told.Encryption = &encryption{g.MGF1, g.Raw}
	}
	if sample, made := g.Sample(); made {
		told.Example = sample
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
