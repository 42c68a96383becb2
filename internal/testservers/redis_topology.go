package testservers

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// NewRedisCluster runs three masters that share the keys, until the end of the
// test.
func NewRedisCluster(t testing.TB) []*Redis {
	t.Helper()
	cli, err := program("redis-cli", "redis-tools")
	if err != nil {
		t.Fatal(err)
	}
	create := exec.Command(cli, "--cluster-yes", "--cluster", "create")
	var nodes []*Redis
	for range 3 {
		bus, err := freePort() // by default it is that of the node and 10,000, which need not exist
		if err != nil {
			t.Fatal(err)
		}
		node := NewRedis(t, RedisOptions{Directives: []string{"cluster-enabled yes", "cluster-port " + bus}})
		nodes = append(nodes, node)
		create.Args = append(create.Args, node.Address)
	}
	if output, err := create.CombinedOutput(); err != nil {
		t.Fatalf("creating the cluster: %v\n%s", err, output)
	}
	for _, node := range nodes {
		await(t, "the cluster serves all keys", func() error { return clusterIsComplete(node.Address) })
	}
	return nodes
}

// clusterIsComplete asks a node for a key: it answers, or says where the key is,
// only when it knows who serves each.
func clusterIsComplete(address string) error {
	answer, err := askRedis(address, false, "GET probe")
	if err == nil && strings.HasPrefix(answer, "-CLUSTERDOWN") {
		return errors.New(answer)
	}
	return err
}

// Sentinel is a Redis Sentinel that watches a master under the name "main".
type Sentinel struct {
	Process

	// Address is host and port.
	Address string
}

// NewSentinel runs a sentinel until the end of the test. It makes a replica the
// master half a second after the master has gone.
func NewSentinel(t testing.TB, master *Redis) *Sentinel {
	t.Helper()
	sentinel, err := tryPorts(func() (*Sentinel, error) { return startSentinel(master) })
	return closeWith(t, sentinel, err)
}

func startSentinel(master *Redis) (*Sentinel, error) {
	path, err := program("redis-server", "redis-server")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "sentinel")
	if err != nil {
		return nil, err
	}
	host, masterPort, err := net.SplitHostPort(master.Address)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(folder, "sentinel.conf") // it writes into it what it learns
	config := fmt.Sprintf("port %s\nbind 127.0.0.1\nsentinel monitor main %s %s 1\n"+
		"sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 2000\n", port, host, masterPort)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	s := &Sentinel{Address: net.JoinHostPort("127.0.0.1", port)}
	s.Process = Process{
		command: []string{path, file, "--sentinel"},
		folder:  folder,
		answers: func() error { return redisAnswers(s.Address, false) },
		stop:    syscall.SIGTERM,
	}
	return startFirst(s, &s.Process)
}

// NewReplica runs a replica of a server until the end of the test. It returns
// when a sentinel would take it for the server's successor.
func NewReplica(t testing.TB, master *Redis) *Redis {
	t.Helper()
	host, port, err := net.SplitHostPort(master.Address)
	if err != nil {
		t.Fatal(err)
	}
	replica := NewRedis(t, RedisOptions{Directives: []string{"replicaof " + host + " " + port}})
	await(t, "the replica has its master's data", func() error {
		answer, err := askRedis(master.Address, false, "WAIT 1 100")
		if err == nil && !strings.HasPrefix(answer, ":1") {
			return errors.New(answer)
		}
		return err
	})
	return replica
}

func await(t testing.TB, what string, check func() error) {
	t.Helper()
	deadline := time.Now().Add(startTimeout)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waiting until %s: %v", what, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
