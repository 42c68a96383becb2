package e2e

import (
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// TestClaimsOfARunningGateway: addresses are counted, looked up and forgotten while the
// gateway has the claims file, by the commands and over its admin endpoint.
func TestClaimsOfARunningGateway(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: boltStore.gate(shortLease)})
	run := func(args ...string) string {
		t.Helper()
		command := exec.Command(binary, append([]string{"customer-gate", "claims"}, append(args, "--config", gate.config)...)...)
		command.Dir, command.Env = gate.dir, gate.env
		out, _ := command.CombinedOutput() // some tell by their exit status what they have found
		return strings.TrimSpace(string(out))
	}
	ask := func(verb, body string) string {
		t.Helper()
		response, err := http.Post("http://"+gate.admin+"/customer_gate/claims/"+verb, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(text))
	}
	want := func(got, part string) {
		t.Helper()
		if !strings.Contains(got, part) {
			t.Errorf("got %s, want %s", got, part)
		}
	}
	addresses := []string{newAddress(), newAddress(), newAddress()}
	for _, address := range addresses {
		post(t, gate.url(endpoint), newCustomer().with("email", address).json()).check(t, 201)
	}
	var running sync.WaitGroup // as each waits for the file first
	for says, args := range map[string][]string{
		"3": {"count"}, "taken": {"check", addresses[1]}, "was not there": {"forget", newAddress()}, "another process has it open": {"import", gate.config},
	} {
		running.Go(func() { want(run(args...), says) })
	}
	running.Wait()
	want(run("forget", addresses[0]), "forgotten")
	post(t, gate.url(endpoint), newCustomer().with("email", addresses[0]).json()).check(t, 201)

	want(ask("count", ""), `{"count":3}`)
	want(ask("check", `{"email":"`+addresses[1]+`"}`), `"state":"taken"`)
	want(ask("check", `{"email":"`+addresses[1]+`","tenant":"acme"}`), `"state":"free"`)
	want(ask("forget", `{"email":"`+addresses[1]+`"}`), `"forgotten":true`)
	want(ask("check", `{"email":"`+addresses[1]+`"}`), `"state":"free"`)
	for body, says := range map[string]string{
		`{"email":"nobody"}`:                      "not an email address",
		`{"address":"ada@example.com"}`:           "the body is not the JSON of an address",
		`{"email":"a@b.example","tenant":"../x"}`: "no such tenant",
		`{"id":"i00"}`:                            "not the ID of a claim",
		`{"store":{"store":"redis"}}`:             "no gate of this gateway has that store",
	} {
		if got := ask("check", body); !strings.Contains(got, says) || strings.Contains(got, "nobody") || strings.Contains(got, "b.example") {
			t.Errorf("of %s it says %s", body, got)
		}
	}
	want(ask("forget", `{"id":"p`+strings.Repeat("0", 64)+`"}`), "not the ID of an address")
	want(ask("erase", ""), "count, check and forget")
	if log := gate.log.String(); strings.Contains(log, addresses[0]) || strings.Contains(log, addresses[1]) {
		t.Error("an address is in the log")
	}
	up.take()
}
