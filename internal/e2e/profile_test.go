package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

const (
	profileEndpoint = "/usermanagement/profile-edit"

	// authToken stands for a customer's session. Like the customer's values, it
	// occurs nowhere else.
	authToken = "eyJhbGciOiJub25lIn0.kolibritoken.c2lnbmF0dXJl"

	// profileBody edits the customer of all tests.
	profileBody = `{"customerGender":"FEMALE","phone":"7400987654","dialingCode":"+44","firstName":" ` + firstName + `",` +
		`"address":{"address1":"` + addressLine + `"}}`
	normalisedProfile = `{"firstName":"` + firstName + `","dialingCode":"+44","phone":"` + phone + `",` +
		`"address":{"address1":"` + addressLine + `"},"customerGender":"FEMALE"}`
)

const profileSite = `
	customer_gate edit_profile
	reverse_proxy {$UPSTREAM}
`

// edit sends a profile edit as well-behaved clients do, but for a change.
func edit(t *testing.T, url, body string, change func(*http.Request)) answer {
	t.Helper()
	request, err := http.NewRequest(http.MethodPut, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}, "X-Auth-Token": {authToken}}
	change(request)
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAnswer(response)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func asItIs(*http.Request) {}

func TestEditProfile(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: profileSite})

	edit(t, gate.url(profileEndpoint), profileBody, asItIs).check(t, 201, createdBody)
	got := up.takeOne(t)
	got.checkFraming(t)
	if got.line != "PUT "+profileEndpoint+" HTTP/1.1" || string(got.body) != normalisedProfile {
		t.Errorf("the upstream got %s with\n%s\nwant\n%s", got.line, got.body, normalisedProfile)
	}
	if tokens := got.values("X-Auth-Token"); !slices.Equal(tokens, []string{authToken}) {
		t.Errorf("the token arrived as %q", tokens)
	}

	for name, tc := range map[string]struct {
		body   string
		change func(*http.Request)
		status int
		says   string
	}{
		"another address": {`{"email":"` + email + `"}`, asItIs, 422, `"pointer":"/email","code":"email_immutable"`},
		"no address":      {`{"email":null}`, asItIs, 422, `"pointer":"/email","code":"email_immutable"`},
		"a password":      {`{"password":"` + password + `"}`, asItIs, 422, `"pointer":"/password","code":"unknown_field"`},
		"an empty name":   {`{"firstName":""}`, asItIs, 422, `"pointer":"/firstName","code":"name_length"`},
		"no token":        {profileBody, func(r *http.Request) { r.Header.Del("X-Auth-Token") }, 400, `"header":"x-auth-token","code":"required"`},
		"two tokens":      {profileBody, func(r *http.Request) { r.Header.Add("X-Auth-Token", authToken) }, 400, `"header":"x-auth-token","code":"enum"`},
		"another method":  {profileBody, func(r *http.Request) { r.Method = http.MethodPost }, 405, `"message":"A profile is sent with PUT."`},
	} {
		t.Run(name, func(t *testing.T) {
			got := edit(t, gate.url(profileEndpoint), tc.body, tc.change)
			got.check(t, tc.status, tc.says)
			if tc.status == 405 && got.header.Get("Allow") != "PUT" {
				t.Errorf("Allow is %q", got.header.Get("Allow"))
			}
			for _, leak := range findCanaries([]byte(got.body)) {
				t.Errorf("the answer holds %s", leak)
			}
			up.checkUntouched(t)
		})
	}
}

// TestTokenStaysOutOfTheLogs runs the recipe of docs/profile.md as it stands
// there, with everything logged that can be.
func TestTokenStaysOutOfTheLogs(t *testing.T) {
	t.Parallel()
	gate := sendThroughLogs(t, logRecipe(t))
	log := gate.log.String()
	if strings.Contains(log, authToken) {
		t.Error("the token is in the log")
	}
	for where, text := range map[string]string{"the metrics": gate.metrics(t), "the configuration": gate.adminGet(t, "/config/")} {
		if strings.Contains(text, authToken) {
			t.Errorf("the token is in %s", where)
		}
	}
}

// TestTokenIsInLogsWithoutTheRecipe: what the documents warn of is so, in each
// of the logs that they name. The gate's own lines are not among them.
func TestTokenIsInLogsWithoutTheRecipe(t *testing.T) {
	t.Parallel()
	gate := sendThroughLogs(t, strings.ReplaceAll(logRecipe(t), "request>headers>X-Auth-Token delete", "request>headers>X-Other delete"))
	loggers := make(map[string]bool)
	for line := range strings.Lines(gate.log.String()) {
		if !strings.Contains(line, authToken) {
			continue
		}
		for _, logger := range []string{"http.log.access", "http.log.error", "http.handlers.reverse_proxy", "http.handlers.customer_gate"} {
			if strings.Contains(line, `"logger":"`+logger) {
				loggers[logger] = true
			}
		}
	}
	if !loggers["http.log.access"] || !loggers["http.log.error"] || !loggers["http.handlers.reverse_proxy"] {
		t.Errorf("only %v show the token, so the recipe proves nothing", loggers)
	}
	if loggers["http.handlers.customer_gate"] {
		t.Error("the gate logs the token")
	}
}

// sendThroughLogs runs a Caddyfile and sends what makes each of its logs speak.
func sendThroughLogs(t *testing.T, caddyfile string) *gateway {
	t.Helper()
	up := startUpstreamWith(t, replyByPath)
	gate := prepareGateway(t, setup{upstream: up.address})
	writeFile(t, gate.config, []byte(caddyfile))
	gate.start(t)
	edit(t, gate.url(profileEndpoint), profileBody, asItIs).check(t, 201)
	edit(t, gate.url(profileEndpoint), `{"email":null}`, asItIs).check(t, 422)
	edit(t, gate.url(profileEndpoint), profileBody, func(r *http.Request) { r.Header.Add("X-Auth-Token", authToken) }).check(t, 400)
	edit(t, gate.url("/reset"+profileEndpoint), profileBody, asItIs).check(t, 502)
	waitUntil(t, "every log has spoken", func() bool {
		log := gate.log.String()
		return strings.Count(log, "handled request") == 4 && strings.Count(log, "upstream roundtrip") == 2 &&
			strings.Count(log, "request refused") == 2 && strings.Contains(log, `"logger":"http.log.error`)
	})
	return gate
}

// logRecipe is the Caddyfile of docs/profile.md that keeps the token out of the
// logs, with the addresses and the storage of a test.
func logRecipe(t *testing.T) string {
	t.Helper()
	blocks := readDocument(t, "docs/profile.md")
	i := slices.IndexFunc(blocks, func(b block) bool { return strings.Contains(b.text, "X-Auth-Token delete") })
	if i < 0 {
		t.Fatal("docs/profile.md has no recipe")
	}
	recipe := blocks[i].text
	for _, change := range [][2]string{
		{"\tlog default {", "\tdebug\n\tadmin 127.0.0.1:{$ADMIN_PORT}\n\tstorage file_system {$STORAGE}\n\tlog default {"},
		{"example.com {", "http://:{$PORT} {\n\tbind 127.0.0.1"},
		{"127.0.0.1:8081", "{$UPSTREAM}"},
	} {
		if strings.Count(recipe, change[0]) != 1 {
			t.Fatalf("the recipe has no %q, or several", change[0])
		}
		recipe = strings.Replace(recipe, change[0], change[1], 1)
	}
	return recipe
}
