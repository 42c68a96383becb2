package caddymodule

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/customergate/customergate/caddymodule/keys"
)

const password = "vQ7!mZk2#pWx"

// members are the body of a valid registration, fewest members first.
func members() map[string]any {
	return map[string]any{
		"customerType": "INDIVIDUAL", "payloadEncrypted": false,
		"firstName": "Ada", "lastName": "Lovelace",
		"email": "ada@example.com", "phone": "+447123456789", "dob": "1990-12-10",
		"password": password, "confirmPassword": password,
	}
}

// with returns a valid body with some members put in the place of others; nil
// takes a member out.
func with(changes map[string]any) string {
	all := members()
	for name, value := range changes {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// validBody is accepted from a private address; normalisedBody is what becomes
// of it.
const (
	validBody = `{"customerType":"INDIVIDUAL","payloadEncrypted":false,"firstName":" Ada ","lastName":"Lovelace",` +
		`"email":"ada@EXAMPLE.com","phone":"+447123456789","dob":"1990-12-10","password":"` + password + `","confirmPassword":"` + password + `"}`
	normalisedBody = `{"customerType":"INDIVIDUAL","payloadEncrypted":false,"firstName":"Ada","lastName":"Lovelace",` +
		`"email":"ada@example.com","phone":"+447123456789","dob":"1990-12-10","password":"` + password + `","confirmPassword":"` + password + `"}`
)

// testKey is made when it is first asked for.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := keys.Generate(keys.DefaultBits)
	if err != nil {
		panic(err)
	}
	return key
})

// keyFile writes the test key and returns its path.
func keyFile(t testing.TB) string {
	t.Helper()
	text, err := keys.PrivatePEM(testKey())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "private.pem")
	writeFile(t, path, string(text), 0o600)
	return path
}

func writeFile(t testing.TB, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func encrypt(t testing.TB, plaintext string, mgf1 crypto.Hash) string {
	t.Helper()
	ciphertext, err := rsa.EncryptOAEPWithOptions(rand.Reader, &testKey().PublicKey, []byte(plaintext),
		&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: mgf1})
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(ciphertext)
}

// newContext is that of a configuration with its storage in a folder of its
// own, which it returns too.
func newContext(t testing.TB, apps caddy.ModuleMap) (caddy.Context, string) {
	t.Helper()
	ctx, storage, _ := observedContext(t, apps)
	return ctx, storage
}

// observedContext is newContext with what the gates log.
func observedContext(t testing.TB, apps caddy.ModuleMap) (caddy.Context, string, *observer.ObservedLogs) {
	t.Helper()
	ctx, storage, logs, err := provisionContext(t, apps)
	if err != nil {
		t.Fatal(err)
	}
	return ctx, storage, logs
}

func provisionContext(t testing.TB, apps caddy.ModuleMap) (caddy.Context, string, *observer.ObservedLogs, error) {
	t.Helper()
	storage := filepath.Join(t.TempDir(), "storage")
	core, logs := observer.New(zapcore.DebugLevel)
	observedCores.Store(storage, core)
	off := false
	config := &caddy.Config{
		Admin: &caddy.AdminConfig{Disabled: true, Config: &caddy.ConfigSettings{Persist: &off}},
		Logging: &caddy.Logging{Logs: map[string]*caddy.CustomLog{"default": {
			BaseLog: caddy.BaseLog{
				WriterRaw: json.RawMessage(`{"output":"discard"}`),
				CoreRaw:   raw(t, map[string]string{"module": "test_observed", "name": storage}),
			},
			Include: []string{"http.handlers.customer_gate"},
			Exclude: []string{"http.handlers.customer_gate.keys"},
		}}},
		StorageRaw: raw(t, map[string]string{"module": "file_system", "root": storage}),
	}
	ctx, err := caddy.ProvisionContext(config)
	if err != nil {
		return ctx, "", nil, err
	}
	ctx, cancel := caddy.NewContext(ctx)
	t.Cleanup(cancel)
	config.AppsRaw = apps // in this context, as the one above cannot be ended
	for name := range apps {
		if _, err := ctx.App(name); err != nil {
			return ctx, "", nil, err
		}
	}
	return ctx, storage, logs, nil
}

func raw(t testing.TB, v any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// observedCore is a log that a test looks into.
type observedCore struct {
	zapcore.Core
	Name string `json:"name"`
}

// observedCores are those of tests, by name.
var observedCores sync.Map

func init() { caddy.RegisterModule(new(observedCore)) }

func (*observedCore) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "caddy.logging.cores.test_observed", New: func() caddy.Module { return new(observedCore) }}
}

func (c *observedCore) Provision(caddy.Context) error {
	core, ok := observedCores.Load(c.Name)
	if ok {
		c.Core = core.(zapcore.Core)
	}
	return nil
}

// provision loads a gate as a configuration does.
func provision(t testing.TB, config string) (*Gate, error) {
	t.Helper()
	ctx, _ := newContext(t, nil)
	return provisionIn(ctx, json.RawMessage(config))
}

