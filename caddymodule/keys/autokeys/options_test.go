package autokeys

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

func TestAutoCaddyfile(t *testing.T) {
	day := new(caddy.Duration(24 * time.Hour))
	tests := map[string]struct {
		input string
		want  Provider
	}{
		"nothing":                {"auto", Provider{}},
		"bits 2048":              {"auto {\n bits 2048\n}", Provider{Bits: new(2048)}},
		"bits 3072":              {"auto {\n bits 3072\n}", Provider{Bits: new(3072)}},
		"bits 4096":              {"auto {\n bits 4096\n}", Provider{Bits: new(4096)}},
		"rotate, least":          {"auto {\n rotate 10s\n}", Provider{Rotate: new(caddy.Duration(10 * time.Second))}},
		"rotate, greatest":       {"auto {\n rotate 3650d\n}", Provider{Rotate: new(caddy.Duration(3650 * 24 * time.Hour))}},
		"overlap, least":         {"auto {\n overlap 0\n}", Provider{OverlapTime: new(caddy.Duration(0))}},
		"overlap, greatest":      {"auto {\n overlap 3650d\n}", Provider{OverlapTime: new(caddy.Duration(3650 * 24 * time.Hour))}},
		"overlap as rotate":      {"auto {\n overlap 24h\n rotate 24h\n}", Provider{Rotate: day, OverlapTime: day}},
		"overlap behind rotate":  {"auto {\n rotate 1m\n overlap 30s\n}", Provider{Rotate: new(caddy.Duration(time.Minute)), OverlapTime: new(caddy.Duration(30 * time.Second))}},
		"one tenant":             {"auto {\n tenants acme\n}", Provider{TenantNames: []string{"acme"}}},
		"tenants":                {"auto {\n tenants acme 0-1 -\n}", Provider{TenantNames: []string{"acme", "0-1", "-"}}},
		"tenant of 63":           {"auto {\n tenants " + strings.Repeat("a", 63) + "\n}", Provider{TenantNames: []string{strings.Repeat("a", 63)}}},
		"all":                    {"auto {\n tenants a b\n overlap 1h\n rotate 24h\n bits 3072\n}", Provider{Bits: new(3072), Rotate: day, OverlapTime: new(caddy.Duration(time.Hour)), TenantNames: []string{"a", "b"}}},
		"rotate under a day":     {"auto {\n rotate 1h\n}", Provider{Rotate: new(caddy.Duration(time.Hour))}},
		"overlap without rotate": {"auto {\n overlap 48h\n}", Provider{OverlapTime: new(caddy.Duration(48 * time.Hour))}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var auto Provider
			if err := auto.UnmarshalCaddyfile(caddyfile.NewTestDispenser(test.input)); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(auto, test.want) {
				t.Errorf("got %+v", auto)
			}
		})
	}
}

