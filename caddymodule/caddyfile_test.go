package caddymodule

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"golang.org/x/tools/txtar"
)

// A golden archive holds the cases of one option. A case is a folder of two
// files: a Caddyfile, and what becomes of it, which is the JSON configuration
// in config.json or the refusal in error.
const goldenArchives = "testdata/caddyfile/*.txtar"

var update = flag.Bool("update", false, "write the golden archives anew from what is made of their Caddyfiles")

type golden struct{ name, source, outcome, want string }

func goldenPaths(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob(goldenArchives)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden archives: %v", err)
	}
	return paths
}

func readGoldens(t testing.TB, path string) []golden {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var goldens []golden
	for pair := range slices.Chunk(archive.Files, 2) {
		name, isSource := strings.CutSuffix(pair[0].Name, "/Caddyfile")
		if !isSource || len(pair) != 2 || pair[1].Name != name+"/config.json" && pair[1].Name != name+"/error" {
			t.Fatalf("%s: %s is no Caddyfile with its config.json or error behind it", path, pair[0].Name)
		}
		goldens = append(goldens, golden{name, string(pair[0].Data), filepath.Base(pair[1].Name), string(pair[1].Data)})
	}
	return goldens
}

func adapt(source string) ([]byte, error) {
	config, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(source), nil)
	return config, err
}

// TestCaddyfile compares errors as a whole, so that each has to name the line
// of the option that it is about.
func TestCaddyfile(t *testing.T) {
	for _, path := range goldenPaths(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			goldens := readGoldens(t, path)
			for i, golden := range goldens {
				t.Run(golden.name, func(t *testing.T) {
					goldens[i].outcome, goldens[i].want = adaptGolden(t, golden.source)
					if got := goldens[i]; got != golden && !*update {
						t.Errorf("got %s\n%s\nwant %s\n%s", got.outcome, got.want, golden.outcome, golden.want)
					}
				})
			}
			if *update {
				writeGoldens(t, path, goldens)
			}
		})
	}
}

func adaptGolden(t *testing.T, source string) (outcome, text string) {
	config, err := adapt(source)
	if err != nil {
		return "error", err.Error() + "\n"
	}
	return "config.json", indent(t, config) + "\n"
}

func writeGoldens(t *testing.T, path string, goldens []golden) {
	t.Helper()
	archive, err := txtar.ParseFile(path) // again, for its comment
	if err != nil {
		t.Fatal(err)
	}
	archive.Files = nil
	for _, golden := range goldens {
		archive.Files = append(archive.Files,
			txtar.File{Name: golden.name + "/Caddyfile", Data: []byte(golden.source)},
			txtar.File{Name: golden.name + "/" + golden.outcome, Data: []byte(golden.want)})
	}
	writeFile(t, path, string(txtar.Format(archive)), 0o644)
}

// TestCaddyfileEveryOption: each option that the gate says it has is the
// subject of an archive, and wherever a refusal lists options, one case of its
// archive that is accepted has each of them.
func TestCaddyfileEveryOption(t *testing.T) {
	for _, option := range listedOptions(goldenNamed(t, "directive", "unknown_option").want) {
		if _, err := os.Stat(strings.Replace(goldenArchives, "*", option, 1)); err != nil {
			t.Errorf("%s has no archive", option)
		}
	}
	for _, path := range goldenPaths(t) {
		accepted, listed := "", []string(nil)
		for _, golden := range readGoldens(t, path) {
			if golden.outcome == "error" {
				listed = append(listed, listedOptions(golden.want)...)
			} else {
				accepted += golden.source
			}
		}
		slices.Sort(listed)
		for _, option := range slices.Compact(listed) {
			if !regexp.MustCompile(`(?m)^\s*` + option + `\b`).MatchString(accepted) {
				t.Errorf("%s has no accepted case with %s", path, option)
			}
		}
	}
}

// listedOptions are those that a refusal names to choose from.
func listedOptions(refusal string) []string {
	_, list, found := strings.Cut(refusal, "; the options are ")
	if !found {
		return nil
	}
	list, _, _ = strings.Cut(list, ", at Caddyfile:")
	return strings.Split(list, ", ")
}

func goldenNamed(t *testing.T, archive, name string) golden {
	t.Helper()
	goldens := readGoldens(t, strings.Replace(goldenArchives, "*", archive, 1))
	i := slices.IndexFunc(goldens, func(g golden) bool { return g.name == name })
	if i < 0 {
		t.Fatalf("%s has no case %s", archive, name)
	}
	return goldens[i]
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
		for _, golden := range readGoldens(f, path) {
			f.Add(golden.source)
		}
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
	if err := read.buildEndpoint(); err != nil {
		t.Fatalf("described in a Caddyfile, refused in JSON: %s: %v", first, err)
	}
	read.applyDefaults()
	if err := read.check(); err != nil {
		t.Errorf("accepted in a Caddyfile, refused in JSON: %s: %v", first, err)
	}
}
