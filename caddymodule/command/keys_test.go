package command

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/keys"
)

func init() {
	caddy.RegisterModule(testPlan{})
}

// testPlan is a key provider with the tenants and keys that a test gives it.
type testPlan struct{}

// plannedKeys are those of testPlan.
var plannedKeys map[string]func() ([]keys.Key, error)

func (testPlan) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.customer_gate.keys.test_plan", New: func() caddy.Module { return new(testPlan) }}
}

func (testPlan) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the module's name
	return nil
}

func (testPlan) NeverMake() {}

func (testPlan) Start() error { return errors.New("a command that looks has started a provider") }

func (testPlan) Tenants() []string { return slices.Sorted(maps.Keys(plannedKeys)) }

func (testPlan) Keys(tenant string) ([]keys.Key, error) {
	planned, ok := plannedKeys[tenant]
	if !ok {
		return nil, keys.ErrUnknownTenant
	}
	return planned()
}

// plan gives testPlan its keys.
func plan(t *testing.T, tenants map[string]func() ([]keys.Key, error)) {
	t.Helper()
	plannedKeys = tenants
	t.Cleanup(func() { plannedKeys = nil })
}

// ring serves keys that stay as they are.
func ring(all ...keys.Key) func() ([]keys.Key, error) {
	return func() ([]keys.Key, error) { return all, nil }
}

// keyAt is the key of a tenant of the tests that comes into use so long from
// now; 0 is long ago.
func keyAt(tenant string, notBefore time.Duration) keys.Key {
	key := must(keys.NewKey(testKeys()[tenant]))
	if notBefore != 0 {
		key.NotBefore = time.Now().Add(notBefore)
	}
	return key
}

// keyInYears is the key of a tenant of the tests from the start of one year to
// that of another; 0 leaves it open.
func keyInYears(tenant string, from, to int) keys.Key {
	key := keyAt(tenant, 0)
	if from != 0 {
		key.NotBefore = time.Date(from, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600))
	}
	if to != 0 {
		key.NotAfter = time.Date(to, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return key
}

// kid is the ID of a tenant's key of the tests.
func kid(tenant string) string { return keyAt(tenant, 0).ID }

const planByLabel = "\tcustomer_gate {\n\t\ttenant " + byLabel + "\n\t\tkeys test_plan\n\t}\n"

func TestKeysCommand(t *testing.T) {
	plan(t, map[string]func() ([]keys.Key, error){
		"default": ring(keyAt("software", 0)),
		"acme":    ring(keyInYears("acme", 2021, 2998), keyInYears("globex", 0, 2997), keyInYears("fincode", 2996, 0)),
		"new":     func() ([]keys.Key, error) { return nil, errors.Join(errors.New("no file"), os.ErrNotExist) },
		"zoo": ring(keyAt("acme", 0), keyAt("globex", 0), keyAt("fincode", 0),
			keyAt("software", 0), keyAt("xn--bcher-kva", 0)),
	})
	single := strings.Join([]string{
		"TENANT   KID                                          BITS  NOT BEFORE  STATE   UNTIL",
		"default  " + kid("software") + "  2048  -           in use  -",
		"",
	}, "\n")
	all := strings.Join([]string{
		"TENANT   KID                                          BITS  NOT BEFORE            STATE      UNTIL",
		"acme     " + kid("acme") + "  2048  2020-12-31T23:00:00Z  in use     2998-01-01T00:00:00Z",
		"acme     " + kid("globex") + "  2048  -                     retiring   2997-01-01T00:00:00Z",
		"acme     " + kid("fincode") + "  2048  2995-12-31T23:00:00Z  next       -",
		"default  " + kid("software") + "  2048  -                     in use     -",
		"new      -                                            -     -                     not made   -",
		"zoo      " + kid("acme") + "  2048  -                     in use     -",
		"zoo      " + kid("globex") + "  2048  -                     retiring   -",
		"zoo      " + kid("fincode") + "  2048  -                     retiring   -",
		"zoo      " + kid("software") + "  2048  -                     retiring   -",
		"zoo      " + kid("xn--bcher-kva") + "  2048  -                     not tried  -",
		"",
	}, "\n")
	const planOfOne = "\tcustomer_gate {\n\t\tkeys test_plan\n\t}\n"
	noKeysYet := strings.Join([]string{
		"TENANT   KID  BITS  NOT BEFORE  STATE     UNTIL",
		"default  -    -     -           not made  -",
		"",
	}, "\n")
	tests := map[string]struct {
		config string
		args   []string
		want   string
	}{
		"one tenant":             {":80 {\n" + planOfOne + "}\n", nil, single},
		"several tenants":        {":80 {\n" + planByLabel + "}\n", nil, all},
		"same keys twice":        {":80 {\n" + planByLabel + "}\n:81 {\n" + strings.Replace(planByLabel, "labels.2", "labels.1", 1) + "}\n", nil, all},
		"second gate":            {":80 {\n" + planByLabel + "}\n:81 {\n" + planOfOne + "}\n", []string{"--gate", "2"}, single},
		"two kinds of gates":     {":80 {\n" + planByLabel + "}\n:81 {\n" + planOfOne + "}\n:82 {\n" + planByLabel + "}\n", nil, "gates 1, 3:\n" + all + "\ngate 2:\n" + single},
		"before the first start": {":80 {\n\tcustomer_gate\n}\n", nil, noKeysYet},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			storage := noStorage(t)
			run := execute(t, "", append([]string{"keys", "--config", configFile(t, test.config)}, test.args...)...)
			if run.err != nil || run.stderr != "" {
				t.Errorf("error %v, %s", run.err, run.stderr)
			}
			if run.stdout != test.want {
				t.Errorf("it prints\n%s\nwant\n%s", run.stdout, test.want)
			}
			if files := filesIn(t, storage); files != nil {
				t.Errorf("it wrote %q", files)
			}
		})
	}
}

