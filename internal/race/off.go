//go:build !race

// Package race is for tests that try all there is of what one goroutine
// computes. The race detector makes them ten times slower and finds nothing, so
// they take samples under it; make cover runs them in full without it.
package race

// Share is one in how many cases such a test tries: every one.
const Share = 1
