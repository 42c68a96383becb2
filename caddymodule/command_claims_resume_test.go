package caddymodule

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/customergate/customergate/caddymodule/claims"
)

// interruptedImport is an import that was interrupted after its first batch, of
// which one line was refused.
type interruptedImport struct {
	config, folder, input, state string
	addresses                    int
	run                          execution
}

func interruptImport(t *testing.T, how func(context.Context) error, column string, text func(i int) string, args ...string) *interruptedImport {
	t.Helper()
	folder := t.TempDir()
	in := &interruptedImport{
		config: claimsConfigOn(t, "test_interrupted "+filepath.Join(folder, "claims.db")), folder: folder,
		input: filepath.Join(t.TempDir(), "input"), addresses: importBatch + 1000,
	}
	in.state = in.input + stateSuffix
	var all strings.Builder
	all.WriteString(column)
	for i := range in.addresses {
		if i == 10 || i == in.addresses-10 {
			all.WriteString("nobody\n")
		}
		all.WriteString(text(i))
	}
	writeFile(t, in.input, all.String(), 0o600)
	atSecondImport = how
	defer func() { atSecondImport = nil }()
	in.run = executeClaims(t, in.config, "", "import", append(args, in.input)...)
	return in
}

func canary(i int) string { return fmt.Sprintf("canary%07d@canary.example\n", i) }

// TestClaimsImportInterruptedWithinABatch: a store has imported a part of it.
func TestClaimsImportInterruptedWithinABatch(t *testing.T) {
	p := &importPlace{Addresses: 1000, Added: 1200}
	if want := report("1,200", "1,200", "0", "0"); p.report() != want {
		t.Errorf("it prints\n%swant\n%s", p.report(), want)
	}
}

// TestClaimsImportInterrupted: Ctrl+C leaves what was imported, and where to go
// on. No address is in any file, nor in what the command says.
func TestClaimsImportInterrupted(t *testing.T) {
	in := interruptImport(t, pressCtrlC, "", canary)
	in.run.checkFails(t, "interrupted; what was imported stays: go on by running the command again with --resume")
	batch := humanize.Comma(importBatch)
	if want := report(batch, batch, "0", "1") + "no address in line 11\n"; in.run.stdout != want {
		t.Errorf("it prints\n%swant\n%s", in.run.stdout, want)
	}
	if info, err := os.Stat(in.state); err != nil || info.Mode() != 0o600 {
		t.Errorf("the state is %v, %v", info, err)
	}
	state := mustRead(t, in.state)
	executeClaims(t, in.config, "", "import", in.input).checkFails(t, "go on with --resume, or remove it to begin anew")
	elsewhere := filepath.Join(filepath.Dir(in.config), "elsewhere", "Caddyfile")
	if err := os.Mkdir(filepath.Dir(elsewhere), 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, elsewhere, strings.Replace(string(mustRead(t, in.config)), "claims.db", "others.db", 1), 0o600)
	executeClaims(t, elsewhere, "", "import", "--resume", in.input).checkFails(t, "into another store")
	for name, text := range map[string][]byte{"the state": state, "the output": []byte(in.run.stdout + in.run.stderr)} {
		if bytes.Contains(bytes.ToLower(text), []byte("canary")) {
			t.Errorf("an address is in %s: %s", name, text)
		}
	}
	all := humanize.Comma(int64(in.addresses))
	run := executeClaims(t, in.config, "", "import", "--resume", in.input)
	want := report(all, all, "0", "2") + fmt.Sprintf("no address in line 11, %d\n", in.addresses-8)
	if run.stdout != want {
		t.Errorf("resumed, it prints\n%swant\n%serror %v, beside the output %q", run.stdout, want, run.err, run.stderr)
	}
	executeClaims(t, in.config, "", "count").checkPrints(t, fmt.Sprintln(in.addresses))
	if left, err := filepath.Glob(in.input + "?*"); err != nil || len(left) > 0 {
		t.Errorf("it leaves %q", left)
	}
}

// TestClaimsImportResumesCSV: with rows of several lines, and the names at the
// start of the file. A store whose connection ends is not the end of the input.
func TestClaimsImportResumesCSV(t *testing.T) {
	row := func(i int) string { return "\"two\nlines\"," + canary(i) }
	in := interruptImport(t, func(context.Context) error { return io.EOF }, "note,mail\n", row, "--column", "mail")
	in.run.checkFails(t, "EOF; what was imported stays: go on by running the command again with --resume")
	executeClaims(t, in.config, "", "import", "--resume", in.input).checkFails(t, "from another column")
	run := executeClaims(t, in.config, "", "import", "--resume", "--column", "mail", in.input)
	all := humanize.Comma(int64(in.addresses))
	want := report(all, all, "0", "2") + fmt.Sprintf("no address in line 22, %d\n", 2+2*(in.addresses-10)+1)
	if run.stdout != want {
		t.Errorf("resumed, it prints\n%swant\n%serror %v, beside the output %q", run.stdout, want, run.err, run.stderr)
	}
}

// TestClaimsImportInterruptedInput: what can be read only once is begun again,
// and waiting for it does not keep the command from ending.
func TestClaimsImportInterruptedInput(t *testing.T) {
	config, folder := claimsConfig(t)
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan execution)
	go func() { done <- executeClaims(t, config, "", "import", pipe) }()
	writer, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits until it is read
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	run := <-done
	run.checkFails(t, "interrupted")
	if run.stdout != "" || strings.Contains(run.stderr, "resume") {
		t.Errorf("it prints %q, beside the output %q", run.stdout, run.stderr)
	}
}

