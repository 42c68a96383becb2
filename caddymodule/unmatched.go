package caddymodule

import (
	"maps"
	"slices"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"
)

// warnOfUnmatched tells the operator of gates that stand before a whole site,
// whose pages they answer 405, and its forms 400. A handler does not learn where
// it is mounted, so the routes of all servers are searched.
func warnOfUnmatched(ctx caddy.Context) {
	app, err := ctx.AppIfConfigured("http")
	if err != nil {
		return // there are no servers
	}
	logger := ctx.Logger()
	servers := app.(*caddyhttp.App).Servers
	for _, name := range slices.Sorted(maps.Keys(servers)) {
		s := unmatchedSearch{named: servers[name].NamedRoutes, invoked: make(map[string]bool)}
		s.in(servers[name].Routes, nil)
		for _, hosts := range s.found {
			logger.Warn("a customer_gate without a matcher refuses every request of its site that is none of its endpoint, so no page gets through; "+
				"give it one, such as `@registration path *register-customer*`",
				zap.String("server", name), zap.Strings("hosts", hosts))
		}
	}
}

// unmatchedSearch finds the gates of a server that every request reaches.
type unmatchedSearch struct {
	named   map[string]*caddyhttp.Route
	invoked map[string]bool // named routes that were searched
	found   [][]string      // the hosts of each gate
}

func (s *unmatchedSearch) in(routes caddyhttp.RouteList, hosts []string) {
	for _, route := range routes {
		if tellApart(route.MatcherSets) {
			continue
		}
		for _, handler := range route.Handlers {
			s.at(handler, slices.Concat(hosts, hostsOf(route.MatcherSets)))
		}
	}
}

func (s *unmatchedSearch) at(handler caddyhttp.MiddlewareHandler, hosts []string) {
	switch h := handler.(type) {
	case *Gate:
		s.found = append(s.found, hosts)
	case *caddyhttp.Subroute:
		s.in(h.Routes, hosts)
	case *caddyhttp.Invoke:
		if route := s.named[h.Name]; route != nil && !s.invoked[h.Name] {
			s.invoked[h.Name] = true
			s.in(caddyhttp.RouteList{*route}, hosts)
		}
	}
}

// tellApart tells whether matchers let some requests of a host through, and
// others not.
func tellApart(sets caddyhttp.MatcherSets) bool {
	for _, set := range sets {
		if !slices.ContainsFunc(set, tellsApart) {
			return false
		}
	}
	return len(sets) > 0
}

func tellsApart(matcher any) bool {
	switch m := matcher.(type) {
	case *caddyhttp.MatchHost:
		return false
	case *caddyhttp.MatchPath:
		return !slices.Contains(*m, "*") && !slices.Contains(*m, "/*")
	}
	return true
}

func hostsOf(sets caddyhttp.MatcherSets) (hosts []string) {
	for _, set := range sets {
		for _, matcher := range set {
			if m, is := matcher.(*caddyhttp.MatchHost); is {
				hosts = append(hosts, *m...)
			}
		}
	}
	return hosts
}
