package main

import (
	"crypto/rsa"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/internal/cryptomb"
	"github.com/customergate/customergate/internal/load"
	"github.com/customergate/customergate/internal/process"
)

const caddyfile = `{
	admin off
	persist_config off
	log {
		level ERROR
	}
}
http://:{$PORT} {
	bind 127.0.0.1
	handle /other {
		respond "other"
	}
	handle {
		customer_gate {
			keys file %s
			plaintext 127.0.0.0/24
			%s
		}
		reverse_proxy %s {
			transport http {
				keepalive_idle_conns_per_host 1024
			}
		}
	}
}
`

// gateway is the real binary with the gate's defaults, running.
type gateway struct {
	*process.Process
	key      *rsa.PublicKey
	upstream net.Listener
}

// startGateway builds the gateway of a checkout and starts it.
func startGateway(checkout, dir, engine string) (*gateway, error) {
	key, err := keys.Generate(keys.DefaultBits)
	if err != nil {
		return nil, err
	}
	text, err := keys.PrivatePEM(key)
	if err != nil {
		return nil, err
	}
	keyFile, binary := filepath.Join(dir, "private.pem"), filepath.Join(dir, "caddy")
	if err := os.WriteFile(keyFile, text, 0o600); err != nil {
		return nil, err
	}
	if err := process.BuildGateway(checkout, binary); err != nil {
		return nil, err
	}
	upstream, err := load.StartUpstream()
	if err != nil {
		return nil, err
	}
	option := ""
	if engine != "" {
		option = "engine " + engine
	}
	p, err := process.StartGateway(binary, dir, fmt.Sprintf(caddyfile, keyFile, option, upstream.Addr()), cryptomb.Environment())
	return &gateway{Process: p, key: &key.PublicKey, upstream: upstream}, err
}

func (g *gateway) stop() {
	g.Stop()
	_ = g.upstream.Close()
}

// path is that of registrations.
const path = "/usermanagement/register-customer"

// Who sends what. Each sender of junk has an address in networks of its flood's
// own, so that none is known from the flood before.
var (
	goodAddresses  = load.Addresses(1, 200)
	rawAddress     = []string{"127.0.0.2"}
	othersAddress  = []string{"127.0.0.3"}
	junkNetworks   = 10
	junkClients    = 300 // at least
	junkCiphertext = 1000
)

// goodRequests are n registrations with ciphertexts of their own.
func (g *gateway) goodRequests(n int) ([][]byte, error) {
	return load.Made(n, func() ([]byte, error) {
		ciphertext, err := load.Encrypt(g.key)
		return load.Post(path, load.Sealed(ciphertext, ciphertext)), err
	})
}

func (g *gateway) junkRequests() ([][]byte, error) {
	return load.Made(junkCiphertext, func() ([]byte, error) {
		junk := load.Junk(g.key)
		return load.Post(path, load.Sealed(junk, junk)), nil
	})
}

// raw and other are a client each, which sends what needs no decryption.
func (g *gateway) raw(rate float64) load.Crowd {
	return load.Crowd{To: g.Address, From: rawAddress, Clients: 1, Rate: rate, Next: load.Same(load.Post(path, load.Raw()))}
}

func (g *gateway) other(rate float64) load.Crowd {
	return load.Crowd{To: g.Address, From: othersAddress, Clients: 1, Rate: rate, Next: load.Same(load.Get("/other"))}
}

// good are clients with an address each.
func (g *gateway) good(requests [][]byte, rate float64) load.Crowd {
	return load.Crowd{To: g.Address, From: goodAddresses, Clients: len(goodAddresses), Rate: rate, Next: load.InTurn(requests)}
}

// junk are clients that share a number of addresses.
func (g *gateway) junk(requests [][]byte, addresses int, rate float64) load.Crowd {
	from := load.Addresses(junkNetworks, addresses)
	junkNetworks += 1 + addresses/250
	return load.Crowd{To: g.Address, From: from, Clients: max(addresses, junkClients), Rate: rate, Next: load.InTurn(requests)}
}