// TestImportFormatGoesOn: from wherever it has stopped, an import finds what it
// would have found.
func TestImportFormatGoesOn(t *testing.T) {
	for name, test := range map[string]struct {
		input   string
		flags   importFlags
		records int
	}{
		"lines":                      {"\ufeffada@example.com\r\n\n x \nbob@example.com", importFlags{}, 4},
		"lines that are too long":    {strings.Repeat("x", 3*maxAddressLine) + "\nada@example.com\n", importFlags{}, 2},
		"column with a name":         {"\ufeffmail,note\nada@example.com,\"two\r\nlines\"\n\n\nmail,note\nx\"x\nbob@example.com\n", importFlags{column: "mail", delimiter: ","}, 4},
		"column with a number":       {"\ufeffnote,mail\n\"two\nlines\",ada@example.com\nnote,mail\n1\n2,bob@example.com", importFlags{column: "2", delimiter: ","}, 4},
		"column with a name, ending": {"note,mail\n1,ada@example.com\n2,\"bob@example.com\n\n", importFlags{column: "mail", delimiter: ","}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			path := writeTemp(t, test.input)
			whole, offsets := recordsFrom(t, test.flags, path, 0)
			if len(whole) != test.records {
				t.Fatalf("it has %d records: %+v", len(whole), whole)
			}
			for i, offset := range offsets {
				if rest, _ := recordsFrom(t, test.flags, path, offset); !slices.Equal(rest, whole[i+1:]) {
					t.Errorf("behind record %d it finds %+v, want %+v", i, rest, whole[i+1:])
				}
			}
		})
	}
}

// recordsFrom returns what an import finds from an offset on, and the offset
// behind each.
func recordsFrom(t *testing.T, flags importFlags, path string, offset int64) (records []addressRecord, offsets []int64) {
	t.Helper()
	format, err := flags.format()
	if err != nil {
		t.Fatal(err)
	}
	input, err := openInput(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer input.Close()
	source, err := format.open(input, offset)
	if err != nil {
		t.Fatal(err)
	}
	for {
		r, err := source.next()
		if errors.Is(err, io.EOF) {
			return records, offsets
		}
		if err != nil {
			t.Fatal(err)
		}
		records, offsets = append(records, r), append(offsets, source.offset())
	}
}

func TestOpenPlace(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	about := importAbout{Size: 100, Modified: at, Head: "head", Purpose: "purpose"}
	change := func(do func(*importAbout)) importAbout {
		changed := about
		do(&changed)
		return changed
	}
	for name, test := range map[string]struct {
		now  importAbout
		says string
	}{
		"the same":                      {about, ""},
		"the same, in another zone":     {change(func(a *importAbout) { a.Modified = at.In(time.FixedZone("", 3600)) }), ""},
		"longer":                        {change(func(a *importAbout) { a.Size++ }), "the input has changed"},
		"modified":                      {change(func(a *importAbout) { a.Modified = at.Add(1) }), "the input has changed"},
		"begins otherwise":              {change(func(a *importAbout) { a.Head = "" }), "the input has changed"},
		"for another tenant, or column": {change(func(a *importAbout) { a.Purpose = "" }), "for another tenant"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state")
			begun, err := openPlace(path, about, true)
			if err != nil || begun.Offset != 0 {
				t.Fatal(begun, err)
			}
			begun.Offset, begun.Addresses = 50, 2
			if err := begun.save(); err != nil {
				t.Fatal(err)
			}
			place, err := openPlace(path, test.now, true)
			switch {
			case test.says == "" && (err != nil || place.Offset != 50 || place.Addresses != 2):
				t.Errorf("it begins at %+v; %v", place, err)
			case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
				t.Errorf("the error is %v, it should say %q", err, test.says)
			}
		})
	}
}

// TestClaimsHoldNoAddress reads the bytes of the store, where entries are in
// the tree and where they are in the journal. That it would find an address it
// knows from the hashes, which are there.
func TestClaimsHoldNoAddress(t *testing.T) {
	config, folder := claimsConfig(t)
	addresses := []string{"canary-one@canary-two.example", "Canary-Three@Canary-Four.example"}
	run := executeClaims(t, config, strings.Join(addresses, "\n")+"\ncanary\n", "import", "-")
	if strings.Contains(strings.ToLower(run.stdout+run.stderr), "canary") {
		t.Errorf("it prints %s%s", run.stdout, run.stderr)
	}
	c, err := claimsFlags{gateFlags: gateFlags{config: config}}.open()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.pepper.find(); err != nil {
		t.Fatal(err)
	}
	var ids []claims.ID
	for _, address := range append(addresses, "canary-five@canary-six.example", "canary-seven@canary-eight.example") {
		ids = append(ids, c.pepper.emailID("default", strings.ToLower(address)))
	}
	token := claims.NewToken()
	for _, id := range ids[2:] {
		if _, err := c.Reserve(t.Context(), id, token, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Commit(t.Context(), ids[3], token, nil, 0); err != nil {
		t.Fatal(err)
	}
	c.close()
	stored := bytesIn(t, folder)
	for _, id := range ids {
		if !bytes.Contains(stored, id.Sum[:]) {
			t.Error("an entry is not where this test looks for addresses")
		}
	}
	if at := bytes.Index(bytes.ToLower(stored), []byte("canary")); at >= 0 {
		t.Errorf("an address is in the store's files: %q", stored[at:at+40])
	}
}
