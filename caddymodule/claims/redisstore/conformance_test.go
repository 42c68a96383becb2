package redisstore

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/internal/documents"
	"github.com/customergate/customergate/internal/testservers"
)

// TestConformance is that of a user who may do what is documented, and nothing
// else, which never is too little.
func TestConformance(t *testing.T) {
	t.Setenv("TEST_REDIS_PASSWORD", canary)
	for name, site := range newSites(t) {
		t.Run(name, func(t *testing.T) {
			store := site.storeOf(t, "gate", site.rights)
			storetest.Run(t, func(t *testing.T) claims.Administrator {
				handle := store
				return storetest.Start(t, &handle)
			})
		})
		if denied := site.denied(t); len(denied) > 0 {
			t.Errorf("%s denies %v", name, denied)
		}
	}
}

// TestEveryRightThatIsDocumentedIsNeeded: without one of them, the server denies
// something. That is an error, or costs time: a cluster whose commands the
// driver may not list is asked for the list again and again.
func TestEveryRightThatIsDocumentedIsNeeded(t *testing.T) {
	t.Setenv("TEST_REDIS_PASSWORD", canary)
	for name, site := range newSites(t) {
		for i, right := range site.rights {
			store := site.storeOf(t, "without"+right, slices.Delete(slices.Clone(site.rights), i, i+1))
			s := storetest.Provision(t, &store)
			err := s.Start()
			t.Cleanup(func() { _ = s.Cleanup() })
			if err == nil {
				err = storetest.UseAll(t.Context(), s)
			}
			if len(site.denied(t)) == 0 {
				t.Errorf("%s without %s denies nothing", name, right)
			}
			if err != nil && !strings.Contains(err.Error(), "the user lacks a right; it needs "+rights) {
				t.Errorf("%s without %s: %v", name, right, err)
			}
		}
	}
}

// A site is one server, or a cluster.
type site struct {
	servers []*testservers.Redis
	rights  []string // that are documented
}

func newSites(t *testing.T) map[string]site {
	return map[string]site{
		"one server": {[]*testservers.Redis{testservers.NewRedis(t, testservers.RedisOptions{})}, strings.Fields(rights)},
		"cluster":    {testservers.NewRedisCluster(t), strings.Fields(rights + " " + clusterRights)},
	}
}

// storeOf is the store of a new user.
func (s site) storeOf(t *testing.T, user string, rights []string) Store {
	store := Store{User: user, Secret: password(), Timeout: patience, Cluster: len(s.servers) > 1}
	s.each(t, func(address string, client *redis.Client) error {
		store.Addresses = append(store.Addresses, address)
		return client.ACLSetUser(t.Context(), user, append([]string{"on", ">" + canary}, rights...)...).Err()
	})
	return store
}

// denied tells what the servers have denied to users since it was last asked.
func (s site) denied(t *testing.T) (denied []string) {
	s.each(t, func(_ string, client *redis.Client) error {
		log, err := client.ACLLog(t.Context(), 100).Result()
		for _, entry := range log {
			denied = append(denied, entry.Username+" "+entry.Reason+" "+entry.Object)
		}
		return errors.Join(err, client.ACLLogReset(t.Context()).Err())
	})
	return denied
}

func (s site) each(t *testing.T, do func(address string, client *redis.Client) error) {
	t.Helper()
	for _, server := range s.servers {
		client := redis.NewClient(&redis.Options{Addr: server.Address})
		if err := do(server.Address, client); err != nil {
			t.Fatal(err)
		}
		client.Close()
	}
}

func TestRightsAreDocumented(t *testing.T) {
	for _, name := range []string{"docs/uniqueness.md", "caddymodule/claims/redisstore/module.go"} {
		for _, list := range []string{rights, clusterRights} {
			if !strings.Contains(documents.Read(t, name), list) {
				t.Errorf("%s does not say %s", name, list)
			}
		}
	}
}
