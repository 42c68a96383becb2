// Command caddy is Caddy with its standard modules and customergate.
package main

import (
	caddycmd "github.com/caddyserver/caddy/v2/cmd"

	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/customergate/customergate"
)

func main() {
	caddycmd.Main()
}
