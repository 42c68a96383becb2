package oaep

import (
	"crypto/rsa"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// gated is a key whose operations begin when they are seen in began and end
// when they are let on.
type gated struct {
	began chan struct{}
	letOn chan struct{}
}

func newGated() gated {
	return gated{began: make(chan struct{}), letOn: make(chan struct{})}
}

func (g gated) ring(t *testing.T) []keys.Key {
	return ringOf(t, stub{key2048(), func([]byte) ([]byte, error) {
		g.began <- struct{}{}
		<-g.letOn
		return []byte(password), nil
	}})
}

func twoDistinct() [][]byte {
	first := junk(256)
	second := junk(256)
	second[10] = 'B'
	return [][]byte{first, second}
}

func TestOpenRunsTwoSideBySideWhenSlotsAreFree(t *testing.T) {
	key := newGated()
	ring, d := key.ring(t), New(Options{Queue: slots(2, 0)})
	for range 2 { // both slots are given back
		done := make(chan error)
		go func() {
			_, err := d.Open(t.Context(), ring, Sender{}, twoDistinct()...)
			done <- err
		}()
		<-key.began
		<-key.began // the second begins before the first has ended
		key.letOn <- struct{}{}
		key.letOn <- struct{}{}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenRunsTwoInTurnUnderOneSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := newGated()
		ring, d := key.ring(t), New(Options{Queue: slots(1, 0)})
		done := make(chan error)
		go func() {
			plaintexts, err := d.Open(t.Context(), ring, Sender{}, twoDistinct()...)
			if string(plaintexts[0]) != password || string(plaintexts[1]) != password {
				t.Error("not both were opened")
			}
			done <- err
		}()
		<-key.began
		synctest.Wait()
		select {
		case <-key.began:
			t.Error("a second operation began beside the first")
		default:
		}
		key.letOn <- struct{}{}
		<-key.began
		key.letOn <- struct{}{}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

func TestOpenIsBusyWithoutAQueue(t *testing.T) {
	d := New(Options{Queue: slots(1, 0)})
	defer occupy(t, d, 1)()
	key := count(t, key2048())
	plaintexts, err := d.Open(t.Context(), ringOf(t, key), Sender{}, junk(256))
	if !errors.Is(err, ErrBusy) || plaintexts != nil {
		t.Errorf("got %v, want ErrBusy alone", err)
	}
	if n := key.operations.Load(); n != 0 {
		t.Errorf("%d private operations, want none", n)
	}
	if openOne(t, d, ringOf(t, key), []byte("malformed")) != nil {
		t.Error("it was opened") // and openOne has failed if it needed a slot
	}
}

// occupy has so many operations begin, and returns what ends them.
func occupy(t *testing.T, d *Decrypter, n int) (end func()) {
	key := newGated()
	ring := key.ring(t)
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			if _, err := d.Open(t.Context(), ring, Sender{}, junk(256)); err != nil {
				t.Error(err)
			}
		})
	}
	for range n {
		<-key.began
	}
	return func() {
		for range n {
			key.letOn <- struct{}{}
		}
		group.Wait()
	}
}

func TestOpenNeverRunsMoreThanAllowed(t *testing.T) {
	const allowed, callers = 3, 40
	var mu sync.Mutex
	running, most := 0, 0
	ring := ringOf(t, stub{key2048(), func([]byte) ([]byte, error) {
		mu.Lock()
		running++
		most = max(most, running)
		mu.Unlock()
		defer func() {
			mu.Lock()
			running--
			mu.Unlock()
		}()
		return nil, rsa.ErrDecryption
	}})
	d := New(Options{Queue: slots(allowed, time.Minute)})
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			if _, err := d.Open(t.Context(), ring, Sender{Client: client(i)}, twoDistinct()...); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most > allowed {
		t.Errorf("%d operations at once, %d allowed", most, allowed)
	}
	occupy(t, d, allowed)() // for all slots are free again
}
