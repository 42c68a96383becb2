package deploy

import (
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
)

// TestCompose reads the file with Compose's own library, which checks it against the
// specification, for both stores.
func TestCompose(t *testing.T) {
	for _, profiles := range [][]string{nil, {"redis"}} {
		options, err := cli.NewProjectOptions([]string{"../../deploy/container/compose.yaml"},
			cli.WithName("customergate"), cli.WithProfiles(profiles),
			cli.WithEnv([]string{"UPSTREAM=10.0.0.7:8080", "CLAIMS_PASSWORD=secret"}))
		if err != nil {
			t.Fatal(err)
		}
		project, err := options.LoadProject(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if want := 2 + len(profiles); len(project.Services) != want {
			t.Errorf("with %q there are the services %q, want %d", profiles, project.ServiceNames(), want)
		}
		gateway, err := project.GetService("gateway")
		if err != nil {
			t.Fatal(err)
		}
		for _, port := range gateway.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("the port %s is open to everyone", port.Published)
			}
		}
	}
}
