package e2e

import (
	"crypto"
	"net/http"
	"strings"
	"testing"
)

const pinSite = `
	customer_gate custom {
		subject "transaction PIN"
		method PUT
		header X-Auth-Token
		keys file {$DIR}/private.pem
		` + patient + `
		plaintext deny
		field email text required email
		field transactionPin sealed required digits 4 6
		field securityAnswer sealed text 1 190
		field limits list 0 3 unique {
			item number 0 1000
		}
		field device object {
			field id text required token
		}
	}
	reverse_proxy {$UPSTREAM}
`

// TestCustomEndpoint: an endpoint of the configuration does what the others do, and what
// is sealed shows nowhere.
func TestCustomEndpoint(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: pinSite})
	sealed := func(text string) string { return keyOfTests().encrypt(t, text, crypto.SHA256) }
	url := gate.url("/security/pin")

	body := `{"device":{"id":"a1"},"limits":[1.50,2e2],"securityAnswer":"` + sealed(" "+password+" ") + `","transactionPin":"` + sealed("248613") + `","email":"` + email + `"}`
	edit(t, url, body, asItIs).check(t, 201, createdBody)
	got := up.takeOne(t)
	got.checkFraming(t)
	if want := `","transactionPin":"248613","securityAnswer":" ` + password + ` ","limits":[1.50,2e2],"device":{"id":"a1"}}`; !strings.HasSuffix(string(got.body), want) {
		t.Errorf("the upstream got %s", got.body)
	}
	refused := edit(t, url, `{"email":"`+email+`","transactionPin":"`+sealed(password)+`","limits":[1,1.0,2000],"device":{},"securityAnswer":"`+password+`"}`, asItIs)
	if refused.status != http.StatusUnprocessableEntity {
		t.Errorf("answered %d", refused.status)
	}
	for _, says := range []string{
		`"pointer":"/transactionPin","code":"format"`, `"pointer":"/limits/1","code":"duplicate"`, `"pointer":"/limits/2","code":"out_of_range"`,
		`"pointer":"/device/id","code":"required"`, `"pointer":"/securityAnswer","code":"plaintext_not_allowed"`,
	} {
		if !strings.Contains(refused.body, says) {
			t.Errorf("it does not say %s: %s", says, refused.body)
		}
	}
	if metrics := gate.metrics(t); !strings.Contains(metrics, `caddy_customer_gate_violations_total{code="duplicate",endpoint="transaction PIN",mode="enforce",pointer="/limits/*"} 1`) {
		t.Error("the metrics do not count the element of a list at its place")
	}
	gate.stop(t)
}
