package command

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
	_ "github.com/customergate/customergate/caddymodule/claims/pgstore"
	_ "github.com/customergate/customergate/caddymodule/claims/redisstore"
	"github.com/customergate/customergate/caddymodule/command/addresses"
	"github.com/customergate/customergate/internal/testservers"
)

func TestClaimsCheck(t *testing.T) {
	config, _ := claimsConfig(t)
	executeClaims(t, config, "taken@example.com", "import", "-").checkPrints(t, report("1", "1", "0", "0"))
	reserve(t, config, "pending@example.com", 90*time.Second)
	for name, test := range map[string]struct {
		argument, stdin string
		prints, err     string
	}{
		"free":                {"ada@example.com", "", "free\n", ""},
		"free, from a line":   {"-", "ada@example.com\n", "free\n", ""},
		"taken":               {"Taken@Example.com", "", "taken\n", "exiting with status 2"},
		"taken, from a line":  {"-", " taken@example.com\r\nada@example.com\n", "taken\n", "exiting with status 2"},
		"pending":             {"pending@example.com", "", "pending, for 1m", "exiting with status 3"},
		"not an address":      {"canary@example", "", "", "not an email address"},
		"nothing from a line": {"-", "", "", "not an email address"},
		"an endless line":     {"-", strings.Repeat("canary", addresses.MaxLine), "", "not an email address"},
	} {
		t.Run(name, func(t *testing.T) {
			run := executeClaims(t, config, test.stdin, "check", test.argument)
			if run.err == nil && test.err != "" || run.err != nil && (test.err == "" || !strings.Contains(run.err.Error(), test.err)) {
				t.Errorf("the error is %v, want %q", run.err, test.err)
			}
			if !strings.HasPrefix(run.stdout, test.prints) || test.prints == "" && run.stdout != "" {
				t.Errorf("it prints %q, want %q", run.stdout, test.prints)
			}
			if test.prints != "" && run.stderr != "" || strings.Contains(run.stderr, "canary") {
				t.Errorf("beside the output it says %q", run.stderr)
			}
		})
	}
}

func reserve(t *testing.T, config, address string, lease time.Duration) {
	t.Helper()
	withClaims(t, config, func(c *gateClaims) {
		if _, err := c.Reserve(t.Context(), c.ID("default", address), claims.NewToken(), lease); err != nil {
			t.Fatal(err)
		}
	})
}

func TestClaimsForget(t *testing.T) {
	config, _ := claimsConfig(t)
	executeClaims(t, config, "ada@example.com\nbob@example.com", "import", "-").checkPrints(t, report("2", "2", "0", "0"))
	reserve(t, config, "pending@example.com", time.Hour)
	executeClaims(t, config, "", "forget", "ADA@example.com").checkPrints(t, "forgotten\n")
	executeClaims(t, config, "ada@example.com", "forget", "-").checkPrints(t, "was not there\n")
	executeClaims(t, config, "pending@example.com", "forget", "-").checkPrints(t, "forgotten\n")
	executeClaims(t, config, "", "forget", "ada").checkFails(t, "not an email address")
	checkTaken(t, config, false, "ada@example.com", "pending@example.com")
	checkTaken(t, config, true, "bob@example.com")
	executeClaims(t, config, "", "count").checkPrints(t, "1\n")
}

// TestClaimsOfATenant: each has its own, and one that does not exist has none.
func TestClaimsOfATenant(t *testing.T) {
	noStorage(t)
	config := configFile(t, ":80 {\n\tcustomer_gate {\n\t\ttenant "+byLabel+"\n\t\tkeys file "+tenantFolder(t)+
		"\n\t\tunique_email bolt "+filepath.Join(t.TempDir(), "claims.db")+"\n\t}\n}\n")
	executeClaims(t, config, "ada@example.com", "import", "--tenant", "Acme", "-").checkPrints(t, report("1", "1", "0", "0"))
	for tenant, want := range map[string]string{"acme": "taken\n", "ACME": "taken\n", "globex": "free\n"} {
		if run := executeClaims(t, config, "", "check", "--tenant", tenant, "ada@example.com"); run.stdout != want {
			t.Errorf("of %s, the address is %q, want %q", tenant, run.stdout, want)
		}
	}
	for _, verb := range []string{"import", "check", "forget"} {
		executeClaims(t, config, "ada@example.com", verb, "-").checkFails(t, "name one with --tenant")
		executeClaims(t, config, "ada@example.com", verb, "--tenant", "nobody", "-").checkFails(t, "there is no such tenant")
		executeClaims(t, config, "ada@example.com", verb, "--tenant", "../acme", "-").checkFails(t, "there is no such tenant")
	}
	executeClaims(t, config, "", "count").checkPrints(t, "1\n")
	executeClaims(t, config, "", "count", "--tenant", "acme").checkFails(t, "unknown flag: --tenant")
}

