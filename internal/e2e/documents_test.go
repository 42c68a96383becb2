package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDocuments runs what the documents tell people to run, block by block,
// each document in a folder of its own:
//
//	<!-- test: NAME -->      a block in sh, run by bash -euo pipefail
//	<!-- output: NAME -->    what the block of that name prints; … is anything
//	<!-- service: NAME -->   a block in sh that runs until the document ends
//	<!-- save: FILE -->      a block that is saved in the folder, for later ones
//	<!-- file: PATH -->      a block that stands in that file of the checkout,
//	                         whose own test runs it; indentation does not count
//	<!-- elsewhere: WHY -->  a block that this test leaves to another
//
// Blocks in caddyfile are validated: without a comment as a whole Caddyfile,
// behind <!-- caddyfile: site --> as directives of a site. Blocks in json are
// parsed, saved ones too. Blocks in text, or in no language, are for reading.
//
// It is not parallel to other tests: the documents name fixed ports.
func TestDocuments(t *testing.T) {
	names := []string{"README.md", "CONTRIBUTING.md"}
	docs, err := filepath.Glob(filepath.Join(checkout, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range docs {
		names = append(names, filepath.Join("docs", filepath.Base(doc)))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			r := newReader(t, name)
			for _, b := range readDocument(t, name) {
				r.follow(t, b)
			}
			if name == "README.md" && len(r.outputs) < 3 {
				t.Errorf("the README has %d tests, so its three requests are not among them", len(r.outputs))
			}
		})
	}
}

// reader is a person who does what a document says.
type reader struct {
	name    string
	dir     string
	env     []string
	outputs map[string]string // of the tests so far
}

func newReader(t *testing.T, name string) *reader {
	t.Helper()
	dir, bin := t.TempDir(), t.TempDir()
	for _, file := range []string{"Caddyfile.example", "xcaddy.txt"} {
		content, err := os.ReadFile(filepath.Join(checkout, file))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, file), content)
	}
	writeFile(t, filepath.Join(dir, "private.pem"), newKey().pem)
	if err := os.Mkdir(filepath.Join(dir, "tenants"), 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "tenants", "acme.pem"), newKey().pem)
	writeFile(t, filepath.Join(dir, "redis.password"), []byte("secret\n"))
	writeFile(t, filepath.Join(dir, "postgres.password"), []byte("secret\n"))
	writeProgram(t, filepath.Join(bin, "caddy"), `exec "`+binary+`" "$@"`)
	// The gateway is built already; this saves building it once more.
	goProgram, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	writeProgram(t, filepath.Join(bin, "go"),
		`if [ "$1 $2" = "run ./cmd/caddy" ]; then shift 2; exec "`+binary+`" "$@"; fi; exec "`+goProgram+`" "$@"`)
	return &reader{
		name:    name,
		dir:     dir,
		env:     append(homeEnv(dir), "PATH="+bin+":"+os.Getenv("PATH"), "NO_PROXY=*"),
		outputs: make(map[string]string),
	}
}

func writeProgram(t *testing.T, path, script string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

func (r *reader) follow(t *testing.T, b block) {
	t.Helper()
	where := fmt.Sprintf("%s:%d", r.name, b.line)
	switch {
	case b.kind == "elsewhere" && b.note != "":
	case b.kind == "test" && b.language == "sh":
		r.outputs[b.note] = r.run(t, where, b.text)
	case b.kind == "service" && b.language == "sh":
		r.serve(t, where, b.text)
	case b.kind == "output":
		r.compare(t, where, b)
	case b.kind == "file":
		compareWithFile(t, where, b)
	case b.kind == "save" && filepath.IsLocal(b.note):
		checkJSON(t, where, b)
		writeFile(t, filepath.Join(r.dir, b.note), []byte(b.text))
	case b.language == "caddyfile" && (b.kind == "" || b.kind == "caddyfile" && b.note == "site"):
		r.validate(t, where, b)
	case b.language == "json" && b.kind == "":
		checkJSON(t, where, b)
	case (b.language == "text" || b.language == "") && b.kind == "":
	default:
		t.Errorf("%s: nobody runs this block: language %q, comment %q %q", where, b.language, b.kind, b.note)
	}
}

// checkJSON fails if a block in json is not JSON.
func checkJSON(t *testing.T, where string, b block) {
	t.Helper()
	if b.language == "json" && !json.Valid([]byte(b.text)) {
		t.Errorf("%s: the block is not JSON", where)
	}
}

// compareWithFile fails unless a block stands in the file that it names.
func compareWithFile(t *testing.T, where string, b block) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout, filepath.FromSlash(b.note)))
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	if !holds(string(text), b.text) {
		t.Errorf("%s: this block does not stand in %s", where, b.note)
	}
}

