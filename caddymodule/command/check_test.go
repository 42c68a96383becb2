package command

import (
	"crypto"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys"
)

func TestCheckCommand(t *testing.T) {
	noStorage(t)
	key := keyFile(t)
	encrypted := sealed(encrypt(password, crypto.SHA256), encrypt(password, crypto.SHA1))
	tests := map[string]struct {
		stdin  string
		args   []string
		reject bool
		says   []string
	}{
		"accepted": {
			validBody, []string{"-"}, false,
			[]string{"{\n  \"customerType\": \"INDIVIDUAL\",\n", "\"email\": \"ada@example.com\",\n", "\"password\": \"********\",\n  \"confirmPassword\": \"********\"\n}\n"},
		},
		"accepted, revealed": {validBody, []string{"--reveal", "-"}, false, []string{"\"confirmPassword\": \"" + password + "\"\n}\n"}},
		"encrypted":          {encrypted, []string{"--key", key, "--reveal", "-"}, false, []string{"\"payloadEncrypted\": false", "\"password\": \"" + password + "\""}},
		"encrypted, masked":  {encrypted, []string{"--key", key, "-"}, false, []string{"\"password\": \"********\""}},
		"violations": {
			with(map[string]any{"email": "nobody", "dob": "1990-02-30"}), []string{"-"}, true,
			[]string{"422 VALIDATION_ERROR: 2 fields were rejected\n/dob dob_format: A date of birth", "\n/email email_format: This is not"},
		},
		"not an object":        {`[]`, []string{"-"}, true, []string{"\n(the body) type: "}},
		"not JSON":             {`{`, []string{"-"}, true, []string{"400 MALFORMED_JSON: The body is not strict JSON"}},
		"over the limit":       {validBody + strings.Repeat(" ", 70_000), []string{"-"}, true, []string{"413 PAYLOAD_TOO_LARGE: The body is over 64 KiB.\n"}},
		"raw from outside":     {validBody, []string{"--client", "203.0.113.9", "-"}, true, []string{"/payloadEncrypted plaintext_not_allowed: "}},
		"raw from IPv6 inside": {validBody, []string{"--client", "fd00::1", "-"}, false, nil},
		"sealed for another key": {
			with(map[string]any{"payloadEncrypted": true}), []string{"--key", key, "-"}, true,
			[]string{"/password password_undecryptable: ", "/confirmPassword password_undecryptable: "},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			run := execute(t, test.stdin, append([]string{"check"}, test.args...)...)
			if errors.Is(run.err, errRefused) != test.reject || run.err != nil && !test.reject {
				t.Errorf("the error is %v", run.err)
			}
			for _, part := range test.says {
				if !strings.Contains(run.stdout, part) {
					t.Errorf("%q is not in\n%s", part, run.stdout)
				}
			}
			if revealed := strings.Contains(strings.Join(test.args, " "), "--reveal"); strings.Contains(run.stdout, password) != revealed {
				t.Errorf("the password is revealed or masked wrongly:\n%s", run.stdout)
			}
			if run.stderr != "" {
				t.Errorf("beside the output it says %s", run.stderr)
			}
		})
	}
}

func TestCheckCommandFile(t *testing.T) {
	noStorage(t)
	path := filepath.Join(t.TempDir(), "body.json")
	writeFile(t, path, validBody, 0o600)
	if run := execute(t, "not read", "check", path); run.err != nil || !strings.Contains(run.stdout, `"Lovelace"`) {
		t.Errorf("error %v, output %s", run.err, run.stdout)
	}
}

func TestCheckCommandConfig(t *testing.T) {
	noStorage(t)
	key := keyFile(t)
	dir := t.TempDir()
	caddyfile := filepath.Join(dir, "Caddyfile")
	writeFile(t, caddyfile, `{
	storage file_system `+dir+`/storage
}
http://a.example {
	handle /api/* {
		route {
			customer_gate {
				keys file `+key+`
				plaintext deny
				allow_fields referralCode
			}
			reverse_proxy 127.0.0.1:1
		}
	}
}
http://b.example {
	customer_gate
}
`, 0o600)
	jsonFile := filepath.Join(dir, "caddy.json")
	writeFile(t, jsonFile, string(adapt(t, caddyfile)), 0o600)
	otherName := filepath.Join(dir, "gate.conf")
	writeFile(t, otherName, string(mustRead(t, caddyfile)), 0o600)

	encrypted := with(map[string]any{
		"payloadEncrypted": true, "referralCode": "A1",
		"password": encrypt(password, crypto.SHA256), "confirmPassword": encrypt(password, crypto.SHA256),
	})
	for name, args := range map[string][]string{
		"Caddyfile":                {"--config", caddyfile, "--gate", "1"},
		"JSON":                     {"--config", jsonFile, "--gate", "1"},
		"another name, adapter":    {"--config", otherName, "--adapter", "caddyfile", "--gate", "1"},
		"another key in its place": {"--config", caddyfile, "--gate", "1", "--key", keyFile(t)},
	} {
		t.Run(name, func(t *testing.T) {
			args = append([]string{"check"}, append(args, "-")...)
			if run := execute(t, encrypted, args...); run.err != nil || !strings.Contains(run.stdout, `"referralCode": "A1"`) {
				t.Errorf("sealed: error %v, output %s", run.err, run.stdout)
			}
			if run := execute(t, validBody, args...); !errors.Is(run.err, errRefused) || !strings.Contains(run.stdout, "plaintext_not_allowed") {
				t.Errorf("raw: error %v, output %s", run.err, run.stdout)
			}
		})
	}
}

