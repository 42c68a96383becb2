package routes

import (
	"maps"
	"slices"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// A Site is where a gate is mounted.
type Site struct {
	Server string   // its name
	Hosts  []string // none for every host
}

// Unmatched returns the sites with a gate that every request reaches.
func Unmatched(ctx caddy.Context) (sites []Site) {
	app, err := ctx.AppIfConfigured("http")
	if err != nil {
		return nil // there are no servers
	}
	servers := app.(*caddyhttp.App).Servers
	for _, name := range slices.Sorted(maps.Keys(servers)) {
		s := search{named: servers[name].NamedRoutes, invoked: make(map[string]bool)}
		s.in(servers[name].Routes, nil)
		for _, hosts := range s.found {
			sites = append(sites, Site{Server: name, Hosts: hosts})
		}
	}
	return sites
}

// search finds the gates of a server that every request reaches.
type search struct {
	named   map[string]*caddyhttp.Route
	invoked map[string]bool // named routes that were searched
	found   [][]string      // the hosts of each gate
}

func (s *search) in(routes caddyhttp.RouteList, hosts []string) {
	for _, route := range routes {
		if tellApart(route.MatcherSets) {
			continue
		}
		for _, handler := range route.Handlers {
			s.at(handler, slices.Concat(hosts, hostsOf(route.MatcherSets)))
		}
	}
}

func (s *search) at(handler caddyhttp.MiddlewareHandler, hosts []string) {
	switch h := handler.(type) {
	case *caddyhttp.Subroute:
		s.in(h.Routes, hosts)
	case *caddyhttp.Invoke:
		if route := s.named[h.Name]; route != nil && !s.invoked[h.Name] {
			s.invoked[h.Name] = true
			s.in(caddyhttp.RouteList{*route}, hosts)
		}
	case caddy.Module:
		if h.CaddyModule().ID == "http.handlers."+gate {
			s.found = append(s.found, hosts)
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
