package keys

import (
	"maps"
	"slices"
	"strings"

	"go.uber.org/zap"
)

// A place is what can be in trouble on its own: a tenant, or a path that
// belongs to none.
type place struct{ tenant, path string }

// places lists what is in trouble, always in the same order.
func places(troubles map[place]error) []place {
	return slices.SortedFunc(maps.Keys(troubles), func(a, b place) int {
		return strings.Compare(a.tenant+"\x00"+a.path, b.tenant+"\x00"+b.path)
	})
}

// noteFailure takes down that nothing could be read at all, which tells nothing
// about the troubles that there were before.
func (f *File) noteFailure(err error) {
	troubles := make(map[place]error)
	maps.Copy(troubles, f.troubles)
	troubles[place{path: f.reader.path}] = err
	f.noteTroubles(troubles)
}

// noteTroubles logs each trouble once, and once that it is over.
func (f *File) noteTroubles(troubles map[place]error) {
	for _, where := range places(troubles) {
		known, err := f.troubles[where], troubles[where]
		if known == nil || known.Error() != err.Error() {
			f.logger.Error("keys could not be read; those read before stay in force", append(where.logFields(), zap.Error(err))...)
		}
	}
	for _, where := range places(f.troubles) {
		if troubles[where] == nil {
			f.logger.Info("keys can be read again", where.logFields()...)
		}
	}
	f.troubles = troubles
}

func (p place) logFields() []zap.Field {
	if p.tenant != "" {
		return []zap.Field{zap.String("tenant", p.tenant)}
	}
	return []zap.Field{zap.String("file", p.path)}
}