func TestAutoCaddyfileRefuses(t *testing.T) {
	tests := map[string]struct {
		input string
		line  string
		says  string
	}{
		"an argument":            {"auto 4096", ":1", "auto takes no argument"},
		"unknown option":         {"auto {\n size 2048\n}", ":2", "unknown option 'size'; the options are bits, overlap, rotate, tenants"},
		"something behind":       {"auto {\n bits 2048\n}\nfile", ":4", "unexpected 'file'"},
		"bits twice":             {"auto {\n bits 2048\n bits 2048\n}", ":3", "bits is set twice"},
		"tenants twice":          {"auto {\n tenants a\n tenants b\n}", ":3", "tenants is set twice"},
		"bits missing":           {"auto {\n bits\n}", ":2", "bits: write `bits 2048|3072|4096`"},
		"bits, two":              {"auto {\n bits 2048 3072\n}", ":2", "bits: write `bits 2048|3072|4096`"},
		"bits 1024":              {"auto {\n bits 1024\n}", ":2", "want 2048, 3072 or 4096"},
		"bits 0":                 {"auto {\n bits 0\n}", ":2", "want 2048, 3072 or 4096"},
		"bits 8192":              {"auto {\n bits 8192\n}", ":2", "want 2048, 3072 or 4096"},
		"bits, a word":           {"auto {\n bits many\n}", ":2", "not a whole number"},
		"bits with a block":      {"auto {\n bits 2048 {\n }\n}", ":2", "takes no block"},
		"rotate missing":         {"auto {\n rotate\n}", ":2", "rotate: write `rotate <duration>`"},
		"rotate, no duration":    {"auto {\n rotate never\n}", ":2", "not a duration"},
		"rotate, too short":      {"auto {\n rotate 9.999s\n}", ":2", "rotate: 9.999s is out of range: want 10s to 3650d"},
		"rotate 0":               {"auto {\n rotate 0\n}", ":2", "leave it out to never rotate"},
		"rotate, negative":       {"auto {\n rotate -1h\n}", ":2", "out of range"},
		"rotate, too long":       {"auto {\n rotate 3651d\n}", ":2", "out of range"},
		"overlap, negative":      {"auto {\n overlap -1s\n}", ":2", "overlap: -1s is out of range: want 0 to 3650d"},
		"overlap, too long":      {"auto {\n overlap 3651d\n}", ":2", "out of range"},
		"overlap over rotate":    {"auto {\n rotate 1h\n overlap 61m\n}", ":3", "shorten the one or lengthen the other"},
		"rotate under overlap":   {"auto {\n overlap 61m\n rotate 1h\n}", ":3", "longer than the 1h0m0s of rotate"},
		"tenants, none":          {"auto {\n tenants\n}", ":2", "tenants: write `tenants <name>...`"},
		"tenants, the same":      {"auto {\n tenants a b a\n}", ":2", "tenants: a is named twice"},
		"tenants, upper case":    {"auto {\n tenants Acme\n}", ":2", `"Acme" is not the name of a tenant`},
		"tenants, a path":        {"auto {\n tenants ../a\n}", ":2", "not the name of a tenant"},
		"tenants, empty name":    {"auto {\n tenants a \"\"\n}", ":2", "not the name of a tenant"},
		"tenants, a placeholder": {"auto {\n tenants {env.TENANT}\n}", ":2", "not the name of a tenant"},
		"tenant of 64":           {"auto {\n tenants " + strings.Repeat("a", 64) + "\n}", ":2", "1 to 63 characters"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := new(Provider).UnmarshalCaddyfile(caddyfile.NewTestDispenser(test.input))
			keytest.CheckRefusal(t, err, "", test.says, "Testfile"+test.line)
		})
	}
}

func TestAutoRefusesTheSameInJSON(t *testing.T) {
	for name, config := range map[string]map[string]any{
		"bits":                {"bits": 1024},
		"bits 0":              {"bits": 0},
		"rotate":              {"rotate": "1s"},
		"rotate 0":            {"rotate": 0},
		"overlap":             {"rotate": "1h", "overlap": "2h"},
		"tenants":             {"tenants": []string{"a.b"}},
		"tenants, none":       {"tenants": []string{}},
		"an unknown option":   {"size": 2048},
		"an option of Go's":   {"TenantNames": []string{"a"}},
		"an internal setting": {"neverMake": true},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := keytest.Load[*Provider](t, keytest.Context(t, t.TempDir()), "auto", config); err == nil {
				t.Error("it was accepted")
			}
		})
	}
}

func TestAutoDefaults(t *testing.T) {
	hour := new(caddy.Duration(time.Hour))
	week := new(caddy.Duration(7 * 24 * time.Hour))
	tests := map[string]struct {
		config  Provider
		overlap time.Duration
	}{
		"nothing":            {Provider{}, 24 * time.Hour},
		"rotate under a day": {Provider{Rotate: hour}, time.Hour},
		"rotate over a day":  {Provider{Rotate: week}, 24 * time.Hour},
		"overlap":            {Provider{Rotate: week, OverlapTime: hour}, time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, test.config, newMemory(), nil)
			if got := g.Overlap(); got != test.overlap || g.rotation.overlap != test.overlap {
				t.Errorf("the overlap is %s, want %s", got, test.overlap)
			}
			if got := g.Tenants(); !slices.Equal(got, []string{keys.DefaultTenant}) || g.bits != keys.DefaultBits {
				t.Errorf("tenants %q, %d bits", got, g.bits)
			}
		})
	}
}

func TestAutoListsItsTenantsInOrder(t *testing.T) {
	g := newGateway(t, Provider{TenantNames: []string{"b", "c", "a-1", "a"}}, newMemory(), nil)
	if got := g.Tenants(); !slices.Equal(got, []string{"a", "a-1", "b", "c"}) {
		t.Errorf("got %q", got)
	}
}
