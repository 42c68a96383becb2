//go:build !race

package openssl

const raceDetector = false
