// Package examples has the example clients, for the console to show.
package examples

import "embed"

// Clients are programs that register customers and log them in.
//
//go:embed clients/*.html clients/*.mjs clients/*.js clients/*.java clients/*.kt clients/*.swift clients/*.py clients/*.php clients/*.go clients/*.cs clients/*.dart clients/*.sh
var Clients embed.FS
