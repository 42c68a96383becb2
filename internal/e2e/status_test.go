package e2e

import (
	"crypto"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/customergate/customergate/internal/testservers"
)

// selfChecked is the self checks that a gateway counts.
func selfChecked(t *testing.T, g *gateway, check, result string) int {
	t.Helper()
	return metric(g.metrics(t), `caddy_customer_gate_self_checks_total{check="`+check+`",result="`+result+`"}`)
}

// TestSelfCheckFindsAWrongPublishedKey, and says so once, in the status too.
func TestSelfCheckFindsAWrongPublishedKey(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := prepareGateway(t, setup{upstream: up.address, site: `
	customer_gate_keys /keys* {
		keys file {$DIR}/another.pem
	}
	customer_gate /api/* {
		keys file {$DIR}/private.pem
		` + patient + `
		self_check 1s
	}
	reverse_proxy {$UPSTREAM}
	`})
	writeFile(t, filepath.Join(gate.dir, "another.pem"), newKey().pem)
	gate.start(t)
	waitUntil(t, "the check has failed twice", func() bool { return selfChecked(t, gate, "key", "failed") >= 2 })
	if said := strings.Count(gate.log.String(), "the self check fails"); said != 1 {
		t.Errorf("it is said %d times", said)
	}
	if got := gate.status(t); len(got.Checks) != 1 || got.Checks[0].Why == "" {
		t.Errorf("the status has %+v", got.Checks)
	}
}

// TestStatus: what a running gateway tells of itself, while its store goes and comes.
func TestStatus(t *testing.T) {
	t.Parallel()
	up, redis := startUpstream(t), testservers.NewRedis(t, testservers.RedisOptions{})
	gate := startGateway(t, setup{upstream: up.address, site: `
	customer_gate {
		keys file {$DIR}/private.pem
		` + patient + `
		self_check 1s
		unique_email redis ` + redis.Address + ` {
			timeout 500ms
		}
	}
	reverse_proxy {$UPSTREAM}
	`})
	sealed := newCustomer().with("devicePlatform", "IOS").encrypted(t, keyOfTests(), crypto.SHA256)
	post(t, gate.url(endpoint), sealed.json()).check(t, 201)
	waitUntil(t, "it has checked itself", func() bool {
		return selfChecked(t, gate, "key", "ok") > 0 && selfChecked(t, gate, "store", "ok") > 0
	})
	got := gate.status(t)
	if len(got.Keys) != 1 || got.Keys[0].State != "in use" || got.Keys[0].Opened["ios"] != 1 || got.Keys[0].LastUsed == "" {
		t.Errorf("its keys are %+v", got.Keys)
	}
	if len(got.Stores) != 1 || got.Stores[0].Store != "redis" || !got.Stores[0].Up {
		t.Errorf("its stores are %+v", got.Stores)
	}
	redis.Kill()
	waitUntil(t, "the gateway has found that the store is gone", func() bool {
		return selfChecked(t, gate, "store", "failed") > 0 && metric(gate.metrics(t), `caddy_customer_gate_store_up{store="redis"}`) == 0
	})
	output := gate.customerGate(t, "status")
	for _, line := range []string{"register_customer  enforce", "store redis", "DOWN", "in use", "ios 1", "FAILED: the store does not take a claim", "key of default  just now  ok"} {
		if !strings.Contains(output, line) {
			t.Errorf("%q is not in\n%s", line, output)
		}
	}
	waitUntil(t, "it has been announced", func() bool { return strings.Contains(gate.log.String(), `"customer_gate_store_down"`) })
	if err := redis.Start(); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "the store is up again", func() bool {
		return metric(gate.metrics(t), `caddy_customer_gate_store_up{store="redis"}`) == 1
	})
	waitUntil(t, "that has been announced", func() bool { return strings.Contains(gate.log.String(), `"customer_gate_store_up"`) })
}

// gatewayStatus is as much of the status as is looked at.
type gatewayStatus struct {
	Keys []struct {
		State    string
		LastUsed string `json:"last_used"`
		Opened   map[string]int
	}
	Stores []struct {
		Store string
		Up    bool
	}
	Checks []struct{ Tenant, Why string } `json:"self_checks"`
}

func (g *gateway) status(t *testing.T) (status gatewayStatus) {
	t.Helper()
	if err := json.Unmarshal([]byte(g.adminGet(t, "/customer_gate/status")), &status); err != nil {
		t.Fatal(err)
	}
	return status
}

// customerGate is what a command prints that asks the gateway.
func (g *gateway) customerGate(t *testing.T, command string) string {
	t.Helper()
	output, err := exec.Command(binary, "customer-gate", command, "--address", g.admin).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return string(output)
}