// TestKeysCommandWithoutConfig lists what a gate without options would use.
func TestKeysCommandWithoutConfig(t *testing.T) {
	noStorage(t)
	if run := execute(t, "", "keys"); run.err != nil || !strings.Contains(run.stdout, "\ndefault ") {
		t.Errorf("error %v, output %s", run.err, run.stdout)
	}
}

// TestKeysCommandOfFiles lists a real folder, without waiting for a change of it.
func TestKeysCommandOfFiles(t *testing.T) {
	config := configFile(t, ":80 {\n\tcustomer_gate {\n\t\ttenant "+byLabel+"\n\t\tkeys file "+tenantFolder(t)+"\n\t}\n}\n")
	run := execute(t, "", "keys", "--config", config)
	if run.err != nil {
		t.Fatal(run.err)
	}
	for _, tenant := range tenants {
		if !strings.Contains(run.stdout, "\n"+tenant+" ") || !strings.Contains(run.stdout, kid(tenant)) {
			t.Errorf("%s is not in\n%s", tenant, run.stdout)
		}
	}
}

// TestKeysCommandFailsForATenant: the others are listed all the same.
func TestKeysCommandFailsForATenant(t *testing.T) {
	plan(t, map[string]func() ([]keys.Key, error){
		"acme":    func() ([]keys.Key, error) { return nil, errors.New("the vault is down") },
		"empty":   ring(),
		"foreign": ring(keys.Key{ID: "k1"}),
		"globex":  ring(keyAt("globex", 0)),
	})
	run := execute(t, "", "keys", "--config", configFile(t, ":80 {\n"+planByLabel+"}\n"))
	if run.err == nil {
		t.Fatal("the exit status is 0")
	}
	for _, says := range []string{"tenant acme: the vault is down", "tenant empty: the provider has no key", `tenant foreign: the key with the kid "k1"`} {
		if !strings.Contains(run.err.Error(), says) {
			t.Errorf("the error is %v, it should say %q", run.err, says)
		}
	}
	if strings.Count(run.stdout, " unusable ") != 3 || !strings.Contains(run.stdout, "globex   "+kid("globex")+"  2048  -           in use") {
		t.Errorf("it prints\n%s", run.stdout)
	}
}

func TestKeysCommandFails(t *testing.T) {
	noStorage(t)
	two := configFile(t, ":80 {\n\tcustomer_gate /a\n\tcustomer_gate /b\n}\n")
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"an argument":              {[]string{"acme"}, "unknown command"},
		"config that is not there": {[]string{"--config", two + "x"}, "Caddyfilex"},
		"config without a gate":    {[]string{"--config", configFile(t, ":80 {\n\trespond 200\n}\n")}, "has no customer_gate"},
		"gate that is not there":   {[]string{"--config", two, "--gate", "3"}, "from 1 to 2"},
		"gate below all":           {[]string{"--config", two, "--gate", "-1"}, "from 1 to 2"},
		"keys that are not there":  {[]string{"--config", configFile(t, ":80 {\n\tcustomer_gate {\n\t\tkeys file /nowhere.pem\n\t}\n}\n")}, "nowhere.pem"},
	} {
		t.Run(name, func(t *testing.T) {
			run := execute(t, "", append([]string{"keys"}, test.args...)...)
			if run.stdout != "" {
				t.Errorf("it prints %s", run.stdout)
			}
			run.checkFails(t, test.says)
		})
	}
}