// TestCheckCommandNeverMakesAKey: looking must leave no trace, but a key that
// is there is used.
func TestCheckCommandNeverMakesAKey(t *testing.T) {
	storage := noStorage(t)
	encrypted := sealed(encrypt(password, crypto.SHA1), encrypt(password, crypto.SHA1))
	if run := execute(t, encrypted, "check", "-"); run.err == nil {
		t.Errorf("accepted without a key: %s", run.stdout)
	}
	if files := filesIn(t, storage); files != nil {
		t.Fatalf("it wrote %q", files)
	}
	key := must(keys.NewKey(testKey()))
	folder := filepath.Join(storage, "customer_gate", "keys", keys.DefaultTenant)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(folder, "20260102T030405Z-"+key.ID+".pem"), string(mustRead(t, keyFile(t))), 0o600)
	if run := execute(t, encrypted, "check", "--reveal", "-"); run.err != nil || !strings.Contains(run.stdout, password) {
		t.Errorf("error %v, output %s", run.err, run.stdout)
	}
}

func TestCheckCommandFails(t *testing.T) {
	noStorage(t)
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		writeFile(t, path, text, 0o644)
		return path
	}
	tests := map[string]struct {
		args []string
		says string
	}{
		"no file named":               {nil, "accepts 1 arg(s)"},
		"two files":                   {[]string{"a", "b"}, "accepts 1 arg(s)"},
		"unknown flag":                {[]string{"--password", "x", "-"}, "unknown flag"},
		"file that is not there":      {[]string{dir + "/nowhere.json"}, "nowhere.json"},
		"client that is no address":   {[]string{"--client", "localhost", "-"}, "--client"},
		"key that is not there":       {[]string{"--key", dir + "/nowhere.pem", "-"}, "nowhere.pem"},
		"key that others can read":    {[]string{"--key", file("open.pem", "x"), "-"}, "chmod 600"},
		"config that is not there":    {[]string{"--config", dir + "/Nofile", "-"}, "Nofile"},
		"config without a gate":       {[]string{"--config", file("Caddyfile", ":8080 {\n\trespond 200\n}\n"), "-"}, "has no customer_gate"},
		"config with two gates":       {[]string{"--config", file("Caddyfile2", ":8080 {\n\tcustomer_gate /a\n\tcustomer_gate /b\n}\n"), "--adapter", "caddyfile", "-"}, "choose one with --gate, from 1 to 2"},
		"config that is no Caddyfile": {[]string{"--config", file("bad.caddyfile", ":8080 {\n\tcustomer_gate {\n\t\tmgf 1\n\t}\n}\n"), "-"}, "bad.caddyfile:3"},
		"config that is not JSON":     {[]string{"--config", file("bad.json", "{"), "-"}, ""},
		"config with a bad gate":      {[]string{"--config", file("gate.json", `{"x":[{"handler":"customer_gate","mgf1":"md5"}]}`), "-"}, "mgf1"},
		"config with bad storage":     {[]string{"--config", file("storage.json", `{"storage":{"module":"nowhere"},"x":{"handler":"customer_gate"}}`), "-"}, "caddy.storage.nowhere"},
		"adapter that is unknown":     {[]string{"--config", file("a.conf", ""), "--adapter", "toml", "-"}, "toml"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			run := execute(t, validBody, append([]string{"check"}, test.args...)...)
			if run.err == nil || errors.Is(run.err, errRefused) || !strings.Contains(run.err.Error(), test.says) {
				t.Errorf("the error is %v, it should say %q", run.err, test.says)
			}
			if !strings.Contains(run.stderr, "Error: ") {
				t.Errorf("the operator is not told: %q", run.stderr)
			}
			if run.stdout != "" {
				t.Errorf("it printed %s", run.stdout)
			}
		})
	}
}

// TestCheckCommandWithAKeyThatFails: a provider may answer and yet have nothing
// to decrypt with.
func TestCheckCommandWithAKeyThatFails(t *testing.T) {
	plan(t, map[string]func() ([]keys.Key, error){keys.DefaultTenant: ring()})
	config := configFile(t, ":80 {\n\tcustomer_gate {\n\t\tkeys test_plan\n\t}\n}\n")
	encrypted := sealed(encrypt(password, crypto.SHA1), encrypt(password, crypto.SHA1))
	run := execute(t, encrypted, "check", "--config", config, "-")
	if run.err == nil || run.err.Error() != "the private key failed; name one that works with --key FILE" {
		t.Errorf("error %v, output %s", run.err, run.stdout)
	}
}

// TestCheckCommandUnderTheReuseLimit: one run looks at a ciphertext once, so
// that the least limit is none for it.
func TestCheckCommandUnderTheReuseLimit(t *testing.T) {
	noStorage(t)
	config := configFile(t, ":8080 {\n\tcustomer_gate {\n\t\tkeys file "+keyFile(t)+"\n\t\treuse_limit 1 1h\n\t}\n}\n")
	same := encrypt(password, crypto.SHA256)
	for name, body := range map[string]string{
		"one ciphertext":  sealed(same, same),
		"two ciphertexts": sealed(encrypt(password, crypto.SHA256), encrypt(password, crypto.SHA1)),
	} {
		t.Run(name, func(t *testing.T) {
			if run := execute(t, body, "check", "--config", config, "-"); run.err != nil {
				t.Errorf("error %v, output %s", run.err, run.stdout)
			}
		})
	}
}
