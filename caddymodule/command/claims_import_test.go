package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/command/addresses"
)

func report(addresses, added, there, refused string) string {
	return fmt.Sprintf("addresses     %13s\nadded         %13s\nthere already %13s\nrefused lines %13s\n", addresses, added, there, refused)
}

func TestClaimsImport(t *testing.T) {
	tests := map[string]struct {
		input   string
		args    []string
		prints  string
		refused bool
		taken   []string
	}{
		"lines":              {"ada@example.com\nbob@example.com\n", nil, report("2", "2", "0", "0"), false, []string{"ada@example.com", "bob@example.com"}},
		"as the gate folds":  {"ADA@Example.COM\n", nil, report("1", "1", "0", "0"), false, []string{"ada@example.com", "aDa@eXample.com"}},
		"the same twice":     {"ada@example.com\nAda@example.com\n", nil, report("2", "1", "1", "0"), false, []string{"ada@example.com"}},
		"no end of line":     {"ada@example.com\nbob@example.com", nil, report("2", "2", "0", "0"), false, []string{"bob@example.com"}},
		"of Windows":         {"\ufeffada@example.com\r\nbob@example.com\r\n", nil, report("2", "2", "0", "0"), false, []string{"ada@example.com", "bob@example.com"}},
		"blanks":             {"\n  ada@example.com\t\n \n\n", nil, report("1", "1", "0", "0"), false, []string{"ada@example.com"}},
		"nothing":            {"", nil, report("0", "0", "0", "0"), false, nil},
		"half a mark":        {"\ufeff"[:2], nil, report("0", "0", "0", "1") + "no address in line 1\n", true, nil},
		"no addresses":       {"x\nada@example.com\ny\nz\n\"bob@example.com\"\n", nil, report("1", "1", "0", "4") + "no address in line 1, 3-5\n", true, []string{"ada@example.com"}},
		"a line without end": {strings.Repeat("a", 200_000) + "\nada@example.com\n" + strings.Repeat("b", addresses.MaxLine), nil, report("1", "1", "0", "2") + "no address in line 1, 3\n", true, []string{"ada@example.com"}},
		"a line just short enough": {
			strings.Repeat(" ", addresses.MaxLine-len("ada@example.com")-1) + "ada@example.com\n", nil, report("1", "1", "0", "0"), false, []string{"ada@example.com"},
		},
		"column with a name": {
			"id,\" E-Mail \",name\n7,ada@example.com,\"Lovelace,\nAda\"\n8,,Bob\n9,x,X\n10\n", []string{"--column", "e-mail"},
			report("1", "1", "0", "2") + "no address in line 5-6\n", true, []string{"ada@example.com"},
		},
		"column with a number, below a name":        {"id,mail\n7,ada@example.com\n", []string{"--column", "2"}, report("1", "1", "0", "0"), false, []string{"ada@example.com"}},
		"column with a number, without a name":      {"7,ada@example.com\n8,bob\n", []string{"--column", "2"}, report("1", "1", "0", "1") + "no address in line 2\n", true, []string{"ada@example.com"}},
		"only the first row has names":              {"id,mail\n7,mail\n", []string{"--column", "2"}, report("0", "0", "0", "1") + "no address in line 2\n", true, nil},
		"mark before a name":                        {"\ufeffmail;id\nada@example.com;7\n", []string{"--column", "mail", "--delimiter", ";"}, report("1", "1", "0", "0"), false, []string{"ada@example.com"}},
		"rows of more and fewer cells":              {"mail,id\nada@example.com\nbob@example.com,8,more\n", []string{"--column", "mail"}, report("2", "2", "0", "0"), false, []string{"bob@example.com"}},
		"the line of the cell, not that of the row": {"note,mail\n\"two\nlines\",x\n", []string{"--column", "mail"}, report("0", "0", "0", "1") + "no address in line 3\n", true, nil},
		"tabs": {"id\tmail\n7\tada@example.com\n", []string{"--column", "mail", "--delimiter", `\t`}, report("1", "1", "0", "0"), false, []string{"ada@example.com"}},
		"quotation marks in the wrong place": {
			"mail\nada@example.com\nbo\"b@example.com\ncy@example.com\n", []string{"--column", "mail"}, report("2", "2", "0", "1") + "no address in line 3\n", true, []string{"cy@example.com"},
		},
		"a quotation mark that is never closed": {
			"mail\nada@example.com\n\"bob@example.com\ncy@example.com\n", []string{"--column", "mail"}, report("1", "1", "0", "2") + "no address in line 3-4\n", true, []string{"ada@example.com"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			config, _ := claimsConfig(t)
			run := executeClaims(t, config, test.input, "import", append(test.args, "-")...)
			if errors.Is(run.err, errLinesRefused) != test.refused || run.err != nil && !test.refused || run.stdout != test.prints {
				t.Errorf("it prints\n%swant\n%serror %v, beside the output %q", run.stdout, test.prints, run.err, run.stderr)
			}
			if strings.Contains(run.stderr, "Error") {
				t.Errorf("beside the output it says %q, which is in the output already", run.stderr)
			}
			checkTaken(t, config, true, test.taken...)
			checkTaken(t, config, false, "nobody@example.com")
		})
	}
}

