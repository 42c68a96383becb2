package boltstore

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
)

func TestEncodedSize(t *testing.T) {
	token := claims.NewToken()
	for name, test := range map[string]struct {
		entry entry
		size  int
	}{
		"free":      {entry{}, 1},
		"imported":  {imported, 1},
		"committed": {entry{state: claims.Committed, token: token, until: never}, 17},
		"kept":      {entry{state: claims.Committed, token: token, until: 1, value: []byte("value")}, 30},
		"reserved":  {entry{state: claims.Pending, token: token, until: 1, lease: 1}, 33},
	} {
		if got := len(appendEntry(nil, test.entry)); got != test.size || got != encodedSize(test.entry) {
			t.Errorf("%s: %d octets, foretold %d, want %d", name, got, encodedSize(test.entry), test.size)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	reserved := appendEntry(nil, entry{state: claims.Pending, token: claims.NewToken(), until: 1, lease: 1})
	for name, encoded := range map[string][]byte{
		"nothing":                  {},
		"a later version":          {2*version | byte(claims.Committed)},
		"an unknown state":         {version | 3},
		"a token cut off":          append([]byte{version | withToken | byte(claims.Committed)}, "token"...),
		"an end cut off":           append([]byte{version | withEnd | byte(claims.Committed)}, "end"...),
		"a lease cut off":          reserved[:len(reserved)-1],
		"a reservation with value": append(bytes.Clone(reserved), 0),
	} {
		if _, err := decodeEntry(encoded); !errors.Is(err, errForm) {
			t.Errorf("%s: %v, want that its form is unknown", name, err)
		}
	}
}

// FuzzDecodeEntry: what can be decoded stays the same when it is encoded and
// decoded again.
func FuzzDecodeEntry(f *testing.F) {
	token := claims.Token{1}
	for _, e := range []entry{{}, imported, {state: claims.Pending, token: token, until: 5, lease: 9}, {state: claims.Committed, token: token, until: 5, value: []byte("value")}} {
		f.Add(appendEntry(nil, e))
	}
	f.Fuzz(func(t *testing.T, encoded []byte) {
		e, err := decodeEntry(encoded)
		if err != nil {
			return
		}
		again, err := decodeEntry(appendEntry(nil, e))
		if err != nil || again.found(0).State != e.found(0).State || again.token != e.token || !bytes.Equal(again.value, e.value) {
			t.Errorf("%x is decoded as %v, then as %v (%v)", encoded, e, again, err)
		}
	})
}

// FuzzReplay: no journal, however broken, does more than give an error.
func FuzzReplay(f *testing.F) {
	k := keyOf(claims.ID{Kind: claims.Email})
	records := appendRecord(appendRecord(nil, k, imported), k, entry{state: claims.Pending, until: 5, lease: 9})
	f.Add(records)
	f.Add(records[:len(records)-1])
	f.Add(append(k[:], 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01))
	f.Fuzz(func(t *testing.T, records []byte) {
		entries := make(map[key]entry)
		if err := replay(records, entries); err != nil && !errors.Is(err, errForm) {
			t.Error(err)
		}
	})
}

func TestReplayKeepsTheLast(t *testing.T) {
	first, second := keyOf(randomID()), keyOf(randomID())
	held := entry{state: claims.Pending, token: claims.NewToken(), until: 5, lease: 9, value: []byte{}}
	var records []byte
	for _, e := range []entry{imported, {}, held} {
		records = appendRecord(records, first, e)
	}
	records = appendRecord(records, second, imported)
	entries := make(map[key]entry)
	if err := replay(records, entries); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(entries[first], held) || entries[second].state != claims.Committed || len(entries) != 2 {
		t.Errorf("replayed as %v", entries)
	}
}
