// Package routes looks for the gates of a configuration, which learn neither where
// they are mounted nor what is beside them.
package routes

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

const gate = "customer_gate"

// Gates returns the JSON of the gates in that of a configuration, wherever routes
// and subroutes have put them, servers in the order of their names.
func Gates(tree any) (gates []map[string]any) {
	switch node := tree.(type) {
	case map[string]any:
		if node["handler"] == gate {
			return []map[string]any{node}
		}
		for _, name := range slices.Sorted(maps.Keys(node)) {
			gates = append(gates, Gates(node[name])...)
		}
	case []any:
		for _, child := range node {
			gates = append(gates, Gates(child)...)
		}
	}
	return gates
}

// ToCome returns the JSON of the gates in routes that are still to be provisioned,
// for a handler that is being provisioned itself: until they are, the HTTP app keeps
// their JSON. It cannot be told where the handler is in another app.
func ToCome(ctx caddy.Context) (gates []map[string]any, told bool) {
	app, isHTTP := ctx.Modules()[0].(*caddyhttp.App)
	routes, err := json.Marshal(app)
	var tree any
	if !isHTTP || err != nil || json.Unmarshal(routes, &tree) != nil {
		return nil, false
	}
	return Gates(tree), true
}
