package redisstore

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"github.com/customergate/customergate/caddymodule/claims"
)

const (
	// importBatch is how many entries go to the server in one round trip.
	importBatch = 1000
	// scanBatch is how many keys a server looks at in one.
	scanBatch = 1000
)

// Import commits many entries without values for ever. The timeout is that of a
// batch of 1,000. What was committed for ever stays as it is. What it adds is
// counted too low where a connection breaks and a batch is repeated.
func (s *Store) Import(ctx context.Context, ids []claims.ID) (added int, err error) {
	for batch := range slices.Chunk(ids, importBatch) {
		n, err := s.importBatch(ctx, batch)
		added += n
		if err != nil {
			return added, s.explain(ctx, err)
		}
	}
	return added, nil
}

// importBatch sends the script itself each time, because a node of a cluster
// that has forgotten it could not ask for it in the middle of a pipeline.
func (s *Store) importBatch(ctx context.Context, ids []claims.ID) (added int, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	commands, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, id := range ids {
			p.Eval(ctx, importScript, []string{key(id)})
		}
		return nil
	})
	for _, command := range commands {
		if n, err := command.(*redis.Cmd).Int(); err == nil {
			added += n
		}
	}
	return added, err
}

// Count returns how many entries of a kind are committed and still kept. It
// walks over all keys of the database, those of other applications included,
// without blocking the server: expect a second for some 200,000 of them. An entry
// may be counted twice while the server resizes its table of keys.
func (s *Store) Count(ctx context.Context, kind claims.Kind) (int, error) {
	var total atomic.Int64
	count := func(ctx context.Context, node *redis.Client) error {
		n, err := s.countNode(ctx, node, kind)
		total.Add(n)
		return err
	}
	var err error
	if cluster, is := s.client.(*redis.ClusterClient); is {
		err = cluster.ForEachMaster(ctx, count)
	} else {
		err = count(ctx, s.client.(*redis.Client))
	}
	return int(total.Load()), s.explain(ctx, err)
}

func (s *Store) countNode(ctx context.Context, node *redis.Client, kind claims.Kind) (total int64, err error) {
	for cursor := uint64(0); ; {
		var keys []string
		keys, cursor, err = node.Scan(ctx, cursor, keyPrefix(kind)+"*", scanBatch).Result()
		if err != nil {
			return total, err
		}
		n, err := countCommitted(ctx, node, keys)
		total += n
		if err != nil || cursor == 0 {
			return total, err
		}
	}
}

// countCommitted reads the first byte of each entry.
func countCommitted(ctx context.Context, node *redis.Client, keys []string) (total int64, err error) {
	if len(keys) == 0 {
		return 0, nil
	}
	commands, err := node.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, key := range keys {
			p.GetRange(ctx, key, 0, 0)
		}
		return nil
	})
	for _, command := range commands {
		if command.(*redis.StringCmd).Val() == committed {
			total++
		}
	}
	return total, err
}

// Forget deletes an entry, whoever has it.
func (s *Store) Forget(ctx context.Context, id claims.ID) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	deleted, err := s.client.Del(ctx, key(id)).Result()
	return deleted > 0, s.explain(ctx, err)
}