func provisionIn(ctx caddy.Context, config json.RawMessage) (*Gate, error) {
	module, err := ctx.LoadModuleByID("http.handlers.customer_gate", config)
	if err != nil {
		return nil, err
	}
	return module.(*Gate), nil
}

// rig is a gate with all that it leaves behind.
type rig struct {
	*Gate
	app    *App // not started
	logs   *observer.ObservedLogs
	server caddyhttp.Server
	store  *watchedStore // nil without unique_email

	// next is the handler behind the gate. Default: answer 201.
	next caddyhttp.HandlerFunc
}

// newRig provisions a gate with JSON options; its key is the test key.
func newRig(t testing.TB, options map[string]any) *rig {
	t.Helper()
	config := map[string]any{"keys": map[string]string{"provider": "file", "path": keyFile(t)}}
	maps.Copy(config, options)
	ctx, _, logs := observedContext(t, nil)
	gate, err := provisionIn(ctx, raw(t, config))
	if err != nil {
		t.Fatal(err)
	}
	app, err := gateApp(ctx)
	if err != nil {
		t.Fatal(err)
	}
	logs.TakeAll() // which engine there is
	return &rig{Gate: gate, app: app, logs: logs}
}

// exchange is one request and what came of it.
type exchange struct {
	request *http.Request
	repl    *caddy.Replacer
	answer  *httptest.ResponseRecorder
	err     error

	forwarded     *http.Request // nil when refused
	forwardedBody string
}

// newRequest is a valid request from a private address, with another body.
func newRequest(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/usermanagement/register-customer", strings.NewReader(body))
	r.RemoteAddr = "10.1.2.3:4567"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Platform", "fincode")
	r.Header.Set("Uuid", "200")
	return r
}

// serve sends a request through the gate as Caddy's server would.
func (g *rig) serve(r *http.Request) *exchange {
	x := &exchange{repl: caddy.NewReplacer(), answer: httptest.NewRecorder()}
	x.request = caddyhttp.PrepareRequest(r, x.repl, x.answer, &g.server)
	next := caddyhttp.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		x.forwarded = r
		if g.next != nil {
			return g.next(w, r)
		}
		body, err := io.ReadAll(r.Body)
		x.forwardedBody = string(body)
		w.WriteHeader(http.StatusCreated)
		return err
	})
	x.err = g.ServeHTTP(x.answer, x.request, next)
	return x
}

// code is that of the answer in either form, "" for one that the gate did not
// write.
func (x *exchange) code() string {
	var answer struct {
		Code  string `json:"code"`
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(x.answer.Body.Bytes(), &answer) != nil {
		return ""
	}
	return answer.Code + answer.Error.Code
}

// details are what was wrong, each as its pointer (or header) and its code.
func (x *exchange) details(t testing.TB) []string {
	t.Helper()
	var answer struct {
		Error struct{ Details []detail } `json:"error"`
	}
	if err := json.Unmarshal(x.answer.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	list := make([]string, len(answer.Error.Details))
	for i, d := range answer.Error.Details {
		if list[i] = d.Header; d.Pointer != nil {
			list[i] += string(*d.Pointer)
		}
		list[i] += " " + string(d.Code)
	}
	return list
}

// checkRefused fails the test unless the gate refused the request so, and
// nothing went on.
func (x *exchange) checkRefused(t *testing.T, status int, code string) {
	t.Helper()
	if x.err != nil {
		t.Fatal(x.err)
	}
	if x.answer.Code != status || x.code() != code {
		t.Errorf("answered %d %s, want %d %s: %s", x.answer.Code, x.code(), status, code, x.answer.Body)
	}
	if x.forwarded != nil {
		t.Error("it went on to the upstream")
	}
}

// checkForwarded fails the test unless the request went on with such a body.
func (x *exchange) checkForwarded(t *testing.T, body string) {
	t.Helper()
	if x.err != nil {
		t.Fatal(x.err)
	}
	if x.forwarded == nil {
		t.Fatalf("it was refused with %d: %s", x.answer.Code, x.answer.Body)
	}
	if x.forwardedBody != body {
		t.Errorf("the upstream received\n%s\nwant\n%s", x.forwardedBody, body)
	}
	if x.answer.Code != http.StatusCreated {
		t.Errorf("the upstream's answer arrived as %d", x.answer.Code)
	}
}

// provider is a key provider of the tests.
type provider func() ([]keys.Key, error)

func (p provider) Keys(string) ([]keys.Key, error) { return p() }

// chunked makes the length of a request's body unknown.
func chunked(r *http.Request) *http.Request {
	r.ContentLength = -1
	r.TransferEncoding = []string{"chunked"}
	return r
}

// padded is a valid body of so many bytes.
func padded(size int) string {
	return validBody + strings.Repeat(" ", size-len(validBody))
}
