package kms_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/customergate/customergate"
)

const password = "vQ7!mZk2#pWx"

// A gateway is a Caddy that runs in the process of the test.
type gateway struct {
	port     string
	upstream chan string // the bodies that the customer service received
}

// startGateway starts a gateway with a tenant per subdomain and the keys of a
// KMS, in front of a customer service that answers 201.
func startGateway(t *testing.T, kmsURL string) *gateway {
	t.Helper()
	g := &gateway{port: freePort(t), upstream: make(chan string, 1)}
	customers := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusCreated)
		g.upstream <- string(body)
	}))
	t.Cleanup(customers.Close)
	text := site(t, g.port, "tenant {http.request.host.labels.2}\nkeys kms "+kmsURL, customers.URL)
	config, err := adapt(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := caddy.Load(config, true); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// site is a Caddyfile with a gate of such options.
func site(t *testing.T, port, options, upstream string) string {
	return fmt.Sprintf(`{
	admin off
	persist_config off
	storage file_system %q
	log {
		output discard
	}
}
http://:%s {
	bind 127.0.0.1
	customer_gate {
		%s
	}
	reverse_proxy %s
}
`, t.TempDir(), port, options, upstream)
}

func adapt(text string) ([]byte, error) {
	config, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(text), nil)
	return config, err
}

// freePort is below the range that the kernel gives to outgoing connections,
// so that none takes it before Caddy does.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(20000 + rand.IntN(12000))
		if listener, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			listener.Close()
			return port
		}
	}
	t.Fatal("no loopback port is free")
	return ""
}

// An answer is what a client gets.
type answer struct {
	status int
	header http.Header
	body   string
}

var client = &http.Client{Timeout: 20 * time.Second} // longer than the gateway may take

// register sends a registration with the same ciphertext in both fields.
func (g *gateway) register(t *testing.T, tenant, ciphertext string) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"customerType": "INDIVIDUAL", "payloadEncrypted": true, "firstName": "Ada", "lastName": "Lovelace",
		"email": "ada@example.com", "phone": "+447123456789", "dob": "1990-12-10",
		"password": ciphertext, "confirmPassword": ciphertext,
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		"http://127.0.0.1:"+g.port+"/usermanagement/register-customer", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = tenant + ".example.com"
	for name, value := range map[string]string{"Content-Type": "application/json", "platform": "fincode", "uuid": "200"} {
		r.Header.Set(name, value)
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// check fails the test unless the answer has the status and says all that.
func (a answer) check(t *testing.T, status int, says ...string) {
	t.Helper()
	if a.status != status {
		t.Fatalf("answered %d, want %d: %s", a.status, status, a.body)
	}
	for _, text := range says {
		if !strings.Contains(a.body, text) {
			t.Errorf("the answer is %s, it should say %s", a.body, text)
		}
	}
}
