package testservers

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Proxy is a reverse proxy before a server, which keeps its connections.
type Proxy struct {
	Process

	// Address is host and port.
	Address string
}

// NewHAProxy runs an HAProxy before a server until the end of the test. It sends no
// request a second time.
func NewHAProxy(t testing.TB, server string) *Proxy {
	t.Helper()
	proxy, err := tryPorts(func() (*Proxy, error) {
		return startProxy("haproxy", "haproxy", "haproxy.cfg", func(port, folder string) string {
			return fmt.Sprintf(`global
	maxconn 1000
defaults
	mode http
	retries 0
	timeout connect 10s
	timeout client 1m
	timeout server 1m
frontend front
	bind 127.0.0.1:%s
	option forwardfor
	default_backend gateway
backend gateway
	http-reuse safe
	server gateway %s
`, port, server)
		}, "-db", "-f")
	})
	return closeWith(t, proxy, err)
}

// NewNginx runs an nginx before a server until the end of the test. It sends no
// request a second time.
func NewNginx(t testing.TB, server string) *Proxy {
	t.Helper()
	proxy, err := tryPorts(func() (*Proxy, error) {
		return startProxy("nginx", "nginx-light", "nginx.conf", func(port, folder string) string {
			return fmt.Sprintf(`daemon off;
worker_processes 1;
pid %[1]s/nginx.pid;
error_log stderr;
events { worker_connections 512; }
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	upstream gateway {
		server %[3]s;
		keepalive 16;
	}
	server {
		listen 127.0.0.1:%[2]s;
		location / {
			proxy_pass http://gateway;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header X-Forwarded-For $remote_addr;
			proxy_next_upstream off;
		}
	}
}
`, folder, port, server)
		}, "-e", "stderr", "-c")
	})
	return closeWith(t, proxy, err)
}

// startProxy starts a program with a file of configuration, whose path is the last of
// its arguments.
func startProxy(name, debianPackage, file string, configure func(port, folder string) string, arguments ...string) (*Proxy, error) {
	path, err := exec.LookPath("/usr/sbin/" + name) // not on every user's PATH
	if err != nil {
		if path, err = program(name, debianPackage); err != nil {
			return nil, err
		}
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	user, err := unprivileged()
	if err != nil {
		return nil, err
	}
	folder, err := folderOf(user, name)
	if err != nil {
		return nil, err
	}
	config := filepath.Join(folder, file)
	if err := writeFor(user, config, configure(port, folder)); err != nil {
		return nil, err
	}
	p := &Proxy{Address: net.JoinHostPort("127.0.0.1", port)}
	p.Process = Process{
		command: append(append([]string{path}, arguments...), config),
		folder:  folder,
		user:    user,
		answers: func() error { return listens(p.Address) },
		stop:    syscall.SIGTERM,
	}
	return startFirst(p, &p.Process)
}

func listens(address string) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}