func TestClaimsImportStrict(t *testing.T) {
	config, folder := claimsConfig(t)
	file := folder + "/addresses"
	writeFile(t, file, "ada@example.com\nx\nbob@example.com\n", 0o600)
	executeClaims(t, config, "", "import", "--strict", file).checkFails(t, "line 2: it holds no address")
	checkTaken(t, config, true, "ada@example.com")
	checkTaken(t, config, false, "bob@example.com")
	writeFile(t, file, "ada@example.com\nbob@example.com\n", 0o600)
	executeClaims(t, config, "", "import", "--strict", file).checkPrints(t, report("2", "1", "1", "0"))
	if files := filesIn(t, folder); len(files) != 2 {
		t.Errorf("beside the input and the claims, it leaves %q", files)
	}
}

func TestClaimsImportFails(t *testing.T) {
	config, folder := claimsConfig(t)
	file := folder + "/addresses.csv"
	writeFile(t, file, "id,mail\n7,canary@example.com\n", 0o600)
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"no configuration":               {[]string{"-"}, `required flag(s) "config" not set`},
		"no input":                       {[]string{"--config", config}, "accepts 1 arg"},
		"input that is not there":        {[]string{"--config", config, file + "x"}, "addresses.csvx"},
		"input is a folder":              {[]string{"--config", config, folder}, "is a directory"},
		"no such column":                 {[]string{"--config", config, "--column", "email", file}, "names 2 columns, and none of them so; see --delimiter"},
		"column 0":                       {[]string{"--config", config, "--column", "0", file}, "counted from 1"},
		"names that are not CSV":         {[]string{"--config", config, "--column", "mail", "--delimiter", "d", writeTemp(t, `"canary@example.com" x`)}, "names of the columns"},
		"two delimiters":                 {[]string{"--config", config, "--column", "mail", "--delimiter", ";;", file}, "want one character"},
		"no delimiter":                   {[]string{"--config", config, "--column", "mail", "--delimiter", "", file}, "want one character"},
		"quotation mark as a delimiter":  {[]string{"--config", config, "--column", "mail", "--delimiter", `"`, file}, "want one character"},
		"tenant where there is only one": {[]string{"--config", config, "--tenant", "acme", file}, "does not tell tenants apart"},
	} {
		t.Run(name, func(t *testing.T) {
			run := execute(t, "canary@example.com", append([]string{"claims", "import"}, test.args...)...)
			run.checkFails(t, test.says)
			if run.stdout != "" || strings.Contains(run.stderr, "canary") {
				t.Errorf("it prints %q, beside the output %q", run.stdout, run.stderr)
			}
		})
	}
	checkTaken(t, config, false, "canary@example.com")
	if files := filesIn(t, folder); len(files) != 2 {
		t.Errorf("it leaves %q", files)
	}
}

// TestClaimsImportMakesThePepper: once, and says where. The commands that look
// never do.
func TestClaimsImportMakesThePepper(t *testing.T) {
	config, _ := claimsConfig(t)
	storage := noStorage(t)
	for _, verb := range []string{"check", "forget"} {
		executeClaims(t, config, "ada@example.com", verb, "-").checkFails(t, "nothing was claimed with it so far")
	}
	executeClaims(t, config, "", "count").checkPrints(t, "0\n")
	if files := filesIn(t, storage); len(files) != 0 {
		t.Errorf("they make %q", files)
	}
	note := "note: made the key that addresses are hashed with, in Caddy's storage (FileStorage:" + storage + "); the gateway has to use the same storage\n"
	for _, want := range []string{note, ""} {
		if run := executeClaims(t, config, "ada@example.com", "import", "-"); run.err != nil || run.stderr != want {
			t.Errorf("error %v, beside the output %q, want %q", run.err, run.stderr, want)
		}
	}
	checkTaken(t, config, true, "ada@example.com")
}

// TestClaimsImportIsForTheGate: what was imported is taken for the gate, under
// the same pepper from a file or the storage.
func TestClaimsImportIsForTheGate(t *testing.T) {
	for name, options := range map[string][]string{
		"the storage": nil,
		"a file":      {"pepper file " + writeTemp(t, strings.Repeat("p", 32))},
	} {
		t.Run(name, func(t *testing.T) {
			config, _ := claimsConfig(t, options...)
			executeClaims(t, config, "Ada@EXAMPLE.com", "import", "-").checkPrints(t, report("1", "1", "0", "0"))
			answer, err := start(t, config)
			if err != nil {
				t.Fatal(err)
			}
			if status := answer(with(map[string]any{"email": "ada@Example.com"})); status != 409 {
				t.Errorf("it is answered %d", status)
			}
			if status := answer(with(map[string]any{"email": "bob@example.com"})); status != 502 { // as nobody stands behind the gate
				t.Errorf("another address is answered %d", status)
			}
		})
	}
}

