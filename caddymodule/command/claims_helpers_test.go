package command

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/boltstore"
)

func init() {
	caddy.RegisterModule(new(interruptedStore))
}

// interruptedStore is a bolt store at whose second import something happens, and
// which another process uses if inUse.
type interruptedStore struct {
	boltstore.Bolt
	imports int
}

var (
	atSecondImport func(context.Context) error
	inUse          bool
)

// pressCtrlC interrupts this process, and waits for what the command makes of it.
func pressCtrlC(ctx context.Context) error {
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func (*interruptedStore) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.customer_gate.claims.test_interrupted", New: func() caddy.Module { return new(interruptedStore) }}
}

func (s *interruptedStore) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return s.Bolt.UnmarshalCaddyfile(d)
}

func (s *interruptedStore) Start() error {
	if inUse {
		return fmt.Errorf("claims file: %w", claims.ErrInUse)
	}
	return s.Bolt.Start()
}

func (s *interruptedStore) Import(ctx context.Context, ids []claims.ID) (int, error) {
	if s.imports++; s.imports == 2 && atSecondImport != nil {
		if err := atSecondImport(ctx); err != nil {
			return 0, err
		}
	}
	return s.Bolt.Import(ctx, ids)
}

// claimsConfig is a Caddyfile of a gate with unique_email and options of it, on a bolt store in
// the folder that it returns too. Caddy's storage is in another one.
func claimsConfig(t testing.TB, options ...string) (config, folder string) {
	t.Helper()
	folder = t.TempDir()
	return claimsConfigOn(t, "bolt "+filepath.Join(folder, "claims.db"), options...), folder
}

func claimsConfigOn(t testing.TB, store string, options ...string) string {
	t.Helper()
	noStorage(t)
	if len(options) > 0 {
		store += " {\n\t\t\t" + strings.Join(options, "\n\t\t\t") + "\n\t\t}"
	}
	return configFile(t, ":80 {\n\tcustomer_gate {\n\t\tkeys file "+keyFile(t)+"\n\t\tunique_email "+store+"\n\t}\n}\n")
}

// withClaims does something with the claims of a configuration, which has a
// pepper.
func withClaims(t *testing.T, config string, do func(*gateClaims)) {
	t.Helper()
	err := claimsFlags{gateFlags: gateFlags{config: config}}.open(func(c *gateClaims) error {
		if err := c.FindPepper(t.Context()); err != nil {
			return err
		}
		do(c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func executeClaims(t *testing.T, config, stdin, verb string, args ...string) execution {
	t.Helper()
	return execute(t, stdin, append([]string{"claims", verb, "--config", config}, args...)...)
}

// checkPrints fails the test unless the command succeeds and prints a text.
func (e execution) checkPrints(t *testing.T, text string) {
	t.Helper()
	if e.err != nil || e.stdout != text {
		t.Errorf("it prints\n%swant\n%serror %v, beside the output %q", e.stdout, text, e.err, e.stderr)
	}
}

// checkFails fails the test unless the command fails with an error that says
// something, and tells it.
func (e execution) checkFails(t *testing.T, says string) {
	t.Helper()
	if e.err == nil || !strings.Contains(e.err.Error(), says) || !strings.Contains(e.stderr, says) {
		t.Errorf("the error is %v, it should say %q; beside the output %q", e.err, says, e.stderr)
	}
}

// checkTaken fails the test unless check says of each address whether it is
// taken.
func checkTaken(t *testing.T, config string, taken bool, addresses ...string) {
	t.Helper()
	for _, address := range addresses {
		run := executeClaims(t, config, address, "check", "-")
		if got := run.stdout; got != map[bool]string{true: "taken\n", false: "free\n"}[taken] {
			t.Errorf("an address is %s; error %v", got, run.err)
		}
	}
}
