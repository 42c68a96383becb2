package caddymodule

import (
	_ "github.com/customergate/customergate/caddymodule/console" // a directive beside the gates
	_ "github.com/customergate/customergate/caddymodule/matcher" // and what they are often mounted with

	_ "github.com/customergate/customergate/caddymodule/claims/boltstore"  // a store that needs no server
	_ "github.com/customergate/customergate/caddymodule/claims/pgstore"    // one with options of its own
	_ "github.com/customergate/customergate/caddymodule/claims/redisstore" // and blocks
	_ "github.com/customergate/customergate/caddymodule/keys/filekeys"     // the provider of the tests' own keys
)
