// Package customergate plugs the customer_gate handler and everything that
// belongs to it into Caddy, so that one import path is enough for xcaddy.
package customergate

import (
	// The time zones of the ages' rule, for images that have no zoneinfo.
	_ "time/tzdata"

	_ "github.com/customergate/customergate/caddymodule"
	_ "github.com/customergate/customergate/caddymodule/admin"
	_ "github.com/customergate/customergate/caddymodule/claims/boltstore"
	_ "github.com/customergate/customergate/caddymodule/claims/pgstore"
	_ "github.com/customergate/customergate/caddymodule/claims/redisstore"
	_ "github.com/customergate/customergate/caddymodule/command"
	_ "github.com/customergate/customergate/caddymodule/console"
	_ "github.com/customergate/customergate/caddymodule/contract"
	_ "github.com/customergate/customergate/caddymodule/engine/openssl"
	_ "github.com/customergate/customergate/caddymodule/keys/autokeys"
	_ "github.com/customergate/customergate/caddymodule/keys/filekeys"
	_ "github.com/customergate/customergate/caddymodule/matcher"
	_ "github.com/customergate/customergate/caddymodule/readiness"
)
