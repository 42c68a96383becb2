package caddymodule

import (
	"errors"
	"fmt"
	"strings"
	"testing"
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
		"a line without end": {strings.Repeat("a", 200_000) + "\nada@example.com\n" + strings.Repeat("b", maxAddressLine), nil, report("1", "1", "0", "2") + "no address in line 1, 3\n", true, []string{"ada@example.com"}},
		"a line just short enough": {
			strings.Repeat(" ", maxAddressLine-len("ada@example.com")-1) + "ada@example.com\n", nil, report("1", "1", "0", "0"), false, []string{"ada@example.com"},
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
		"to resume standard input":       {[]string{"--config", config, "--resume", "-"}, "only the import of a regular file"},
		"state of standard input":        {[]string{"--config", config, "--state", file + ".state", "-"}, "only the import of a regular file"},
		"state where it cannot be kept":  {[]string{"--config", config, "--state", file + "/state", file}, "addresses.csv/state"},
		"state that is something else":   {[]string{"--config", config, "--state", config, file}, "is not the state of an import"},
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

func writeTemp(t *testing.T, text string) string {
	t.Helper()
	path := t.TempDir() + "/input"
	writeFile(t, path, text, 0o600)
	return path
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
	pepper := writeTemp(t, strings.Repeat("p", pepperSize))
	config, folder := claimsConfig(t, "pepper file "+pepper)
	executeClaims(t, config, "Ada@EXAMPLE.com", "import", "-").checkPrints(t, report("1", "1", "0", "0"))
	g := claimRig(t, map[string]any{"store": map[string]string{"store": "bolt", "file": folder + "/claims.db"}, "pepper_file": pepper}, nil)
	g.next = answering(201, "{}")
	x := g.serve(registering("ada@Example.com"))
	x.checkRefused(t, 409, "CONFLICT")
	if x = g.serve(registering("bob@example.com")); x.answer.Code != 201 {
		t.Errorf("another address is answered %d %s", x.answer.Code, x.answer.Body)
	}
}
