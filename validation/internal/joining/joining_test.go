package joining_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/customergate/customergate/validation/internal/joining"
)

// TestTablesAreWritten: tables.go is what the program writes from the library's version.
func TestTablesAreWritten(t *testing.T) {
	written := filepath.Join(t.TempDir(), "tables.go")
	if out, err := exec.CommandContext(t.Context(), "go", "run", "./internal/genjoining", written).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want, err := os.ReadFile(written)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("tables.go"); err != nil || string(got) != string(want) {
		t.Errorf("tables.go is of another version of Unicode: run go generate ./validation/internal/joining (%v)", err)
	}
}

func TestJoining(t *testing.T) {
	for letter, want := range map[rune][2]bool{
		'\u0628': {true, true},  // BEH, on both sides
		'\u0631': {false, true}, // REH, to the one before only
		'\ua872': {true, false}, // a letter of Phags-pa, to the next one only
		'\u0621': {},            // HAMZA
		'a':      {},
	} {
		if got := [2]bool{joining.ToNext(letter), joining.ToPrevious(letter)}; got != want {
			t.Errorf("%U: %v, not %v", letter, got, want)
		}
	}
}
