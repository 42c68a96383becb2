package cryptomb

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	Find()
	os.Exit(m.Run())
}

// TestFindBesideOtherFolders: the tests start again once, whatever folders the
// developer has named already, and those are kept.
func TestFindBesideOtherFolders(t *testing.T) {
	if os.Getenv(variable) == Folder()+":/nowhere" {
		return // this is the process that was started below, or what it became
	}
	again := exec.CommandContext(t.Context(), own(), "-test.run", t.Name(), "-test.v")
	again.Env = append(slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, variable) }), variable+"=/nowhere")
	out, err := again.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
}
