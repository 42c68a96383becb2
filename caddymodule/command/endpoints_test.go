package command

import (
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	"github.com/customergate/customergate/caddymodule/endpoints"
)

func TestEndpointsCommand(t *testing.T) {
	run := execute(t, "", "endpoints")
	if run.err != nil {
		t.Fatal(run.err)
	}
	for name, e := range endpoints.BuiltIn {
		if !strings.Contains(run.stdout, "# "+name+"\n"+e.Caddyfile()) {
			t.Errorf("%s is not in\n%s", name, run.stdout)
		}
		alone := execute(t, "", "endpoints", name)
		if alone.err != nil || alone.stdout != "# "+name+"\n"+e.Caddyfile() {
			t.Errorf("%s alone: %v\n%s", name, alone.err, alone.stdout)
		}
		if _, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(":8080 {\n"+alone.stdout+"}\n"), nil); err != nil {
			t.Errorf("%s is no Caddyfile: %v", name, err)
		}
	}
	if run := execute(t, "", "endpoints", "logn"); run.err == nil || !strings.Contains(run.err.Error(), "change_password") {
		t.Errorf("a misspelt name: %v", run.err)
	}
}
