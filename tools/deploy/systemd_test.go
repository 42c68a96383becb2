package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestUnit has systemd's own tools read the unit.
func TestUnit(t *testing.T) {
	const unit = "../../deploy/systemd/customergate.service"
	text, err := os.ReadFile(unit)
	if err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("systemd-analyze", "security", "--offline=true", "--no-pager", unit).CombinedOutput()
	found := regexp.MustCompile(`Overall exposure level for \S+: (\d+\.\d+)`).FindSubmatch(said)
	if found == nil {
		t.Fatalf("systemd-analyze says %s, %v", said, err)
	}
	if exposure, _ := strconv.ParseFloat(string(found[1]), 64); exposure > 1.6 {
		t.Errorf("its exposure is %.1f, want at most 1.6:\n%s", exposure, said)
	}

	// To verify it, the program that it starts has to be there.
	folder := t.TempDir()
	here := filepath.Join(folder, "customergate.service")
	if err := os.WriteFile(here, []byte(strings.ReplaceAll(string(text), "/usr/bin/caddy", "/bin/true")), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("systemd-analyze", "verify", here).CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, said)
	}
}
