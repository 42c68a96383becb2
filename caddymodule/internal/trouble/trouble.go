// Package trouble says once in a log that something fails, however often it is
// tried again, and once that it works again.
package trouble

import (
	"sync/atomic"

	"go.uber.org/zap"
)

// A Log is told how each attempt at one thing went. It is safe for concurrent
// use, and an attempt that works like the one before it costs next to nothing.
type Log struct {
	logger        *zap.Logger
	failed, works string
	kind          atomic.Pointer[string] // of the failure that lasts
}

// New makes a Log that says failed when a failure begins, and works when it is
// over.
func New(logger *zap.Logger, failed, works string) *Log {
	return &Log{logger: logger, failed: failed, works: works}
}

// Failed takes down that an attempt has failed, and logs the error unless the
// attempt before it failed with the same kind. A kind is what stays the same
// while a failure lasts, as the text of an error, which may name a port, need
// not. Where attempts are made at once, name one kind for all, or each that
// comes between others is logged.
func (l *Log) Failed(kind string, err error) {
	if was := l.kind.Swap(&kind); was == nil || *was != kind {
		l.logger.Error(l.failed, zap.Error(err))
	}
}

// Works takes down that an attempt has not failed, and logs it if the one
// before it had.
func (l *Log) Works() {
	if l.kind.Load() != nil && l.kind.Swap(nil) != nil {
		l.logger.Info(l.works)
	}
}