func TestClaimsOfAGate(t *testing.T) {
	noStorage(t)
	folder := t.TempDir()
	gate := func(path, options string) string {
		return "\tcustomer_gate " + path + " {\n\t\tkeys file " + keyFile(t) + "\n\t\t" + options + "\n\t}\n"
	}
	one := "unique_email bolt " + folder + "/one.db"
	for name, test := range map[string]struct {
		gates string
		args  []string
		says  string // "" succeeds
	}{
		"no gate":                {"\trespond 200\n", nil, "has no customer_gate"},
		"none that is unique":    {gate("/a", "") + gate("/b", ""), nil, "no customer_gate with unique_email"},
		"the only one":           {gate("/a", "") + gate("/b", one), nil, ""},
		"two":                    {gate("/a", one) + gate("/b", "unique_email bolt "+folder+"/two.db"), nil, "from 1 to 2"},
		"two, one chosen":        {gate("/a", one) + gate("/b", "unique_email bolt "+folder+"/two.db"), []string{"--gate", "2"}, ""},
		"one chosen, not unique": {gate("/a", "") + gate("/b", one), []string{"--gate", "1"}, "gate 1 of"},
		"one that is not there":  {gate("/a", one), []string{"--gate", "2"}, "from 1 to 1"},
		"a broken one":           {gate("/a", one+" {\n\t\t\tpepper file /nowhere\n\t\t}"), nil, "/nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			run := executeClaims(t, configFile(t, ":80 {\n"+test.gates+"}\n"), "", "count", test.args...)
			if test.says != "" {
				run.checkFails(t, test.says)
				return
			}
			run.checkPrints(t, "0\n")
		})
	}
}

// TestClaimsOfARunningGateway: its file is its own.
func TestClaimsOfARunningGateway(t *testing.T) {
	config := claimsConfigOn(t, "test_interrupted "+filepath.Join(t.TempDir(), "claims.db"))
	inUse = true
	defer func() { inUse = false }()
	executeClaims(t, config, "", "count").checkFails(t, "another process has it open, and not by a gateway that answers at its admin endpoint; stop who has it, and run this command again")
}

func TestClaimsInRedis(t *testing.T) {
	server := testservers.NewRedis(t, testservers.RedisOptions{})
	testClaimsOnServer(t, claimsConfigOn(t, "redis "+server.Address))
}

func TestClaimsInPostgres(t *testing.T) {
	server := testservers.NewPostgres(t, testservers.PostgresOptions{})
	dsn := writeTemp(t, server.NewDatabase(t))
	testClaimsOnServer(t, claimsConfigOn(t, "postgres {file."+dsn+"}"))
}

func testClaimsOnServer(t *testing.T, config string) {
	t.Helper()
	addresses := strings.Repeat("ada@example.com\nbob@example.com\nx\n", 2)
	want := report("4", "2", "2", "2") + "no address in line 3, 6\n"
	if run := executeClaims(t, config, addresses, "import", "-"); run.stdout != want {
		t.Errorf("it prints\n%swant\n%serror %v", run.stdout, want, run.err)
	}
	executeClaims(t, config, "", "count").checkPrints(t, "2\n")
	checkTaken(t, config, true, "Ada@example.com", "bob@example.com")
	executeClaims(t, config, "", "forget", "ada@example.com").checkPrints(t, "forgotten\n")
	checkTaken(t, config, false, "ada@example.com")
	executeClaims(t, config, "", "count").checkPrints(t, "1\n")
}