// holds tells whether the lines of a block stand in a file, one after the
// other, however far either is indented.
func holds(file, shown string) bool {
	return strings.TrimSpace(shown) != "" && strings.Contains("\n"+unindent(file), "\n"+unindent(shown))
}

func unindent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}

func TestHolds(t *testing.T) {
	for _, tc := range []struct {
		file, shown string
		want        bool
	}{
		{"a\n  b\n    c\n", "b\n  c\n", true},
		{"a\n\tb", "a\nb\n", true},
		{"a\nb\nc\n", "a\nc\n", false},
		{"ab\n", "b\n", false},
		{"ab\n", "a\n", false},
		{"a\n", "\n", false},
		{"a b\n", "a  b\n", false},
	} {
		if got := holds(tc.file, tc.shown); got != tc.want {
			t.Errorf("%q in %q: %t, want %t", tc.shown, tc.file, got, tc.want)
		}
	}
}

// atHome puts the reader's own folder in the place of the gateway's.
func (r *reader) atHome(text string) string {
	return strings.ReplaceAll(text, "/etc/customergate/", r.dir+"/")
}

func (r *reader) command(text string) *exec.Cmd {
	command := exec.Command("bash", "-euo", "pipefail", "-c", r.atHome(text))
	command.Dir, command.Env = r.dir, r.env
	return command
}

func (r *reader) run(t *testing.T, where, text string) string {
	t.Helper()
	var diagnostics bytes.Buffer
	command := r.command(text)
	command.Stderr = &diagnostics
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", where, err, out, &diagnostics)
	}
	return string(out)
}

// serve starts a gateway and waits until it serves.
func (r *reader) serve(t *testing.T, where, text string) {
	t.Helper()
	for _, port := range []string{"8080", "8081", "2019"} {
		if !portIsFree(port) {
			t.Fatalf("%s: port %s, which the document needs, is taken by another program", where, port)
		}
	}
	log := watchFor("serving initial configuration")
	command := r.command(text)
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGTERM) // the shell and what it runs
		_ = command.Wait()
		for _, race := range racesOfOurs(log.String()) {
			t.Errorf("the race detector found:\n%s", race)
		}
		if t.Failed() {
			t.Logf("%s: its log:\n%s", where, log)
		}
	})
	select {
	case <-log.seen:
	case <-time.After(patience):
		t.Fatalf("%s: the gateway did not start:\n%s", where, log)
	}
}

func (r *reader) compare(t *testing.T, where string, b block) {
	t.Helper()
	got, found := r.outputs[b.note]
	if !found {
		t.Errorf("%s: no block before it is called %q; there are %q", where, b.note, slices.Collect(maps.Keys(r.outputs)))
		return
	}
	if !matches(b.text, got) {
		t.Errorf("%s: the output is\n%s\nwant\n%s", where, got, b.text)
	}
}

// matches compares an output with what a document shows of it, where … stands
// for anything. Blanks at both ends do not count.
func matches(shown, got string) bool {
	parts := strings.Split(strings.TrimSpace(shown), "…")
	rest, found := strings.CutPrefix(strings.TrimSpace(got), parts[0])
	if !found || len(parts) == 1 {
		return found && rest == ""
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		if _, rest, found = strings.Cut(rest, part); !found {
			return false
		}
	}
	return strings.HasSuffix(rest, parts[last])
}

func TestMatches(t *testing.T) {
	for _, tc := range []struct {
		shown, got string
		want       bool
	}{
		{"a b\n", "a b", true},
		{"a b", "a  b", false},
		{"a", "ab", false},
		{"…", "", true},
		{"a…", "ab\nc", true},
		{"a…c", "abc", true},
		{"a…c", "abcd", false},
		{"a…b…c", "a1b2c", true},
		{"a…b…c", "a1c2b", false},
		{"aa…aa", "aaa", false},
	} {
		if got := matches(tc.shown, tc.got); got != tc.want {
			t.Errorf("%q shown for %q: %t, want %t", tc.shown, tc.got, got, tc.want)
		}
	}
}

// validate loads a Caddyfile as far as starting it. The folder that documents
// name for keys is the reader's own.
func (r *reader) validate(t *testing.T, where string, b block) {
	t.Helper()
	text := r.atHome(b.text)
	if b.note == "site" {
		text = "example.com {\n" + text + "}\n"
	}
	config := filepath.Join(r.dir, "Caddyfile.document")
	writeFile(t, config, []byte(text))
	command := r.command(`caddy validate --adapter caddyfile --config Caddyfile.document`)
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", where, err, out)
	}
}
