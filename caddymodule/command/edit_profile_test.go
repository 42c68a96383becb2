package command

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

const twoGates = `:8080 {
	customer_gate /register {
		keys file KEY
	}
	customer_gate /profile edit_profile {
		rules {
			phone normalize
		}
	}
}
`

func TestCheckCommandEditProfile(t *testing.T) {
	noStorage(t)
	config := filepath.Join(t.TempDir(), "Caddyfile")
	writeFile(t, config, strings.ReplaceAll(twoGates, "KEY", keyFile(t)), 0o600)
	number := gateNumber(t, config)
	run := execute(t, `{"phone":"+44 7123 456789","nationality":"British"}`, "check", "--config", config, "--gate", number, "-")
	if want := "{\n  \"phone\": \"+447123456789\",\n  \"nationality\": \"British\"\n}\n"; run.err != nil || run.stdout != want || run.stderr != "" {
		t.Errorf("error %v, output %s, beside it %s", run.err, run.stdout, run.stderr)
	}
	run = execute(t, `{"email":null,"dialingCode":"+44"}`, "check", "--config", config, "--gate", number, "-")
	if want := "422 VALIDATION_ERROR: 2 fields were rejected\n/email email_immutable: The email address of a customer cannot be changed.\n" +
		"/phone required: This field is required.\n"; !errors.Is(run.err, errRefused) || run.stdout != want {
		t.Errorf("error %v, output %s", run.err, run.stdout)
	}
	if run = execute(t, `{}`, "check", "--config", config, "--gate", number, "--key", keyFile(t), "-"); run.err == nil || !strings.Contains(run.err.Error(), "--key") {
		t.Errorf("with a key: %v", run.err)
	}
}

// gateNumber is the number of the gate of edit_profile, which Caddy may have put
// before the other.
func gateNumber(t *testing.T, config string) string {
	t.Helper()
	first, _, _ := bytes.Cut(adapt(t, config), []byte(`"path":["/register"]`))
	if bytes.Contains(first, []byte("edit_profile")) {
		return "1"
	}
	return "2"
}

// TestKeysCommandEditProfile: gates without keys have none to list.
func TestKeysCommandEditProfile(t *testing.T) {
	noStorage(t)
	config := filepath.Join(t.TempDir(), "Caddyfile")
	writeFile(t, config, strings.ReplaceAll(twoGates, "KEY", keyFile(t)), 0o600)
	run := execute(t, "", "keys", "--config", config)
	if run.err != nil || strings.Count(run.stdout, "TENANT") != 1 || !strings.Contains(run.stdout, "in use") {
		t.Errorf("error %v, output %s", run.err, run.stdout)
	}
	run = execute(t, "", "keys", "--config", config, "--gate", gateNumber(t, config))
	if run.err == nil || !strings.Contains(run.err.Error(), "edit_profile") {
		t.Errorf("error %v, output %s", run.err, run.stdout)
	}
}