// TestClaimsUnderAnotherPepper: neither a command nor a gate works on them.
func TestClaimsUnderAnotherPepper(t *testing.T) {
	store := "bolt " + filepath.Join(t.TempDir(), "claims.db")
	first := claimsConfigOn(t, store, "pepper file "+writeTemp(t, strings.Repeat("a", 32)))
	other := claimsConfigOn(t, store, "pepper file "+writeTemp(t, strings.Repeat("b", 32)))
	executeClaims(t, first, "ada@example.com", "import", "-").checkPrints(t, report("1", "1", "0", "0"))
	for _, verb := range []string{"import", "check", "forget"} {
		executeClaims(t, other, "ada@example.com", verb, "-").checkFails(t, "another pepper")
	}
	executeClaims(t, other, "", "count").checkFails(t, "another pepper")
	executeClaims(t, first, "", "count").checkPrints(t, "1\n")
	checkTaken(t, first, true, "ada@example.com")
	if _, err := start(t, other); err == nil || !strings.Contains(err.Error(), "another pepper") {
		t.Errorf("the configuration starts: %v", err)
	}
}

// importRig is a store that something happens to at its second import, and a
// list of more than one batch.
func importRig(t *testing.T, happens func(context.Context) error, list string, line func(i int) string) (config, input string) {
	t.Helper()
	config = claimsConfigOn(t, "test_interrupted "+filepath.Join(t.TempDir(), "claims.db"))
	var all strings.Builder
	all.WriteString(list)
	for i := range listed {
		all.WriteString(line(i))
	}
	atSecondImport = happens
	t.Cleanup(func() { atSecondImport = nil })
	return config, writeTemp(t, all.String())
}

// batch is how many addresses go to a store at once, and listed those of a list
// with more.
const (
	batch  = 1 << 17
	listed = batch + 1000
)

func canary(i int) string { return fmt.Sprintf("canary%07d@canary.example\n", i) }

// TestClaimsImportInterrupted: Ctrl+C leaves what was imported, and the whole
// list can be imported again. No address is in what the command says.
func TestClaimsImportInterrupted(t *testing.T) {
	config, input := importRig(t, pressCtrlC, "nobody\n", canary)
	run := executeClaims(t, config, "", "import", input)
	run.checkFails(t, "interrupted; importing the list again is safe")
	imported, all := humanize.Comma(batch), humanize.Comma(listed)
	if want := report(imported, imported, "0", "1") + "no address in line 1\n"; run.stdout != want {
		t.Errorf("it prints\n%swant\n%s", run.stdout, want)
	}
	if strings.Contains(run.stdout+run.stderr, "canary") {
		t.Errorf("an address is in the output %s%s", run.stdout, run.stderr)
	}
	atSecondImport = nil
	run = executeClaims(t, config, "", "import", input)
	if want := report(all, "1,000", imported, "1") + "no address in line 1\n"; run.stdout != want {
		t.Errorf("again, it prints\n%swant\n%serror %v, beside the output %q", run.stdout, want, run.err, run.stderr)
	}
}

// TestClaimsImportIntoABrokenStore: a connection of the store that ends is not
// the end of the list.
func TestClaimsImportIntoABrokenStore(t *testing.T) {
	config, input := importRig(t, func(context.Context) error { return io.EOF }, "note,mail\n", func(i int) string { return "\"two\nlines\"," + canary(i) })
	executeClaims(t, config, "", "import", "--column", "mail", input).checkFails(t, "EOF; importing the list again is safe")
}

// TestClaimsImportInterruptedInput: waiting for what to read does not keep the
// command from ending.
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
	if run.stdout != "" {
		t.Errorf("it prints %q", run.stdout)
	}
}

// TestClaimsHoldNoAddress reads the bytes of the store, where entries are in
// the tree and where they are in the journal. That it would find an address it
// knows from the hashes, which are there.
func TestClaimsHoldNoAddress(t *testing.T) {
	config, folder := claimsConfig(t)
	known := []string{"canary-one@canary-two.example", "Canary-Three@Canary-Four.example"}
	run := executeClaims(t, config, strings.Join(known, "\n")+"\ncanary\n", "import", "-")
	if strings.Contains(strings.ToLower(run.stdout+run.stderr), "canary") {
		t.Errorf("it prints %s%s", run.stdout, run.stderr)
	}
	var ids []claims.ID
	withClaims(t, config, func(c *gateClaims) {
		for _, address := range append(known, "canary-five@canary-six.example", "canary-seven@canary-eight.example") {
			ids = append(ids, c.ID("default", strings.ToLower(address)))
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
	})
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
