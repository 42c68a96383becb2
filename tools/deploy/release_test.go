package deploy

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestRelease builds this platform's binary of a release in two checkouts: both are the
// same, and what is in it is listed.
func TestRelease(t *testing.T) {
	target := runtime.GOOS + "/" + runtime.GOARCH
	var checksums []string
	for range 2 {
		checkout := t.TempDir()
		copied := "tar -C ../.. --exclude=./build --exclude=./.git -cf - . | tar -xf - -C " + checkout
		if said, err := exec.Command("sh", "-c", copied).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		release := exec.Command("deploy/release.sh", "0.0.0", target)
		release.Dir = checkout
		said, err := release.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		for line := range strings.Lines(string(said)) {
			if strings.Contains(line, "caddy-customergate") {
				checksums = append(checksums, line)
			}
		}
		checkList(t, filepath.Join(checkout, "build", "release", "sbom.cdx.json"))
	}
	if len(checksums) != 2 || checksums[0] != checksums[1] {
		t.Errorf("the checksums are %q", checksums)
	}
}

func checkList(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		BOMFormat  string
		Components []struct{ Name string }
	}
	if err := json.Unmarshal(text, &list); err != nil || list.BOMFormat != "CycloneDX" {
		t.Fatalf("the list is %s, %v", list.BOMFormat, err)
	}
	for _, c := range list.Components {
		if c.Name == "github.com/caddyserver/caddy/v2" {
			return
		}
	}
	t.Error("Caddy is not in the list")
}
