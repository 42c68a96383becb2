package e2e

import (
	"crypto"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// canarySite is a site of an operator who logs all that is said of a refusal,
// and shows what is left of the request, with one gate for each way that a
// request may end.
const canarySite = `
	log_append code {http.customer_gate.code}
	log_append violations {http.customer_gate.violations}
	log_append error {err.message}
	handle /envelope/* {
		customer_gate {
			keys file {$DIR}/private.pem
		}
		reverse_proxy {$UPSTREAM}
	}
	handle /problem/* {
		customer_gate {
			keys file {$DIR}/private.pem
			errors problem
			plaintext deny
		}
		reverse_proxy {$UPSTREAM}
	}
	handle /routes/* {
		customer_gate {
			keys file {$DIR}/private.pem
			errors handle_errors
			allow_fields *
		}
		reverse_proxy {$UPSTREAM}
	}
	handle /busy/* {
		customer_gate {
			keys file {$DIR}/private.pem
			queue {
				slots 1
				wait 0
			}
		}
		reverse_proxy {$UPSTREAM}
	}
	handle /down/* {
		customer_gate {
			keys file {$DIR}/private.pem
		}
		reverse_proxy 127.0.0.1:{$CLOSED_PORT}
	}
	handle_errors {
		header X-Code {http.customer_gate.code}
		respond "{err.status_code} {err.message} {err.trace} {http.customer_gate.violations} {http.request.body}"
	}
`

// TestNothingLeaks sends a customer through every path, success and failure,
// and then looks for what is personal or secret everywhere but in the
// upstream's body.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	up := startUpstreamWith(t, replyByPath)
	gate := startGateway(t, setup{
		upstream: up.address,
		site:     canarySite,
		env:      []string{"CLOSED_PORT=" + freePort(t)},
	})
	statuses := make(map[int]int)
	see := func(got answer) {
		statuses[got.status]++
		if got.status < 300 {
			return // the upstream's answer
		}
		var answered strings.Builder
		_ = got.header.Write(&answered)
		answered.WriteString(got.body)
		for _, leak := range findCanaries([]byte(answered.String())) {
			if leak != "the name of an unknown member" { // its pointer says which one to leave out
				t.Errorf("an answer %d holds %s: %s", got.status, leak, answered.String())
			}
		}
	}

	for _, site := range []string{"/envelope", "/problem", "/routes", "/down"} {
		for _, body := range canaryBodies(t) {
			see(post(t, gate.url(site+endpoint), body))
		}
		for _, request := range canaryRequests() {
			see(exchange(t, gate.address, strings.Replace(request, endpoint, site+endpoint, 1)))
		}
	}
	see(post(t, gate.url("/envelope/reset"), newCustomer().json()))
	breakOff(t, gate.address)
	fillQueue(t, gate, see)

	for _, status := range []int{201, 400, 405, 413, 415, 422, 425, 502, 503} {
		if statuses[status] == 0 {
			t.Errorf("no request was answered %d, among %v", status, statuses)
		}
	}
	forwarded := up.take()
	if len(forwarded) == 0 || !strings.Contains(string(forwarded[0].body), password) {
		t.Error("the upstream did not get the password, so a search for it proves nothing")
	}
	checkNoCanaries(t, "the metrics", gate.metrics(t))
	checkNoCanaries(t, "the configuration", gate.adminGet(t, "/config/"))
	gate.end(t)
	if log := gate.log.String(); !strings.Contains(log, `"violations"`) || !strings.Contains(log, "handled request") {
		t.Error("the log is not the one that was asked for, so a search in it proves nothing")
	}
	checkNoCanaries(t, "the log", gate.log.String())
	checkFolder(t, gate)
}

// TestLoggedBody: an operator who logs bodies, which Caddy reads before the
// gate does, sees what the client sent, and never an opened password.
func TestLoggedBody(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: "log_append body {http.request.body}\n" + defaultSite})
	ciphertext := keyOfTests().encrypt(t, password, crypto.SHA256)
	sent := customer{
		{"customerType", "COMPANY"},
		{"payloadEncrypted", true},
		{"firstName", "Ada"},
		{"lastName", "Byron"},
		{"email", "ada@example.com"},
		{"phone", "+12125551234"},
		{"dob", "1990-12-10"},
		{"password", ciphertext},
		{"confirmPassword", ciphertext},
	}
	post(t, gate.url(endpoint), sent.json()).check(t, 201)
	sent.checkForwarded(t, up.takeOne(t).body)
	gate.end(t)
	if !strings.Contains(gate.log.String(), ciphertext) {
		t.Error("the body was not logged, so that no password was proves nothing")
	}
}

// replyByPath hangs up in the middle of an answer where the path asks for it.
func replyByPath(c net.Conn, r received) bool {
	if strings.Contains(r.line, "reset") {
		_ = c.(*net.TCPConn).SetLinger(0)
		return false
	}
	return created(c)
}

// breakOff sends parts of a registration and leaves.
func breakOff(t *testing.T, address string) {
	request := rawPost("", newCustomer().json())
	for _, length := range []int{len(request) - 1, len(request) - 100, len(request)} {
		c := dialRaw(t, address)
		c.send(strings.Replace(request, endpoint, "/envelope"+endpoint, 1)[:length])
		_ = c.Conn.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

// fillQueue registers from many sides at once until the gate is too busy.
func fillQueue(t *testing.T, gate *gateway, see func(answer)) {
	t.Helper()
	body := newCustomer().encrypted(t, keyOfTests(), crypto.SHA1).json()
	waitUntil(t, "the gate is too busy", func() bool {
		var mu sync.Mutex
		var callers sync.WaitGroup
		busy := false
		for range 16 {
			callers.Go(func() {
				got, err := tryPost(gate.url("/busy"+endpoint), body)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				see(got)
				busy = busy || got.status == 503
			})
		}
		callers.Wait()
		return busy
	})
}

func checkNoCanaries(t *testing.T, where, text string) {
	t.Helper()
	for _, leak := range findCanaries([]byte(text)) {
		t.Errorf("%s: there is %s", where, leak)
	}
}

// checkFolder searches what the gateway wrote to disk: its storage, its saved
// configuration, anything else.
func checkFolder(t *testing.T, gate *gateway) {
	t.Helper()
	var files []string
	err := filepath.WalkDir(gate.dir, func(path string, entry fs.DirEntry, err error) error {
		if entry.IsDir() && entry.Name() == "pki" {
			return fs.SkipDir // the keys of Caddy's own certificate authority
		}
		if err != nil || entry.IsDir() || path == filepath.Join(gate.dir, "private.pem") {
			return err
		}
		content, err := os.ReadFile(path)
		checkNoCanaries(t, path, string(content))
		files = append(files, filepath.Base(path))
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if !slices.Contains(files, "autosave.json") {
		t.Errorf("the saved configuration is not among %v", files)
	}
}
