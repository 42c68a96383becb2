package announce

import (
	"reflect"
	"testing"

	"github.com/customergate/customergate/caddymodule/admin"
	"github.com/customergate/customergate/caddymodule/internal/selfcheck"
	"github.com/customergate/customergate/internal/documents"
)

func key(tenant, kid, state string) admin.KeyStatus {
	return admin.KeyStatus{Tenant: tenant, KeyID: kid, State: state}
}

func TestChanges(t *testing.T) {
	works, fails := selfcheck.Result{Tenant: "acme"}, selfcheck.Result{Tenant: "acme", Why: "broken"}
	for name, test := range map[string]struct {
		before, now admin.Status
		want        []event
	}{
		"nothing": {admin.Status{Keys: []admin.KeyStatus{key("acme", "a", "in use")}}, admin.Status{Keys: []admin.KeyStatus{key("acme", "a", "in use")}}, nil},
		"rotated": {
			admin.Status{Keys: []admin.KeyStatus{key("acme", "a", "in use"), key("acme", "b", "next"), key("globex", "c", "in use")}},
			admin.Status{Keys: []admin.KeyStatus{key("acme", "b", "in use"), key("acme", "a", "retiring"), key("globex", "c", "in use")}},
			[]event{{keyRotated, map[string]any{"tenant": "acme", "kid": "b", "previous": "a"}}},
		},
		"retired": {
			admin.Status{Keys: []admin.KeyStatus{key("acme", "b", "in use"), key("acme", "a", "retiring")}},
			admin.Status{Keys: []admin.KeyStatus{key("acme", "b", "in use")}},
			[]event{{keyRetired, map[string]any{"tenant": "acme", "kid": "a"}}},
		},
		"replaced at once": {
			admin.Status{Keys: []admin.KeyStatus{key("acme", "a", "in use")}},
			admin.Status{Keys: []admin.KeyStatus{key("acme", "b", "in use")}},
			[]event{{keyRotated, map[string]any{"tenant": "acme", "kid": "b", "previous": "a"}}, {keyRetired, map[string]any{"tenant": "acme", "kid": "a"}}},
		},
		"a new tenant": {admin.Status{}, admin.Status{Keys: []admin.KeyStatus{key("acme", "a", "in use")}}, nil},
		"a key that fails": {
			admin.Status{Checks: []selfcheck.Result{works}}, admin.Status{Checks: []selfcheck.Result{works, fails}},
			[]event{{keyFailed, map[string]any{"tenant": "acme", "why": "broken"}}},
		},
		"a key that goes on failing": {admin.Status{Checks: []selfcheck.Result{fails}}, admin.Status{Checks: []selfcheck.Result{fails}}, nil},
		"a key that works again": {
			admin.Status{Checks: []selfcheck.Result{fails}}, admin.Status{Checks: []selfcheck.Result{works}},
			[]event{{keyWorks, map[string]any{"tenant": "acme"}}},
		},
		"a store that goes": {
			admin.Status{Stores: []admin.StoreStatus{{Store: "redis", Up: true}, {Store: "bolt", Up: true}}},
			admin.Status{Stores: []admin.StoreStatus{{Store: "redis", Up: false}, {Store: "bolt", Up: true}}},
			[]event{{storeDown, map[string]any{"store": "redis"}}},
		},
		"a store that comes": {
			admin.Status{Stores: []admin.StoreStatus{{Store: "redis"}}}, admin.Status{Stores: []admin.StoreStatus{{Store: "redis", Up: true}}},
			[]event{{storeUp, map[string]any{"store": "redis"}}},
		},
		"overload":         {admin.Status{}, admin.Status{Overloaded: true, Waiting: 7}, []event{{overloadBegun, map[string]any{"waiting": 7}}}},
		"its end":          {admin.Status{Overloaded: true}, admin.Status{}, []event{{overloadEnded, map[string]any{"waiting": 0}}}},
		"overload as ever": {admin.Status{Overloaded: true}, admin.Status{Overloaded: true}, nil},
	} {
		if got := changes(test.before, test.now); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestDocumentsHaveEveryEvent(t *testing.T) {
	documents.CheckTerms(t, "docs/metrics.md", "## Events", map[string]bool{
		keyRotated: true, keyRetired: true, keyFailed: true, keyWorks: true,
		storeDown: true, storeUp: true, overloadBegun: true, overloadEnded: true,
	})
}
