// Package secret reads passwords that a configuration names but does not hold:
// Caddy shows its configuration on its admin endpoint and saves it to disk, so a
// password in it is refused. No error of this package holds one.
//
// A module embeds a Secret, which gives its configuration `password` and
// `password_file`, has it checked where it checks its other options, and reads
// the password for each connection that it makes.
package secret

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// A Secret says where a password is. It is read anew each time, so that a file
// may be replaced while the gateway runs. The zero value is no password.
type Secret struct {
	// A placeholder that stands for the password: `{env.<name>}` for a variable
	// of Caddy's environment, or `{file.<path>}`. The password itself is
	// refused here, because Caddy shows its configuration on its admin endpoint
	// and saves it to disk.
	Password string `json:"password,omitempty"`

	// A file that holds the password, and perhaps a line break behind it.
	// Placeholders in its path, such as `{env.CREDENTIALS_DIRECTORY}`, are
	// replaced. Not together with `password`.
	PasswordFile string `json:"password_file,omitempty"`
}

// Placeholder matches a placeholder that a password may be, `{env.<name>}` or
// `{file.<path>}`, for modules with texts that have more than one in them.
var Placeholder = regexp.MustCompile(`\{(?:env|file)\.[^{}]+\}`)

var errLiteral = errors.New("password: give a placeholder, {env.<name>} or {file.<path>}, or a password_file; " +
	"a password in the configuration itself would be shown on Caddy's admin endpoint and saved to disk, " +
	"and so would {$<name>}, which is replaced when the Caddyfile is read")

// Check judges the configuration without reading a password.
func Check(s Secret) error {
	switch {
	case s.Password != "" && s.PasswordFile != "":
		return errors.New("password and password_file are both set; keep one")
	case s.Password != "" && Placeholder.FindString(s.Password) != s.Password:
		return errLiteral
	}
	return nil
}

// Read returns the password, which is empty only where none is configured.
func Read(s Secret) (string, error) {
	switch {
	case s.Password != "":
		return readPlaceholder(s.Password)
	case s.PasswordFile != "":
		return readFile(s.PasswordFile)
	}
	return "", nil
}

func readPlaceholder(placeholder string) (string, error) {
	password, err := caddy.NewReplacer().ReplaceOrErr(placeholder, true, true)
	if err != nil {
		return "", fmt.Errorf("password: there is nothing behind %s", placeholder)
	}
	return password, nil
}

func readFile(path string) (string, error) {
	path, err := caddy.NewReplacer().ReplaceOrErr(path, true, true)
	if err != nil {
		return "", fmt.Errorf("password_file: %w", err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("password_file: %w", err)
	}
	password := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if password == "" {
		return "", fmt.Errorf("password_file: %s is empty", path)
	}
	return password, nil
}

// Parse reads the argument of the option password from a Caddyfile, and leaves
// the judgement to Check. What it refuses it does not repeat. The option
// password_file is an options.Word.
func Parse(s *Secret, d *caddyfile.Dispenser) error {
	if !d.AllArgs(&s.Password) || s.Password == "" {
		return d.Err("password takes one argument, a placeholder such as {env.<name>}")
	}
	return nil
}
