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

// Handler is a handler in the JSON of a configuration.
type Handler struct {
	// Options are its own, without its name.
	Options map[string]any
	// Site is a number for each site of a Caddyfile that has host names; nil for others.
	Site any
}

// Handlers returns those of a name in the JSON of a configuration, wherever routes and
// subroutes have put them, servers in the order of their names.
func Handlers(tree any, name string) []Handler {
	f := finder{name: name}
	f.in(tree, nil)
	return f.found
}

type finder struct {
	name  string
	sites int // so far
	found []Handler
}

func (f *finder) in(tree, site any) {
	switch node := tree.(type) {
	case map[string]any:
		if node["handler"] == f.name {
			options := maps.Clone(node)
			delete(options, "handler")
			f.found = append(f.found, Handler{options, site})
			return
		}
		if node["handler"] == "subroute" && site == nil {
			f.sites++
			site = f.sites
		}
		for _, name := range slices.Sorted(maps.Keys(node)) {
			f.in(node[name], site)
		}
	case []any:
		for _, child := range node {
			f.in(child, site)
		}
	}
}

// Gates returns the options of the gates in the JSON of a configuration.
func Gates(tree any) (gates []map[string]any) {
	for _, h := range Handlers(tree, gate) {
		gates = append(gates, h.Options)
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
