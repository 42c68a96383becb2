package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/customergate/customergate/internal/testservers"
)

// How often `make test` kills what keeps the claims, or replaces its configuration: a
// gateway is there again in a third of a second, a server after seconds.
const (
	gatewayCrashes = 6
	serverCrashes  = 2
	reloads        = 15
)

// rounds is how often a test lets something happen to what keeps the claims: as often
// as CUSTOMERGATE_ROUNDS says (`make torture`), or the given number of times.
func rounds(t *testing.T, byDefault int) int {
	t.Helper()
	text := os.Getenv("CUSTOMERGATE_ROUNDS")
	if text == "" {
		return byDefault
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("CUSTOMERGATE_ROUNDS is %q, want a number", text)
	}
	return n
}

// TestGatewayKilled: what a gateway with a file of its own has acknowledged, it
// knows after kill -9, again and again.
func TestGatewayKilled(t *testing.T) {
	t.Parallel()
	service := startService(t)
	gate := startGates(t, boltStore, service.address, shortLease)[0]
	l := newLedger(gate, service)
	for cycle := range rounds(t, gatewayCrashes) {
		clients := startClients(l)
		clients.awaitAcknowledged(t, 20+cycle%30)
		gate.kill(t)
		clients.end()
		checkFile(t, filepath.Join(gate.dir, "claims.db"))
		gate.launch(t)
		l.check(t)
	}
	l.checkAll(t, 0)
}

// checkFile has bbolt check a claims file that nobody has open.
func checkFile(t *testing.T, path string) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			t.Error(err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestRedisKilled: a Redis that syncs each write to its append-only file loses
// nothing that the gateway was told is done.
func TestRedisKilled(t *testing.T) {
	t.Parallel()
	server := testservers.NewRedis(t, testservers.RedisOptions{AppendOnly: true})
	killServer(t, redisStore(server.Address), &server.Process)
	server.Stop()
	manifests, err := filepath.Glob(filepath.Join(server.Folder(), "appendonlydir", "*.manifest"))
	if err != nil || len(manifests) != 1 {
		t.Fatalf("the append-only files are %q, %v", manifests, err)
	}
	if output, err := exec.Command("redis-check-aof", manifests[0]).CombinedOutput(); err != nil {
		t.Errorf("checking the append-only file: %v\n%s", err, output)
	}
}

// TestPostgresKilled: likewise.
func TestPostgresKilled(t *testing.T) {
	t.Parallel()
	server := testservers.NewPostgres(t, testservers.PostgresOptions{})
	dsn := server.NewDatabase(t)
	killServer(t, postgresStore(dsn), &server.Process)
	server.Exec(t, dsn, "CREATE EXTENSION amcheck; SELECT bt_index_check(indexrelid, true) FROM pg_index WHERE indrelid = 'customergate_claims'::regclass")
}

// killServer kills the server of a store under load, and starts it again.
func killServer(t *testing.T, store claimStore, server *testservers.Process) {
	t.Helper()
	service := startService(t)
	store.gateways = 1
	gate := startGates(t, store, service.address, shortLease)[0]
	l := newLedger(gate, service)
	for cycle := range rounds(t, serverCrashes) {
		clients := startClients(l)
		clients.awaitAcknowledged(t, 20+cycle%30)
		server.Kill()
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		clients.end()
		waitUntil(t, "the store is there again", func() bool { return l.register(newAddress()) == toldCreated })
		l.check(t)
	}
	// Where the server was away for longer than the gateway tries to settle a
	// claim, the gateway has said so.
	l.checkAll(t, failedCommits(gate))
}

// failedCommits is how many commits a gateway has given up, by its own report. A
// release that it gives up loses no claim.
func failedCommits(gate *gateway) int {
	n := 0
	for line := range strings.Lines(gate.log.String()) {
		if strings.Contains(line, "could not be settled") && strings.Contains(line, `"verb":"commit"`) {
			n++
		}
	}
	return n
}
