package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// shown is a program that the console shows.
type shown struct{ About, Code string }

// TestConsolePrograms runs the programs that the console shows for each endpoint, as they
// stand: they send what the gate takes, where it takes it.
func TestConsolePrograms(t *testing.T) {
	t.Parallel()
	tools := newContractTools(t)
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: programsSite})
	var seen map[string]map[string]shown
	tools.visit(t, &seen, "console_programs.mjs", gate, "")
	for endpoint, want := range map[string]string{
		"change password": `{"currentPassword":"kEttle-vex8!Marble","newPassword":"tUrtle-vex9!Quartz"`,
		"transaction PIN": `{"email":"ada@example.com","transactionPin":"2486","confirmPin":"2486","device":{"name":"it's \"$HOME\" \\n ${x}","secret":"kEttle-vex8!Marble"}}`,
		"edit profile":    `{"firstName":"Ada"}`,
	} {
		for title, run := range runners {
			t.Run(endpoint+" "+title, func(t *testing.T) {
				program := seen[endpoint][title]
				run(t, program.Code)
				got := up.takeOne(t)
				if !strings.HasPrefix(string(got.body), want) || strings.Join(got.values("X-Auth-Token"), ",") != "example-token" {
					t.Errorf("the upstream got %s with %v from\n%s", got.body, got.fields, program.Code)
				}
			})
		}
	}
	checkPrograms(t, gate, seen)
}

// programsSite has another path before the endpoints, and gates that take one MGF1 alone.
const programsSite = `
	customer_gate_console /console* {
		server /services
		keys /acme/keys.json
	}
	customer_gate_keys /acme/keys*
	@registration customer_gate_path register-customer
	customer_gate @registration {
		keys file {$DIR}/private.pem
		` + patient + `
		plaintext deny
	}
	@profile customer_gate_path profile-edit
	customer_gate @profile edit_profile
	@change customer_gate_path change-password
	customer_gate @change change_password {
		keys file {$DIR}/private.pem
		` + patient + `
		plaintext deny
		mgf1 sha256
	}
	@pin customer_gate_path security/pin
	customer_gate @pin custom {
		subject "transaction PIN"
		path /security/pin
		header platform fincode
		header uuid
		header X-Auth-Token
		keys file {$DIR}/private.pem
		` + patient + `
		plaintext deny
		field email text required email
		field transactionPin sealed required digits 4 6
		field confirmPin sealed required same_as transactionPin
		field device object required {
			field name text required one_of "it's \"$HOME\" \n ${x}"
			field secret sealed required
		}
	}
	@old path */old
	customer_gate @old custom {
		subject "old one"
		path /old
		keys file {$DIR}/private.pem
		` + patient + `
		mgf1 sha1
		field secret sealed required
	}
	reverse_proxy {$UPSTREAM}
`

// runners are what runs a program in each language that the machine has.
var runners = map[string]func(t *testing.T, code string){
	"curl":    runs("send.sh", "bash"),
	"Browser": runs("browser.mjs", "node"), // which has what it asks of a browser
	"Node.js": runs("send.mjs", "node"),
	"Java":    runs("Send.java", "java"),
	"Python":  runs("send.py", python()),
	"PHP":     runs("send.php", "php"),
	"Go":      runs("send.go", "go", "run"),
}

func runs(file string, command ...string) func(t *testing.T, code string) {
	return func(t *testing.T, code string) {
		t.Helper()
		path := filepath.Join(t.TempDir(), file)
		writeFile(t, path, []byte(code))
		program := exec.CommandContext(t.Context(), command[0], append(command[1:], path)...)
		program.Dir = filepath.Dir(path)
		program.Env = append(program.Environ(), "NO_PROXY=*")
		if out, err := program.CombinedOutput(); err != nil || !strings.Contains(string(out), "201") {
			t.Fatalf("%v\n%s\nof\n%s", err, out, code)
		}
	}
}

// checkPrograms looks at what nobody runs here.
func checkPrograms(t *testing.T, gate *gateway, seen map[string]map[string]shown) {
	t.Helper()
	for endpoint, programs := range seen {
		for title, program := range programs {
			if endpoint == "old one" && title != "Java" && title != "Python" && title != "curl" {
				if program.Code != "" || !strings.Contains(program.About, "MGF1 with SHA-1 alone") {
					t.Errorf("%s, %s: %q\n%s", endpoint, title, program.About, program.Code)
				}
				continue
			}
			if strings.Contains(program.Code, "acme.example.com") || strings.Contains(program.Code, "api/v6/services") ||
				strings.Contains(program.Code, `"/keys.`) || !strings.Contains(program.Code, gate.address) && title != "Android" {
				t.Errorf("%s, %s: the code is not for this gateway:\n%s", endpoint, title, program.Code)
			}
		}
	}
	if len(seen) != 5 || len(seen["old one"]) != 12 {
		t.Errorf("there are programs for %d endpoints", len(seen))
	}
	native := filepath.Join(t.TempDir(), "native.mjs")
	writeFile(t, native, []byte(seen["transaction PIN"]["React Native"].Code))
	if out, err := exec.Command("node", "--check", native).CombinedOutput(); err != nil {
		t.Errorf("React Native: %v\n%s", err, out)
	}
	if browser := seen["register customer"]["Browser"]; !strings.Contains(browser.About, "example client register.html") {
		t.Errorf("for registrations, browsers have %q", browser.About)
	}
	for title, hash := range map[string]string{"curl": "rsa_mgf1_md:sha1", "Python": "MGF1(hashes.SHA1())"} {
		if !strings.Contains(seen["old one"][title].Code, hash) {
			t.Errorf("%s does not take SHA-1 for MGF1:\n%s", title, seen["old one"][title].Code)
		}
	}
}
