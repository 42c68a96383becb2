package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const languagesSite = `
	header Vary Origin
	customer_gate {
		languages {
			file {$DIR}/fr.json
		}
	}
	respond 201
`

// Over a real socket, each client is answered in its own language, in the operator's
// words where there are some, and a cache is told so.
func TestLanguages(t *testing.T) {
	t.Parallel()
	gate := prepareGateway(t, setup{site: languagesSite})
	writeFile(t, filepath.Join(gate.dir, "fr.json"), []byte(`{"language": "fr", "messages": {"required": "À remplir."}}`))
	gate.start(t)
	for accept, c := range map[string]struct{ language, says string }{
		"":                                {"en", `"message":"This field is required."`},
		"fr-BE,fr;q=0.9,en;q=0.1":         {"fr", `"message":"À remplir."`},
		"ar":                              {"ar", `"message":"هذا الحقل مطلوب."`},
		"ja;q=1, hi;q=0.2":                {"hi", `"message":"यह फ़ील्ड ज़रूरी है।"`},
		"fr, " + strings.Repeat("x", 600): {"en", `"message":"This field is required."`},
		";;":                              {"en", `"message":"This field is required."`},
	} {
		got := post(t, gate.url(""), `{}`, headerField{"Accept-Language", accept})
		if got.status != 422 || !strings.Contains(got.body, c.says) {
			t.Errorf("%q: %d %s", accept, got.status, got.body)
		}
		vary := strings.Join(got.header.Values("Vary"), ", ")
		if got.header.Get("Content-Language") != c.language || vary != "Origin, Accept, Accept-Language" {
			t.Errorf("%q: Content-Language %s, Vary %s", accept, got.header.Get("Content-Language"), vary)
		}
	}
	accepted := post(t, gate.url(""), newCustomer().json(), headerField{"Accept-Language", "fr"})
	if accepted.status != 201 || accepted.header.Get("Content-Language") != "" {
		t.Errorf("what is accepted has %d, %v", accepted.status, accepted.header)
	}
}

// A file that is wrong keeps a configuration from being loaded, and says where.
func TestLanguagesOfAWrongFile(t *testing.T) {
	t.Parallel()
	gate := prepareGateway(t, setup{site: languagesSite})
	path := filepath.Join(gate.dir, "fr.json")
	writeFile(t, path, []byte("{\"language\": \"fr\", \"messages\": {\n\t\"dob_underage\": \"{age} ans\"\n}}"))
	command := exec.Command(binary, "validate", "--config", gate.config)
	command.Dir, command.Env = gate.dir, gate.env
	out, err := command.CombinedOutput()
	if err == nil {
		t.Error("the configuration is valid")
	}
	if want := path + ":2: dob_underage: there is no param {age} in it; it has {min}"; !strings.Contains(string(out), want) {
		t.Errorf("%s is not in\n%s", want, out)
	}
}
