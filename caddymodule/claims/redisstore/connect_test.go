package redisstore

import (
	"bufio"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/caddymodule/secret"
	"github.com/customergate/customergate/internal/testservers"
)

const canary = "canary-8d1f-secret"

func password() secret.Secret { return secret.Secret{Password: "{env.TEST_REDIS_PASSWORD}"} }

func TestWaysToConnect(t *testing.T) {
	t.Setenv("TEST_REDIS_PASSWORD", canary)
	t.Setenv("TEST_REDIS_ADDRESS", shared.Address)
	certificate := testservers.NewCertificate(t)
	overTLS := testservers.NewRedis(t, testservers.RedisOptions{Certificate: certificate})
	_, tlsPort, _ := net.SplitHostPort(overTLS.Address)
	socket := filepath.Join(t.TempDir(), "redis.sock")
	locked := testservers.NewRedis(t, testservers.RedisOptions{Directives: []string{
		"requirepass " + canary, "unixsocket " + socket,
	}})
	tests := map[string]Store{
		"address in the environment": {Addresses: []string{"{env.TEST_REDIS_ADDRESS}"}},
		"password":                   {Addresses: []string{locked.Address}, Secret: password()},
		"unix socket":                {Addresses: []string{"unix/" + socket}, Secret: password()},
		"TLS":                        {Addresses: []string{overTLS.Address}, TLS: &TLS{CA: []string{certificate.File}}},
		"TLS of another name":        {Addresses: []string{overTLS.Address}, TLS: &TLS{CA: []string{certificate.File}, ServerName: "localhost"}},
		"TLS with a certificate of its own": {Addresses: []string{"localhost:" + tlsPort},
			TLS: &TLS{CA: []string{certificate.File}, Certificate: certificate.File, Key: certificate.KeyFile}},
	}
	for name, store := range tests {
		t.Run(name, func(t *testing.T) {
			s := start(t, store)
			id, err := storetest.Claim(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := s.Count(t.Context(), claims.Email); n == 0 || err != nil {
				t.Errorf("Count says %d, %v", n, err)
			}
			if there, err := s.Forget(t.Context(), id); !there || err != nil {
				t.Errorf("Forget says %v, %v", there, err)
			}
		})
	}
}

func TestServerThatIsNotTheOneMeant(t *testing.T) {
	certificate := testservers.NewCertificate(t)
	server := testservers.NewRedis(t, testservers.RedisOptions{Certificate: certificate})
	tests := map[string]TLS{
		"authority of the system": {},
		"another name":            {CA: []string{certificate.File}, ServerName: "redis.example"},
	}
	for name, tls := range tests {
		t.Run(name, func(t *testing.T) {
			s := start(t, Store{Addresses: []string{server.Address}, TLS: &tls})
			if _, err := storetest.Claim(t.Context(), s); err == nil || !strings.Contains(err.Error(), "certificate") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestPasswordThatChanges(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	write := func(password string) {
		if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := testservers.NewRedis(t, testservers.RedisOptions{Directives: []string{"requirepass before"}})
	write("before")
	s := start(t, Store{Addresses: []string{server.Address}, Secret: secret.Secret{PasswordFile: file}})
	if err := s.client.ConfigSet(t.Context(), "requirepass", "after").Err(); err != nil {
		t.Fatal(err)
	}
	write("after")
	if err := s.client.Do(t.Context(), "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes").Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client.Do(t.Context(), "QUIT").Result(); err != nil {
		t.Fatal(err)
	}
	if _, err := storetest.Claim(t.Context(), s); err != nil {
		t.Error(err)
	}
}

// Some servers repeat a command that they do not know.
func TestServerThatRepeatsThePassword(t *testing.T) {
	t.Setenv("TEST_REDIS_PASSWORD", canary)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go repeatCommands(conn)
		}
	}()
	s := storetest.Provision(t, &Store{Addresses: []string{listener.Addr().String()}, Secret: password()})
	t.Cleanup(func() { _ = s.Cleanup() })
	if err := s.Start(); err != nil && strings.Contains(err.Error(), canary) {
		t.Error("the error of Start holds the password")
	}
	if _, err := storetest.Claim(t.Context(), s); err == nil || strings.Contains(err.Error(), canary) {
		t.Error("no error, or one that holds the password")
	}
}

func repeatCommands(conn net.Conn) {
	defer conn.Close()
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if word := lines.Text(); word[0] != '*' && word[0] != '$' {
			if _, err := conn.Write([]byte("-ERR unknown command, with args beginning with: '" + canary + "'\r\n")); err != nil {
				return
			}
		}
	}
}

func TestCluster(t *testing.T) {
	nodes := testservers.NewRedisCluster(t)
	s := start(t, Store{Addresses: []string{nodes[0].Address, nodes[1].Address}, Cluster: true})
	for range 30 { // on every node, but once in 10,000 runs
		id, err := storetest.Claim(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if found := storetest.Look(t, s, id); found.State != claims.Committed {
			t.Errorf("the entry is %v", found.State)
		}
	}
	ids := make([]claims.ID, 2500)
	for i := range ids {
		ids[i] = storetest.NewID(claims.Email)
	}
	if added, err := s.Import(t.Context(), ids); added != len(ids) || err != nil {
		t.Errorf("Import says %d, %v", added, err)
	}
	if n, err := s.Count(t.Context(), claims.Email); n != len(ids)+30 || err != nil {
		t.Errorf("Count says %d, %v", n, err)
	}
}

func TestClusterThatIsNotSaidToBeOne(t *testing.T) {
	refused := 0
	for _, node := range testservers.NewRedisCluster(t) {
		s := storetest.Provision(t, &Store{Addresses: []string{node.Address}, Timeout: patience})
		if err := s.Start(); err != nil && strings.Contains(err.Error(), "set `cluster`") {
			refused++
		}
		_ = s.Cleanup()
	}
	if refused != 2 { // the third has the entry that Start looks for
		t.Errorf("Start fails on %d nodes of 3", refused)
	}
}

func TestSentinelNamesAnotherMaster(t *testing.T) {
	master := testservers.NewRedis(t, testservers.RedisOptions{})
	testservers.NewReplica(t, master)
	sentinel := testservers.NewSentinel(t, master)
	s := start(t, Store{Addresses: []string{sentinel.Address}, Sentinel: &Sentinel{Master: "main"}})
	if _, err := storetest.Claim(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	master.Kill()
	if !eventually(t, func() bool { _, err := storetest.Claim(t.Context(), s); return err == nil }) {
		t.Error("the store does not find the new master")
	}
}
