// Package joining knows which letters of cursive scripts are joined to which of their
// neighbours.
package joining

import "unicode"

//go:generate go run ./internal/genjoining tables.go

// ToNext reports whether a letter is joined to the next one.
func ToNext(r rune) bool { return unicode.Is(toNext, r) }

// ToPrevious reports whether a letter is joined to the one before.
func ToPrevious(r rune) bool { return unicode.Is(toPrevious, r) }
