package trouble

import (
	"sync"

	"go.uber.org/zap"
)

// maxNames is how many names a ByName tells apart, as some may be a stranger's.
const maxNames = 1024

// A ByName is a Log for each of many things of a kind, such as the keys of tenants.
// It is safe for concurrent use.
type ByName struct {
	logger        *zap.Logger
	name          string // of the log field
	failed, works string

	mu   sync.RWMutex
	logs map[string]*Log // of what fails
}

// NewByName makes a ByName whose lines have the name of the thing in a field.
func NewByName(logger *zap.Logger, field, failed, works string) *ByName {
	return &ByName{logger: logger, name: field, failed: failed, works: works, logs: map[string]*Log{}}
}

// Failed is Log.Failed of the thing of a name.
func (b *ByName) Failed(name, kind string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	log, known := b.logs[name]
	if !known {
		if len(b.logs) >= maxNames {
			name = "" // and all others that there is no room for
		}
		if log = b.logs[name]; log == nil {
			log = New(b.logger.With(zap.String(b.name, name)), b.failed, b.works)
			b.logs[name] = log
		}
	}
	log.Failed(kind, err)
}

// Works is Log.Works of the thing of a name, which takes no room any more then.
func (b *ByName) Works(name string) {
	b.mu.RLock()
	_, known := b.logs[name]
	b.mu.RUnlock()
	if !known {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if log := b.logs[name]; log != nil {
		log.Works()
		delete(b.logs, name)
	}
}
