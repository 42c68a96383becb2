package deploy

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestDashboardIsWritten: the dashboard is what the program writes.
func TestDashboardIsWritten(t *testing.T) {
	written := filepath.Join(t.TempDir(), "customergate.json")
	program := exec.Command("go", "run", "./grafana", written)
	program.Dir = ".."
	if said, err := program.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	want, err := os.ReadFile(written)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../deploy/grafana/customergate.json")
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("it is another one: run `go -C tools run ./grafana ../deploy/grafana/customergate.json` (%v)", err)
	}
}
