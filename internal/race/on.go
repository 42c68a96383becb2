//go:build race

package race

// Share is one in how many cases such a test tries.
const Share = 8
