package boltstore

import (
	"bytes"
	"encoding/binary"

	bolt "go.etcd.io/bbolt"

	"github.com/customergate/customergate/caddymodule/claims"
)

// journalSize is how many octets are written to a journal before its changes
// are brought into the tree; an address costs about 120. The more it is, the
// more of them meet in one page of the tree; but they are in memory until then,
// twice over and with some overhead, and are read when the file is opened.
const journalSize = 8 << 20

// A journal is a bucket that holds what batches have changed, one value per
// batch, under rising numbers. The journals of a file are numbered.
type journal struct {
	number uint64
	size   int // octets written
	limit  int // size at which it is full
}

const journalPrefix = "journal"

func journalName(number uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte(journalPrefix), number)
}

// journals returns the numbers of the journals of the file, rising.
func journals(tx *bolt.Tx) (numbers []uint64) {
	c := tx.Cursor()
	for name, _ := c.Seek([]byte(journalPrefix)); len(name) == len(journalPrefix)+8; name, _ = c.Next() {
		numbers = append(numbers, binary.BigEndian.Uint64(name[len(journalPrefix):]))
	}
	return numbers
}

// write adds the changes of one batch.
func (j journal) write(tx *bolt.Tx, records []byte) error {
	b, err := tx.CreateBucketIfNotExists(journalName(j.number))
	if err != nil {
		return err
	}
	b.FillPercent = 1 // nothing comes in between
	n, err := b.NextSequence()
	if err != nil {
		return err
	}
	return b.Put(binary.BigEndian.AppendUint64(nil, n), records)
}

// next begins the journal after this one, with the reservations that run:
// the tree, where the changes of this one go, holds none.
func (j journal) next(tx *bolt.Tx, live map[key]entry) (journal, error) {
	var records []byte
	for k, e := range live {
		records = appendRecord(records, k, e)
	}
	following := journal{number: j.number + 1, size: len(records), limit: journalSize + len(records)}
	return following, following.write(tx, records)
}

// running returns the reservations whose lease runs.
func running(entries map[key]entry, now instant) map[key]entry {
	live := make(map[key]entry, len(entries)) // as many will come to it
	for k, e := range entries {
		if e.state == claims.Pending && e.held(now) {
			live[k] = e
		}
	}
	return live
}

// readJournals returns what all journals tell, and the last of them.
func readJournals(tx *bolt.Tx) (map[key]entry, journal, error) {
	entries, j := make(map[key]entry), journal{number: 1, limit: journalSize}
	for _, j.number = range journals(tx) {
		err := tx.Bucket(journalName(j.number)).ForEach(func(_, records []byte) error {
			j.size += len(records)
			return replay(bytes.Clone(records), entries)
		})
		if err != nil {
			return nil, j, err
		}
	}
	return entries, j, nil
}

func deleteJournals(tx *bolt.Tx, last uint64) error {
	for _, number := range journals(tx) {
		if number > last {
			break
		}
		if err := tx.DeleteBucket(journalName(number)); err != nil {
			return err
		}
	}
	return nil
}

// appendRecord adds one change to those of a batch.
func appendRecord(records []byte, k key, e entry) []byte {
	records = append(records, k[:]...)
	records = binary.AppendUvarint(records, uint64(encodedSize(e)))
	return appendEntry(records, e)
}

// replay puts the changes of one batch into entries, whose values are parts of
// records.
func replay(records []byte, entries map[key]entry) error {
	for r := (reader{rest: records}); len(r.rest) > 0; {
		var k key
		copy(k[:], r.take(len(k)))
		size, n := binary.Uvarint(r.rest)
		if n <= 0 || size > uint64(len(r.rest)-n) {
			return errForm
		}
		r.take(n)
		e, err := decodeEntry(r.take(int(size)))
		if err != nil {
			return err
		}
		entries[k] = e
	}
	return nil
}
