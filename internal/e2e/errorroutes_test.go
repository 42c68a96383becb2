package e2e

import (
	"strconv"
	"strings"
	"testing"
)

// TestErrorRoutes renders refusals with the server's handle_errors: codes and
// pointers are at hand there, and nothing that the client sent.
func TestErrorRoutes(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: `
	customer_gate {
		keys file {$DIR}/private.pem
		errors handle_errors
	}
	reverse_proxy {$UPSTREAM}
	handle_errors {
		header X-Rendered yes
		respond "{err.status_code}|{err.message}|{http.customer_gate.code}|{http.customer_gate.violations}"
	}
	`})
	body := newCustomer().json()

	for name, tc := range map[string]struct {
		request, want string
	}{
		"violations": {
			rawPost("", newCustomer().with("email", 5).with("phone", "1").with(unknownName, unknownValue).json()),
			`422|customer_gate: VALIDATION_ERROR|VALIDATION_ERROR|[{"pointer":"/email","code":"type","params":{"type":"string"}},{"pointer":"/phone","code":"phone_format","params":{"min":7,"max":15}},{"pointer":"/*","code":"unknown_field","params":{"subject":"registration"}}]`,
		},
		"header": {
			strings.Replace(rawPost("", body), "platform: fincode", "platform: other", 1),
			`400|customer_gate: INVALID_HEADER|INVALID_HEADER|[{"header":"platform","code":"enum","params":{"values":["fincode"]}}]`,
		},
		"malformed": {rawPost("", body+"}"), `400|customer_gate: MALFORMED_JSON|MALFORMED_JSON|[]`},
		"too large": {
			rawPost("", body+strings.Repeat(" ", 64<<10)),
			`413|customer_gate: PAYLOAD_TOO_LARGE|PAYLOAD_TOO_LARGE|[]`,
		},
		"media type": {
			rawPost("Content-Encoding: br\r\n", body),
			`415|customer_gate: UNSUPPORTED_MEDIA_TYPE|UNSUPPORTED_MEDIA_TYPE|[]`,
		},
		"method": {
			strings.Replace(rawPost("", body), "POST", "DELETE", 1),
			`405|customer_gate: METHOD_NOT_ALLOWED|METHOD_NOT_ALLOWED|[]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := exchange(t, gate.address, tc.request)
			if got.body != tc.want || !strings.HasPrefix(tc.want, strconv.Itoa(got.status)+"|") {
				t.Errorf("the answer is %d\n%s\nwant\n%s", got.status, got.body, tc.want)
			}
			if got.header.Get("X-Rendered") != "yes" {
				t.Errorf("the error route was not asked: %v", got.header)
			}
			up.checkUntouched(t)
		})
	}
	exchange(t, gate.address, rawPost("", body)).check(t, 201, createdBody)
	up.takeOne(t)
}

// TestErrorRoutesRecipe: the error routes of docs/refusals.md render refusals, and
// leave other errors alone, those of requests that the gate never saw too.
func TestErrorRoutesRecipe(t *testing.T) {
	t.Parallel()
	nobody := "127.0.0.1:" + freePort(t)
	gate := startGateway(t, setup{upstream: nobody, site: errorRoutesRecipe(t)})
	accepted := rawPost("", newCustomer().json())
	preflight := "OPTIONS " + endpoint + " HTTP/1.1\r\n" + goodHeaders +
		"Origin: https://app.test\r\nAccess-Control-Request-Method: POST\r\n\r\n"
	const down = "502 Bad Gateway"

	for name, tc := range map[string]struct {
		request string
		status  int
		body    string
	}{
		"refused": {
			rawPost("", newCustomer().with("phone", "1").json()), 422,
			`{"code":"VALIDATION_ERROR","violations":[{"pointer":"/phone","code":"phone_format","params":{"min":7,"max":15}}]}`,
		},
		"accepted, upstream down":     {accepted, 502, down},
		"preflight, upstream down":    {preflight, 502, down},
		"not selected, upstream down": {strings.Replace(accepted, endpoint, "/login", 1), 502, down},
	} {
		t.Run(name, func(t *testing.T) {
			if got := exchange(t, gate.address, tc.request); got.status != tc.status || got.body != tc.body {
				t.Errorf("the answer is %d\n%s\nwant %d\n%s", got.status, got.body, tc.status, tc.body)
			}
		})
	}
}

// errorRoutesRecipe returns the directives of the site in docs/refusals.md with error
// routes, its upstream replaced by the test's.
func errorRoutesRecipe(t *testing.T) string {
	t.Helper()
	for _, b := range readDocument(t, "docs/refusals.md") {
		site, found := strings.CutPrefix(b.text, "example.com {\n")
		if found && strings.Contains(site, "errors handle_errors") {
			site = strings.TrimSuffix(site, "}\n")
			return strings.Replace(site, "10.0.0.7:8080", "{$UPSTREAM}", 1)
		}
	}
	t.Fatal("the README has no recipe for error routes")
	return ""
}
