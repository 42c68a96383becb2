//go:build race

package openssl

// The race detector keeps memory of its own of all that is allocated.
const raceDetector = true
