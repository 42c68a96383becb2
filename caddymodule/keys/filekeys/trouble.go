package filekeys

import (
	"maps"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/internal/trouble"
)

// A place is what can be in trouble on its own: a tenant, or a path that
// belongs to none.
type place struct{ tenant, path string }

// places lists what is in trouble, always in the same order.
func places[T any](troubles map[place]T) []place {
	return slices.SortedFunc(maps.Keys(troubles), func(a, b place) int {
		return strings.Compare(a.tenant+"\x00"+a.path, b.tenant+"\x00"+b.path)
	})
}

// note logs each trouble once, and once that it is over.
func (f *Provider) note(troubles map[place]error) {
	for _, where := range places(troubles) {
		f.noteFailure(where, troubles[where])
	}
	for _, where := range places(f.troubles) {
		if troubles[where] == nil {
			f.troubles[where].Works()
			delete(f.troubles, where)
		}
	}
}

// noteFailure logs one trouble once, and tells nothing about the others.
func (f *Provider) noteFailure(where place, err error) {
	if f.troubles[where] == nil {
		f.troubles[where] = trouble.New(f.logger.With(where.logField()),
			"keys could not be read; those read before stay in force", "keys can be read again")
	}
	f.troubles[where].Failed(err.Error(), err)
}

func (p place) logField() zap.Field {
	if p.tenant != "" {
		return zap.String("tenant", p.tenant)
	}
	return zap.String("file", p.path)
}
