// Package engine does RSA's private operation alone, RSADP of RFC 8017, section
// 5.1.2, so that what it gives can be decoded in more than one way.
//
// An engine is a library of arithmetic: pure Go, which is always there, or what
// another package has registered with [Register]. A program imports such a
// package to have it, and [Choose] finds out at run time whether it can be used.
// Whatever a library gives is confirmed with the public exponent before anyone
// sees it, so that neither a fault of the hardware nor a mistake in a library
// gives a private key away.
//
// The package knows nothing of Caddy.
package engine

// An Engine does private operations. It is safe for concurrent use.
type Engine struct {
	name    string
	library Library
}

// Name returns what the engine was registered as, such as go or openssl.
func (e *Engine) Name() string { return e.name }

// Version names the library and its version, such as `OpenSSL 3.0.19 27 Jan 2026`.
func (e *Engine) Version() string { return e.library.Version() }

// Batch returns how many operations the engine does for less when they come
// together: 1 where it makes no difference.
func (e *Engine) Batch() int { return e.library.Batch() }

// Do does all operations of a batch, whatever their keys, and returns when the
// last one has ended. The keys must be from this engine's [Engine.Ready].
func (e *Engine) Do(batch []*Operation) {
	own := make([]*Operation, 0, len(batch))
	for _, op := range batch {
		switch op.Err = op.check(); {
		case op.Err != nil:
		case op.Key.library == e.library:
			own = append(own, op)
		default: // the engine's library did not take the key
			op.Key.library.Run([]*Operation{op})
		}
	}
	for len(own) > 0 {
		n := min(len(own), e.Batch())
		e.library.Run(own[:n])
		own = own[n:]
	}
	for _, op := range batch {
		op.confirm()
	}
}
