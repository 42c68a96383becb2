package command

import (
	"fmt"
	"net/http"
	"strings"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
)

// refused is how Caddy begins the error of an answer that is none, of which there is no
// type.
const refused = "caddy responded with error: HTTP "

// ask gets something from the admin endpoint of a running gateway. The caller closes
// the body.
func ask(address, path string) (*http.Response, error) {
	address, err := caddycmd.DetermineAdminAPIAddress(address, nil, "", "")
	if err != nil {
		return nil, err
	}
	answer, err := caddycmd.AdminAPIRequest(address, http.MethodGet, path, nil, nil)
	switch {
	case err == nil:
		return answer, nil
	case strings.Contains(err.Error(), refused+"404"):
		return nil, fmt.Errorf("the Caddy at %s has no customer_gate, or is older than this command: %w", address, err)
	case strings.Contains(err.Error(), refused):
		return nil, fmt.Errorf("the gateway at %s: %w", address, err)
	}
	return nil, fmt.Errorf("no gateway answers at %s; name its admin endpoint with --address: %w", address, err)
}
