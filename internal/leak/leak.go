// Package leak finds goroutines that tests have left behind.
package leak

import (
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience is how long goroutines may take to end, on a machine that does much
// else.
const patience = time.Minute

// Main runs the tests of a package and then end, and fails them if a goroutine of
// theirs goes on.
func Main(m *testing.M, end ...func()) {
	code := m.Run()
	for _, f := range end {
		f()
	}
	if code == 0 {
		code = check()
	}
	os.Exit(code)
}

func check() int {
	for deadline := time.Now().Add(patience); ; {
		err := goleak.Find()
		if err == nil {
			return 0
		}
		if time.Now().After(deadline) {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
}
