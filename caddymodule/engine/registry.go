package engine

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// The names that are always there.
const (
	// Auto stands for the fastest engine that can be used.
	Auto = "auto"
	// Go is pure Go.
	Go = "go"
)

// goEngine is there whatever else is.
var goEngine = &Engine{Go, goLibrary{}}

// A candidate is an engine that a package has registered.
type candidate struct {
	rank int
	open func() (*Engine, error) // once for the process
}

// candidates have their names. Register writes it before main begins.
var candidates = make(map[string]candidate)

// Register makes an engine available under a name of its own. Of those that can
// be used, [Auto] takes the one of the highest rank. The library is opened when
// the engine is first asked for, and for the whole process. Register is for init
// functions alone, and panics if the name is taken.
func Register(name string, rank int, open func() (Library, error)) {
	if slices.Contains(Names(), name) {
		panic("engine: the name is taken: " + name)
	}
	candidates[name] = candidate{rank, sync.OnceValues(func() (*Engine, error) {
		library, err := open()
		if err != nil {
			return nil, fmt.Errorf("the engine %s cannot be used: %w", name, err)
		}
		return &Engine{name, library}, nil
	})}
}

// Names returns all that [Choose] knows.
func Names() []string {
	return append([]string{Auto, Go}, slices.Sorted(maps.Keys(candidates))...)
}

// Choose returns the engine of a name, or the fastest one for [Auto]. It always
// returns one: Go's where no other can be used, and then the error tells what
// keeps those away that were asked for. It has the same engine for everyone who
// asks.
func Choose(name string) (*Engine, error) {
	var troubles []error
	for _, c := range asked(name) {
		chosen, err := c.open()
		if err == nil {
			return chosen, nil
		}
		troubles = append(troubles, err)
	}
	return goEngine, errors.Join(troubles...)
}

// asked returns what a name stands for, the best first, and none for Go.
func asked(name string) []candidate {
	switch name {
	case Go:
		return nil
	case Auto:
		return slices.SortedFunc(maps.Values(candidates), func(a, b candidate) int { return cmp.Compare(b.rank, a.rank) })
	}
	if c, ok := candidates[name]; ok {
		return []candidate{c}
	}
	return []candidate{{open: func() (*Engine, error) { return nil, fmt.Errorf("there is no engine %q in this binary", name) }}}
}
