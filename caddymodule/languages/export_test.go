package languages

import (
	"iter"
	"maps"
	"slices"

	"github.com/customergate/customergate/validation"
)

// Catalogues are those built in, but for English.
func Catalogues() iter.Seq2[string, *Catalogue] {
	return func(yield func(string, *Catalogue) bool) {
		for tag, c := range builtIn() {
			if tag != English.Tag && !yield(tag, c) {
				return
			}
		}
	}
}

// Missing lists what a catalogue has not.
func (c *Catalogue) Missing() []string { return c.missing() }

// Unused lists messages that are of no sentence, and words that no param has.
func (c *Catalogue) Unused() []string {
	var unused []string
	for key := range c.Messages {
		if _, known := sentences()[key]; !known {
			unused = append(unused, key)
		}
	}
	for param, words := range c.Words {
		for value := range words {
			if _, known := validation.Terms(param)[value]; !known {
				unused = append(unused, param+" "+value)
			}
		}
	}
	return unused
}

// Forms lists the plural forms that a message has, sorted.
func (c *Catalogue) Forms(key string) []string { return slices.Sorted(maps.Keys(c.Messages[key])) }
