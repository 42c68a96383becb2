package languages

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/caddyserver/caddy/v2"
)

// Languages are those of a gate's messages. English, Arabic, Chinese, French, German,
// Hindi, Portuguese and Spanish are built in.
type Languages struct {
	// Files of further languages, or with other messages for one that is built in:
	// JSON of at most 1 MiB each. Placeholders such as `{env.HOME}` are replaced.
	// Default: none.
	Files []string `json:"files,omitempty"`

	// The language for a client that asks for none of them, as a tag of BCP 47.
	// Default: `en`.
	Default string `json:"default,omitempty"`
}

// Check refuses what is wrong whatever is in the files; a nil receiver is all
// defaults.
func (l *Languages) Check() error {
	if l == nil {
		return nil
	}
	for i, file := range l.Files {
		switch {
		case file == "":
			return errors.New("languages: file: a path is empty")
		case slices.Contains(l.Files[:i], file):
			return fmt.Errorf("languages: file: %s is named twice", file)
		}
	}
	if l.Default == "" {
		return nil
	}
	if _, err := parseTag(l.Default); err != nil {
		return fmt.Errorf("languages: default: %w", err)
	}
	return nil
}

// Speaker reads the files and readies the languages. Its error names the file and the
// line.
func (l *Languages) Speaker() (*Speaker, error) {
	if l == nil {
		return usual(), nil
	}
	tongues := maps.Clone(builtInTongues())
	named := map[string]string{}
	for _, file := range l.Files {
		path := caddy.NewReplacer().ReplaceAll(file, "")
		tongue, err := fromFile(path)
		if err != nil {
			return nil, fmt.Errorf("languages: %w", err)
		}
		if earlier, twice := named[tongue.Tag]; twice {
			return nil, fmt.Errorf("languages: %s and %s are both of the language %s; make one file of them", earlier, path, tongue.Tag)
		}
		named[tongue.Tag], tongues[tongue.Tag] = path, tongue
	}
	preferred := English.Tag
	if l.Default != "" {
		preferred = l.Default
	}
	speaker, err := newSpeaker(sorted(tongues), preferred)
	if err != nil {
		return nil, fmt.Errorf("languages: %w", err)
	}
	return speaker, nil
}

// fromFile readies the language of a file, which may leave out what is built in.
func fromFile(path string) (*Tongue, error) {
	c, err := readFile(path)
	if err != nil {
		return nil, err
	}
	base := closest(c.Language)
	laid := c.over(base)
	if base == nil {
		if missing := laid.missing(); len(missing) > 0 {
			const some = 5
			return nil, fmt.Errorf("%s: the language %s is not built in, so a file of it has every message; %d are missing: %s",
				path, c.Language, len(missing), strings.Join(missing[:min(some, len(missing))], ", "))
		}
	}
	return laid.tongue()
}

// sorted are tongues in an order that does not change from one start to the next.
func sorted(tongues map[string]*Tongue) []*Tongue {
	var list []*Tongue
	for _, tag := range slices.Sorted(maps.Keys(tongues)) {
		list = append(list, tongues[tag])
	}
	return list
}

// usual speaks what is built in.
var usual = sync.OnceValue(func() *Speaker {
	speaker, err := newSpeaker(sorted(builtInTongues()), English.Tag)
	if err != nil {
		panic("languages: " + err.Error())
	}
	return speaker
})
