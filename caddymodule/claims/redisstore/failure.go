package redisstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/redis/go-redis/v9"
)

// A refusal is the server's no. It never holds the server's own words: those of
// some servers repeat the command, with the password in it.
type refusal struct {
	code    string
	meaning string

	// misconfigured is set where it takes another configuration to get a yes.
	misconfigured bool
}

func (r refusal) Error() string { return "redis: " + r.meaning + " (" + r.code + ")" }

// What the user of the access control list needs, and in a cluster besides.
const (
	rights        = "~customergate:* +evalsha +eval +get +set +del +pttl +getrange +scan"
	clusterRights = "+cluster|slots +command"

	lacksRight = "the user lacks a right; it needs " + rights + ", and in a cluster " + clusterRights
)

// refusals are told apart by how the server's error begins.
var refusals = []refusal{
	{"NOAUTH", "the server wants a password; give it with password or password_file", true},
	{"WRONGPASS", "the server refuses the user or the password", true},
	{"NOPERM", lacksRight, true},
	{"ERR The user executing the script can't run this command", lacksRight, true}, // Redis 7.0
	{"ERR ACL failure in script", lacksRight, true},
	{"DENIED", "the server is in protected mode, and takes no connections from other machines", true},
	{"MOVED", "the server is a node of a cluster; set `cluster`", true},
	{"ERR This instance has cluster support disabled", "the server is no node of a cluster; leave `cluster` out", true},
	{"ERR DB index", "the server does not have so many databases", true},
	{"ERR max number of clients", "the server has all the clients that it takes", false},
	{"READONLY", "the server is a replica; give the address of the master, or those of the sentinels", false},
	{"LOADING", "the server is still reading its data", false},
	{"MASTERDOWN", "the server is a replica that has lost its master", false},
	{"CLUSTERDOWN", "the cluster does not serve all keys", false},
	{"TRYAGAIN", "the cluster is moving the key", false},
	{"MISCONF", "the server cannot save its data, and takes no more", false},
	{"NOREPLICAS", "the server has fewer replicas than it wants", false},
	{"OOM", "the server is at its maxmemory", false},
	{"BUSY", "the server is busy with a script", false},
}

// explain puts the driver's error into words without secrets, and keeps that of
// the context within it.
func (s *Store) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
		return fmt.Errorf("redis: %w", cause)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, redis.ErrPoolTimeout) {
		return fmt.Errorf("redis: no answer within %v: %w", s.timeout, context.DeadlineExceeded)
	}
	if said, is := errors.AsType[redis.Error](err); is {
		return meaning(said.Error())
	}
	return fmt.Errorf("redis: %w", err)
}

func meaning(said string) refusal {
	for _, r := range refusals {
		if strings.HasPrefix(said, r.code) {
			r.code, _, _ = strings.Cut(r.code, " ")
			return r
		}
	}
	return refusal{code: "ERR", meaning: "the server refuses the command; its own log may say why"}
}

func isMisconfigured(err error) bool {
	r, is := errors.AsType[refusal](err)
	return is && r.misconfigured
}
