package command

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/modules/caddyevents" // the HTTP app's
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"
	_ "github.com/caddyserver/caddy/v2/modules/caddytls"    // the HTTP app's
	_ "github.com/caddyserver/caddy/v2/modules/filestorage" // the folder of each test

	"github.com/customergate/customergate/caddymodule/keys"
)

const password = "vQ7!mZk2#pWx"

// with returns a valid body with some members put in the place of others.
func with(changes map[string]any) string {
	all := map[string]any{
		"customerType": "INDIVIDUAL", "payloadEncrypted": false,
		"firstName": "Ada", "lastName": "Lovelace",
		"email": "ada@example.com", "phone": "+447123456789", "dob": "1990-12-10",
		"password": password, "confirmPassword": password,
	}
	for name, value := range changes {
		all[name] = value
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// validBody is accepted from a private address.
var validBody = with(nil)

// sealed is a body with a ciphertext in the place of each password.
func sealed(password, confirm string) string {
	return with(map[string]any{"payloadEncrypted": true, "password": password, "confirmPassword": confirm})
}

// tenants are those of the tests, each with a key of its own.
var tenants = []string{"acme", "globex", "fincode", "software", "xn--bcher-kva"}

// testKeys are those of the tenants, and of the default one.
var testKeys = sync.OnceValue(func() map[string]*rsa.PrivateKey {
	made := make(map[string]*rsa.PrivateKey)
	for _, tenant := range append(tenants, keys.DefaultTenant) {
		made[tenant] = must(keys.Generate(keys.DefaultBits))
	}
	return made
})

func testKey() *rsa.PrivateKey { return testKeys()[keys.DefaultTenant] }

// must is for what cannot fail with a good key.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func encryptFor(tenant string, mgf1 crypto.Hash, plaintext string) string {
	options := &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: mgf1}
	ciphertext := must(rsa.EncryptOAEPWithOptions(rand.Reader, &testKeys()[tenant].PublicKey, []byte(plaintext), options))
	return base64.StdEncoding.EncodeToString(ciphertext)
}

func encrypt(plaintext string, mgf1 crypto.Hash) string {
	return encryptFor(keys.DefaultTenant, mgf1, plaintext)
}

// sealedFor is a registration whose passwords only the tenant's key opens.
func sealedFor(tenant string) string {
	ciphertext := encryptFor(tenant, crypto.SHA256, password)
	return sealed(ciphertext, ciphertext)
}

// keyFile writes the test key and returns its path.
func keyFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "private.pem")
	writeFile(t, path, string(must(keys.PrivatePEM(testKey()))), 0o600)
	return path
}

// tenantFolder holds the tenants' keys as `keys file` reads them.
func tenantFolder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, tenant := range tenants {
		writeFile(t, filepath.Join(dir, tenant+".pem"), string(must(keys.PrivatePEM(testKeys()[tenant]))), 0o600)
	}
	return dir
}

const byLabel = "{http.request.host.labels.2}"

func writeFile(t testing.TB, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func writeTemp(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "input")
	writeFile(t, path, text, 0o600)
	return path
}

// configFile writes a Caddyfile of sites.
func configFile(t testing.TB, sites string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "Caddyfile")
	writeFile(t, path, sites, 0o600)
	return path
}

func mustRead(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// filesIn lists the files under a folder, which need not be there.
func filesIn(t testing.TB, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

// bytesIn returns all that the files in a folder hold.
func bytesIn(t *testing.T, folder string) []byte {
	t.Helper()
	var all bytes.Buffer
	for _, name := range filesIn(t, folder) {
		all.Write(mustRead(t, name))
	}
	return all.Bytes()
}

// noStorage keeps the commands away from this machine's own Caddy storage, and
// returns the folder they see in its place.
func noStorage(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "storage")
	previous := caddy.DefaultStorage.Path
	caddy.DefaultStorage.Path = dir
	t.Cleanup(func() { caddy.DefaultStorage.Path = previous })
	return dir
}

func adapt(t testing.TB, path string) []byte {
	t.Helper()
	config, _, err := caddyconfig.GetAdapter("caddyfile").Adapt(mustRead(t, path), map[string]any{"filename": path})
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// start loads the site of a Caddyfile and starts its gates. It tells how they
// answer a registration with a body, 200 if it is accepted.
func start(t testing.TB, path string) (answer func(body string) int, err error) {
	t.Helper()
	var config caddy.Config
	if err := json.Unmarshal(adapt(t, path), &config); err != nil {
		t.Fatal(err)
	}
	config.Admin = &caddy.AdminConfig{Disabled: true}
	config.Logging = &caddy.Logging{Logs: map[string]*caddy.CustomLog{"default": {BaseLog: caddy.BaseLog{WriterRaw: json.RawMessage(`{"output":"discard"}`)}}}}
	apps := config.AppsRaw
	config.AppsRaw = nil
	ctx, err := caddy.ProvisionContext(&config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := caddy.NewContext(ctx)
	t.Cleanup(cancel)
	config.AppsRaw = apps // in this context, as the one above cannot be ended
	server, gates := must(ctx.App("http")).(*caddyhttp.App).Servers["srv0"], must(ctx.App("customer_gate"))
	return func(body string) int {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.RemoteAddr = "127.0.0.1:4567"
		r.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}}
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, r)
		return recorder.Code
	}, gates.(caddy.App).Start()
}

// brokenPipe is where nothing can be written.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errBrokenPipe }
func (brokenPipe) Read([]byte) (int, error)  { return 0, errBrokenPipe }

var errBrokenPipe = errors.New("broken pipe")

var _ io.ReadWriter = brokenPipe{}
