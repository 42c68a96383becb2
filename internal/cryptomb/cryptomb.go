// Package cryptomb finds Intel's crypto_mb for tests: where the machine has none,
// what scripts/unpack-crypto-mb.sh has unpacked beside the checkout's builds.
package cryptomb

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/cpu"
)

const variable = "LD_LIBRARY_PATH"

// Find begins the TestMain of packages whose tests load the library. The loader
// reads where to look for it when a process starts, so the tests start again.
func Find() {
	if folders := filepath.SplitList(os.Getenv(variable)); !slices.Contains(folders, Folder()) {
		panic(syscall.Exec(own(), os.Args, Environment()))
	}
}

func own() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}

// Environment is this process's, with which another one finds the library. It
// names the variable once: of two values, a process sees one or the other.
func Environment() []string {
	folders := append([]string{Folder()}, filepath.SplitList(os.Getenv(variable))...)
	others := slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, variable+"=") })
	return append(others, variable+"="+strings.Join(folders, string(filepath.ListSeparator)))
}

// Folder is where the library is unpacked.
func Folder() string {
	_, self, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(self), "..", "..", "build", "crypto-mb")
}

// CPU tells whether the CPU can run the library.
func CPU() bool { return cpu.X86.HasAVX512IFMA }

// SkipWithoutIFMA skips a test on a CPU that cannot run the library, which is
// the only reason to: without the library it fails.
func SkipWithoutIFMA(t testing.TB) {
	t.Helper()
	if !CPU() {
		t.Skip("the CPU has no AVX-512 IFMA")
	}
}
