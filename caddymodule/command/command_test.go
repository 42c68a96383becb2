package command

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"
)

// newCommand is `caddy customer-gate`, as Caddy builds it.
func newCommand(t *testing.T) *cobra.Command {
	t.Helper()
	registered, found := caddycmd.Commands()["customer-gate"]
	if !found {
		t.Fatal("there is no customer-gate command")
	}
	command := &cobra.Command{Use: registered.Name, SilenceUsage: true}
	registered.CobraFunc(command)
	return command
}

// execution is a run of the command with flags. Its error is what makes the
// exit status 1.
type execution struct {
	stdout, stderr string
	err            error
}

func execute(t *testing.T, stdin string, args ...string) execution {
	t.Helper()
	input := filepath.Join(t.TempDir(), "stdin")
	output := filepath.Join(t.TempDir(), "stdout")
	writeFile(t, input, stdin, 0o600)
	writeFile(t, output, "", 0o600)
	var stderr bytes.Buffer
	command := newCommand(t)
	command.SetArgs(args)
	command.SetErr(&stderr)
	command.SetOut(&stderr)
	err := redirected(t, input, output, command.Execute)
	text, readErr := os.ReadFile(output)
	if readErr != nil {
		t.Fatal(readErr)
	}
	return execution{string(text), stderr.String(), err}
}

// redirected runs something with files for standard input and output.
func redirected(t *testing.T, input, output string, run func() error) error {
	t.Helper()
	in, err := os.Open(input)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(output, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	stdin, stdout := os.Stdin, os.Stdout
	defer func() { os.Stdin, os.Stdout = stdin, stdout }()
	os.Stdin, os.Stdout = in, out
	return run()
}
