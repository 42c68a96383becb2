package redisstore

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/customergate/customergate/caddymodule/secret"
)

const (
	serverPort   = "6379"
	sentinelPort = "26379"
	minTimeout   = 10 * time.Millisecond
	maxTimeout   = time.Minute
)

// check judges what is configured so far, without reading what it names.
func (s *Store) check() error {
	switch {
	case s.Cluster && s.Sentinel != nil:
		return errors.New("cluster and sentinel are both set; keep one")
	case s.Cluster && s.Database != 0:
		return errors.New("database: a cluster has only database 0")
	case s.Database < 0:
		return errors.New("database: it is a number from 0")
	case s.Timeout != 0 && (time.Duration(s.Timeout) < minTimeout || time.Duration(s.Timeout) > maxTimeout):
		return fmt.Errorf("timeout: it must be from %v to %v", minTimeout, maxTimeout)
	}
	if s.Sentinel != nil {
		if err := secret.Check(s.Sentinel.Secret); err != nil {
			return fmt.Errorf("sentinel: %w", err)
		}
	}
	return secret.Check(s.Secret)
}

// clientOptions is what the driver is told. Every operation runs under a
// deadline of its own, which bounds the driver's repetitions too.
func (s *Store) clientOptions() (*redis.UniversalOptions, error) {
	addresses, err := s.serverAddresses()
	if err != nil {
		return nil, err
	}
	tlsConfig, err := s.TLS.config()
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	if _, err := secret.Read(s.Secret); err != nil {
		return nil, err
	}
	options := &redis.UniversalOptions{
		Addrs:                      addresses,
		DB:                         s.Database,
		IsClusterMode:              s.Cluster,
		CredentialsProviderContext: credentials(s.User, s.Secret),
		TLSConfig:                  tlsConfig,
		DialTimeout:                s.timeout,
		ReadTimeout:                s.timeout,
		WriteTimeout:               s.timeout,
		ContextTimeoutEnabled:      true,
		DialerRetries:              1, // the operation itself is repeated
		DisableIdentity:            true,
		MaintNotificationsConfig:   &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if s.Sentinel != nil {
		options.MasterName = s.Sentinel.Master
		options.SentinelUsername = s.Sentinel.User
		if options.SentinelPassword, err = secret.Read(s.Sentinel.Secret); err != nil {
			return nil, fmt.Errorf("sentinel: %w", err)
		}
	}
	return options, nil
}

// credentials reads the password for each connection, so that it may change.
func credentials(user string, password secret.Secret) func(context.Context) (string, string, error) {
	return func(context.Context) (string, string, error) {
		p, err := secret.Read(password)
		return user, p, err
	}
}

func (s *Store) serverAddresses() ([]string, error) {
	if len(s.Addresses) > 1 && !s.Cluster && s.Sentinel == nil {
		return nil, errors.New("several addresses are those of a cluster or of sentinels; say which, with `cluster` or `sentinel <master>`")
	}
	port := serverPort
	if s.Sentinel != nil {
		if s.Sentinel.Master == "" {
			return nil, errors.New("sentinel: the name of the master is missing")
		}
		port = sentinelPort
	}
	addresses := make([]string, 0, len(s.Addresses))
	for _, configured := range s.Addresses {
		address, err := caddy.NewReplacer().ReplaceOrErr(configured, true, true)
		if err != nil {
			return nil, fmt.Errorf("address of the Redis server: %w", err)
		}
		if address, err = dialable(address, port); err != nil {
			return nil, err
		}
		addresses = append(addresses, address)
	}
	return addresses, nil
}

// dialable brings an address into the driver's form: a path, or host and port.
// It does not repeat what it refuses, for a password may be in it.
func dialable(address, port string) (string, error) {
	if strings.Contains(address, "://") || strings.Contains(address, "@") {
		return "", errors.New("the address of the Redis server is <host>:<port>, not a URL; what a URL would say has options of its own")
	}
	if path, isSocket := strings.CutPrefix(address, "unix/"); isSocket {
		return path, nil
	}
	host, given, err := net.SplitHostPort(address)
	if err != nil { // there is no port
		host, given = strings.Trim(address, "[]"), port
	}
	if host == "" || given == "" || strings.ContainsAny(host, " /[]") {
		return "", errors.New("the address of the Redis server is not <host>:<port>")
	}
	return net.JoinHostPort(host, given), nil
}

// config is nil for no TLS.
func (t *TLS) config() (*tls.Config, error) {
	if t == nil {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	for _, path := range t.CA {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		if config.RootCAs == nil {
			config.RootCAs = x509.NewCertPool()
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca: there is no certificate in %s", path)
		}
	}
	if t.Certificate == "" && t.Key == "" {
		return config, nil
	}
	own, err := tls.LoadX509KeyPair(t.Certificate, t.Key)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	config.Certificates = []tls.Certificate{own}
	return config, nil
}
