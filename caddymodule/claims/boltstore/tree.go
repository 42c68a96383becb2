package boltstore

import (
	"bytes"
	"encoding/binary"

	bolt "go.etcd.io/bbolt"

	"github.com/customergate/customergate/caddymodule/claims"
)

var (
	bucketTree = []byte("committed")
	bucketEnds = []byte("ends")
)

// A tree is the lasting part of the file: the commitments by key, and the keys
// of those that are kept for a while by their end.
type tree struct {
	tx      *bolt.Tx
	entries *bolt.Bucket
}

func treeOf(tx *bolt.Tx) tree {
	return tree{tx: tx, entries: tx.Bucket(bucketTree)}
}

func (t tree) ends() *bolt.Bucket { return t.tx.Bucket(bucketEnds) }

// get returns the entry of a key, ended or not, whose value lasts as long as
// the transaction.
func (t tree) get(k key) (entry, error) {
	encoded := t.entries.Get(k[:])
	if encoded == nil {
		return entry{}, nil
	}
	return decodeEntry(encoded)
}

// put has the tree hold a commitment, or nothing for an entry that is none.
func (t tree) put(k key, e entry) error {
	old, err := t.get(k)
	if err != nil {
		return err
	}
	if old.until != never && old.state == claims.Committed {
		if err := t.ends().Delete(endKey(old.until, k)); err != nil {
			return err
		}
	}
	if e.state != claims.Committed {
		return t.entries.Delete(k[:])
	}
	if e.until != never {
		if err := t.ends().Put(endKey(e.until, k), nil); err != nil {
			return err
		}
	}
	return t.entries.Put(bytes.Clone(k[:]), appendEntry(nil, e))
}

// An end is when the commitment of a key is no longer kept.
type end struct {
	at  instant
	key key
}

// ended returns at most limit of the ends that have come.
func (t tree) ended(now instant, limit int) (ends []end) {
	c := t.ends().Cursor()
	for filed, _ := c.First(); len(filed) == timeSize+len(key{}) && len(ends) < limit; filed, _ = c.Next() {
		at := instant(binary.BigEndian.Uint64(filed))
		if at > now {
			break
		}
		ends = append(ends, end{at, key(filed[timeSize:])})
	}
	return ends
}

// endKey is what a key is filed under in the order of ends.
func endKey(at instant, k key) []byte {
	return append(binary.BigEndian.AppendUint64(make([]byte, 0, timeSize+len(k)), uint64(at)), k[:]...)
}
