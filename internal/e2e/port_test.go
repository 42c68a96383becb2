package e2e

import (
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"testing"
)

// Ports of gateways are taken below the range that the kernel gives to
// outgoing connections, so that none is lost between choosing and binding.
const (
	firstPort = 20000
	lastPort  = 32000
)

var nextPort atomic.Int64

func init() {
	nextPort.Store(int64(os.Getpid()) * 97 % (lastPort - firstPort))
}

// freePort returns a loopback port that nobody listens on, each one once.
func freePort(t testing.TB) string {
	t.Helper()
	for range lastPort - firstPort {
		port := fmt.Sprint(firstPort + nextPort.Add(1)%(lastPort-firstPort))
		if portIsFree(port) {
			return port
		}
	}
	t.Fatal("no loopback port is free")
	return ""
}

func portIsFree(port string) bool {
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return false
	}
	listener.Close()
	packets, err := net.ListenPacket("udp", "127.0.0.1:"+port)
	if err != nil {
		return false
	}
	packets.Close()
	return true
}
