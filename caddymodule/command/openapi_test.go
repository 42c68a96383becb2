package command

import (
	"encoding/json"
	"strings"
	"testing"

	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/customergate/customergate/caddymodule/contract"
)

func TestOpenAPICommand(t *testing.T) {
	two := "a.test {\n customer_gate_contract\n customer_gate {\n keys file /nowhere\n }\n}\nb.test {\n customer_gate_contract\n customer_gate login {\n max_body 2KiB\n }\n}\n"
	one := "a.test {\n customer_gate_contract {\n server https://a.test/base\n keys /public.json\n }\n customer_gate {\n keys file /nowhere\n rules {\n password_words /nowhere\n age 21 99\n }\n }\n}\n"
	inJSON := writeTemp(t, string(adapt(t, configFile(t, one))))
	for name, c := range map[string]struct {
		arguments []string
		want      []string // of the output, or of the error
		fails     bool
	}{
		"no configuration":        {nil, []string{`"/usermanagement/register-customer"`, `"url": "/api/v6/services"`}, false},
		"schema":                  {[]string{"--schema"}, []string{`"$schema"`, `"RegisterCustomer"`}, false},
		"Caddyfile":               {[]string{"--config", configFile(t, one)}, []string{`"https://a.test/base"`, `"key": "/public.json"`, `"min": 21`}, false},
		"JSON":                    {[]string{"--config", inJSON, "--adapter", ""}, []string{`"https://a.test/base"`, `"min": 21`}, false},
		"two sites":               {[]string{"--config", configFile(t, two)}, []string{"2 different contracts; choose a gate with --gate"}, true},
		"a gate of two sites":     {[]string{"--config", configFile(t, two), "--gate", "2"}, []string{`"/securitymanagement/login"`, "at most 2.0 KiB"}, false},
		"a gate that there isn't": {[]string{"--config", configFile(t, two), "--gate", "3"}, []string{"has 2 customer_gate handlers"}, true},
		"no gate":                 {[]string{"--config", configFile(t, ":8080 {\n respond ok\n}\n")}, []string{"has no customer_gate"}, true},
		"gates that clash": {[]string{"--config", configFile(t, ":8080 {\n customer_gate /a/*\n customer_gate /b/* {\n max_body 2KiB\n }\n}\n")},
			[]string{"POST /usermanagement/register-customer differ"}, true},
		"wrong option in JSON": {[]string{"--config", writeTemp(t, strings.Replace(string(mustRead(t, inJSON)), "https://a.test/base", "a.test", 1))}, []string{`server: \"a.test\" is no address`}, true},
	} {
		t.Run(name, func(t *testing.T) {
			run := execute(t, "", append([]string{"openapi"}, c.arguments...)...)
			said := run.stdout
			if c.fails && run.err != nil {
				said = strings.ReplaceAll(run.err.Error(), `"`, `\"`)
			}
			if c.fails == (run.err == nil) {
				t.Fatalf("%v\n%s", run.err, run.stdout)
			}
			if !c.fails && !json.Valid([]byte(run.stdout)) {
				t.Errorf("not JSON: %s", run.stdout)
			}
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not in %s", want, said)
				}
			}
		})
	}
}
