package claims

import "errors"

// A Starter is a Store that opens files or connections when a configuration
// really starts, which provisioning does not tell apart from `caddy validate`.
// An error keeps the configuration from starting. No other method is called
// before Start has returned.
type Starter interface {
	Start() error
}

// ErrInUse is wrapped by the error of Start where another process has the store
// open, which can be used by one at a time.
var ErrInUse = errors.New("another process has it open")
