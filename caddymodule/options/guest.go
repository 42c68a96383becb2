package options

import (
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// Guest reads a guest module from a segment that begins with its name, and
// refuses what the module leaves unread.
func Guest[T any](segment *caddyfile.Dispenser, option, namespace, name string) (T, error) {
	var none T
	info, err := caddy.GetModule(namespace + "." + name)
	if err != nil {
		segment.Next()
		return none, segment.Errf("%s: there is no '%s'; there are %s", option, name, strings.Join(guestNames(namespace), ", "))
	}
	module := info.New()
	guest, isGuest := module.(T)
	unmarshaler, isUnmarshaler := module.(caddyfile.Unmarshaler)
	if !isGuest || !isUnmarshaler {
		segment.Next()
		return none, segment.Errf("%s: a Caddyfile cannot set up module %s", option, info.ID)
	}
	if err := unmarshaler.UnmarshalCaddyfile(segment); err != nil {
		return none, err
	}
	if segment.Next() {
		return none, segment.Errf("%s: %s has no use for '%s'", option, name, segment.Val())
	}
	return guest, nil
}

// guestNames names the modules of a namespace that this Caddy was built with.
func guestNames(namespace string) []string {
	var names []string
	for _, module := range caddy.GetModules(namespace) {
		names = append(names, module.ID.Name())
	}
	return names
}

// EmptyBlock reports whether the parser has just passed an empty block, which
// guest modules are not shown, and steps back to the line where it opens.
func EmptyBlock(d *caddyfile.Dispenser) bool {
	if d.ValRaw() != "}" {
		return false
	}
	d.Prev()
	if d.ValRaw() == "{" {
		return true
	}
	d.Next()
	return false
}
