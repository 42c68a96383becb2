package validation_test

import (
	"bytes"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/customergate/customergate/internal/race"
	"github.com/customergate/customergate/validation"
)

// What is forwarded is read the same by every parser: what the client said,
// normalised where the contract says so.
func TestForwardedBodiesAreReadTheSameEverywhere(t *testing.T) {
	client := client{rand.New(rand.NewPCG(20260102, 1))}
	var all forwarded
	all.add(t, validation.RegisterCustomer, client.registration)
	all.add(t, validation.EditProfile, client.profile)

	lines := bytes.Join(all.bodies, []byte("\n"))
	for reader, got := range map[string][]string{
		"encoding/json": eachBody(t, all.bodies, byEncodingJSON),
		"jsontext":      eachBody(t, all.bodies, byJSONText),
		"Node":          eachLine(t, lines, "node", "testdata/canonical.mjs"),
		"Python":        eachLine(t, lines, "python3", "testdata/canonical.py"),
		"PHP":           eachLine(t, lines, "php", "testdata/canonical.php"),
		"Java":          eachLine(t, lines, "java", "-cp", javaLibraries, "testdata/Canonical.java"),
	} {
		if len(got) != len(all.read) {
			t.Fatalf("%s read %d bodies of %d", reader, len(got), len(all.read))
		}
		for i := range got {
			if got[i] != all.read[i] {
				t.Fatalf("%s reads\n%s\nof\n%s\nwant\n%s", reader, got[i], all.bodies[i], all.read[i])
			}
		}
	}
}

// forwarded are bodies for the upstream and what it should read from each.
type forwarded struct {
	bodies [][]byte
	read   []string
}

// add puts bodies of a client's making through the rules of an endpoint.
func (f *forwarded) add(t *testing.T, endpoint *validation.Endpoint, makeBody func() normalised) {
	t.Helper()
	rules := compile(t, func(p *validation.Policy) { p.Endpoint, p.AllowAllFields = endpoint, true })
	for range 2_000 / race.Share {
		made := makeBody()
		s := gate{endpoint: endpoint, rules: rules}.judge(t, []byte(made.sent))
		if len(s.Violations()) > 0 {
			t.Fatalf("%q for %s", findings(s.Violations()), made.sent)
		}
		f.bodies = append(f.bodies, s.AppendBody(nil))
		f.read = append(f.read, made.read)
	}
}

func eachBody(t *testing.T, bodies [][]byte, read func([]byte) (string, error)) []string {
	t.Helper()
	list := make([]string, len(bodies))
	for i, body := range bodies {
		var err error
		if list[i], err = read(body); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
	}
	return list
}

// javaLibraries are where Debian has them.
const javaLibraries = "/usr/share/java/jackson-databind.jar:/usr/share/java/jackson-core.jar:/usr/share/java/jackson-annotations.jar:/usr/share/java/gson.jar"

// eachLine has another program read all bodies; make deps installs it.
func eachLine(t *testing.T, lines []byte, program string, arguments ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, arguments...)
	cmd.Stdin = bytes.NewReader(lines)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, arguments, err, &complaint)
	}
	return strings.Split(strings.TrimSuffix(string(output), "\n"), "\n")
}
