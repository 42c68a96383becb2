package caddymodule

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// A golden file is a Caddyfile, a line of dashes, and what becomes of it: the
// JSON configuration, or for the files called refused_ the error.
const (
	goldenFiles     = "testdata/caddyfile/*.caddyfiletest"
	goldenSeparator = "----------\n"
)

func goldenPaths(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob(goldenFiles)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	return paths
}

func readGolden(t testing.TB, path string) (source, want string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	source, want, found := strings.Cut(string(text), goldenSeparator)
	if !found {
		t.Fatalf("%s has no line of dashes", path)
	}
	return source, strings.TrimSpace(want)
}

func adapt(source string) ([]byte, error) {
	config, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(source), nil)
	return config, err
}

// TestCaddyfile compares errors as a whole, so that each has to name the line
// of the option that it is about.
func TestCaddyfile(t *testing.T) {
	for _, path := range goldenPaths(t) {
		name := strings.TrimSuffix(filepath.Base(path), ".caddyfiletest")
		t.Run(name, func(t *testing.T) {
			source, want := readGolden(t, path)
			config, err := adapt(source)
			if refused := strings.HasPrefix(name, "refused_"); refused != (err != nil) {
				t.Fatalf("refused is %t, want %t: %v", err != nil, refused, err)
			}
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = indent(t, config)
			}
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func indent(t testing.TB, text []byte) string {
	t.Helper()
	var indented bytes.Buffer
	if err := json.Indent(&indented, text, "", "\t"); err != nil {
		t.Fatal(err)
	}
	return indented.String()
}

// TestCaddyfileNamesTheImportedFile: the line of an error is that of the file
// in which the option stands.
func TestCaddyfileNamesTheImportedFile(t *testing.T) {
	options := filepath.Join(t.TempDir(), "options.caddy")
	writeFile(t, options, "mgf1 both\n\nmax_body 1\n", 0o644)
	_, err := adapt(":8080 {\n\tcustomer_gate {\n\t\timport " + options + "\n\t}\n}\n")
	if err == nil || !strings.Contains(err.Error(), "out of range") || !strings.Contains(err.Error(), ", at "+options+":3") {
		t.Errorf("the error is %v, want one at line 3 of the imported file", err)
	}
}

// FuzzCaddyfile reads the gates of any Caddyfile: nothing makes the parser
// panic, and what it accepts survives the way through JSON and is accepted
// there too.
func FuzzCaddyfile(f *testing.F) {
	for _, path := range goldenPaths(f) {
		source, _ := readGolden(f, path)
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if strings.Contains(source, "import") {
			return // reads any file of this machine
		}
		blocks, err := caddyfile.Parse("Caddyfile", []byte(source))
		if err != nil {
			return
		}
		for _, block := range blocks {
			for _, segment := range block.Segments {
				if segment.Directive() == "customer_gate" {
					fuzzSegment(t, segment)
				}
			}
		}
	})
}

func fuzzSegment(t *testing.T, segment caddyfile.Segment) {
	parsed := new(Gate)
	if err := parsed.UnmarshalCaddyfile(caddyfile.NewDispenser(segment)); err != nil {
		if !strings.Contains(err.Error(), ", at Caddyfile:") {
			t.Errorf("the error names no line: %v", err)
		}
		return
	}
	first, err := json.Marshal(parsed)
	if err != nil {
		t.Fatal(err)
	}
	read := new(Gate)
	if err := caddy.StrictUnmarshalJSON(first, read); err != nil {
		t.Fatalf("%s: %v", first, err)
	}
	second, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Errorf("%s became %s", first, second)
	}
	read.applyDefaults()
	if err := read.check(); err != nil {
		t.Errorf("accepted in a Caddyfile, refused in JSON: %s: %v", first, err)
	}
}
