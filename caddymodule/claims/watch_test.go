package claims

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// scripted is a store that answers as the test wants.
type scripted struct{ answer func() error }

func (s scripted) Reserve(context.Context, ID, Token, time.Duration) (Found, error) {
	return Found{State: Pending, Wait: time.Minute}, s.answer()
}
func (s scripted) Commit(context.Context, ID, Token, []byte, time.Duration) error { return s.answer() }
func (s scripted) Release(context.Context, ID, Token) error                       { return s.answer() }

const (
	saysItFails = "error: the claims store fails; this is said once, and once when it works again: "
	saysItWorks = "info: the claims store works again"
)

func lines(logs *observer.ObservedLogs) []string {
	var lines []string
	for _, entry := range logs.All() {
		line := fmt.Sprintf("%s: %s", entry.Level, entry.Message)
		if err, is := entry.ContextMap()["error"]; is {
			line += fmt.Sprintf(": %s", err)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestWatchedStoreSaysOnceThatItFails(t *testing.T) {
	down, full := errors.New("down"), errors.New("full")
	for name, test := range map[string]struct {
		answers []error
		want    []string
	}{
		"works":          {[]error{nil, nil, nil}, nil},
		"fenced":         {[]error{ErrFenced, nil}, nil},
		"fails":          {[]error{nil, down, full, down}, []string{saysItFails + "down"}},
		"fails and back": {[]error{down, down, nil, nil}, []string{saysItFails + "down", saysItWorks}},
		"back, fenced":   {[]error{down, ErrFenced, nil}, []string{saysItFails + "down", saysItWorks}},
		"fails again":    {[]error{down, nil, full, full}, []string{saysItFails + "down", saysItWorks, saysItFails + "full"}},
	} {
		t.Run(name, func(t *testing.T) {
			for verb, call := range map[string]func(Store) error{
				"reserve": func(s Store) error {
					found, err := s.Reserve(t.Context(), ID{}, Token{}, time.Minute)
					if found.State != Pending || found.Wait != time.Minute {
						t.Errorf("it has found %v", found)
					}
					return err
				},
				"commit":  func(s Store) error { return s.Commit(t.Context(), ID{}, Token{}, nil, 0) },
				"release": func(s Store) error { return s.Release(t.Context(), ID{}, Token{}) },
			} {
				core, logs := observer.New(zap.DebugLevel)
				var answer error
				store := Watch(scripted{func() error { return answer }}, zap.New(core), func(bool) {})
				for _, answer = range test.answers {
					if err := call(store); !errors.Is(err, answer) {
						t.Errorf("%s says %v, want %v", verb, err, answer)
					}
				}
				if got := lines(logs); !slices.Equal(got, test.want) {
					t.Errorf("%s: the log says %q, want %q", verb, got, test.want)
				}
			}
		})
	}
}

func TestWatchedStoreWhoseCallerHasGone(t *testing.T) {
	core, logs := observer.New(zap.DebugLevel)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	store := Watch(scripted{ctx.Err}, zap.New(core), func(bool) {})
	if err := store.Release(ctx, ID{}, Token{}); !errors.Is(err, context.Canceled) {
		t.Errorf("it says %v", err)
	}
	if got := lines(logs); got != nil {
		t.Errorf("the log says %q", got)
	}
}

func TestWatchedStoreThatPanics(t *testing.T) {
	core, logs := observer.New(zap.DebugLevel)
	store := Watch(scripted{func() error { panic("ada@example.com") }}, zap.New(core), func(bool) {})
	err := store.Release(t.Context(), ID{}, Token{})
	if err == nil || err.Error() != "the claims store has panicked" {
		t.Errorf("it says %v", err)
	}
	if got := lines(logs); !slices.Equal(got, []string{saysItFails + "the claims store has panicked"}) {
		t.Errorf("the log says %q", got)
	}
}

// TestWatchedStoreUnderLoad: what was under way when the store went, or came
// back, tells only how it was before.
func TestWatchedStoreUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.DebugLevel)
		var mu sync.Mutex
		var ends []chan error
		store := Watch(scripted{func() error {
			end := make(chan error)
			mu.Lock()
			ends = append(ends, end)
			mu.Unlock()
			return <-end
		}}, zap.New(core), func(bool) {})
		for range 6 {
			go func() { _ = store.Release(t.Context(), ID{}, Token{}) }()
			synctest.Wait()
			time.Sleep(time.Second)
		}
		down := errors.New("down")
		for _, step := range []struct {
			of  int
			err error
		}{
			{1, nil},
			{2, down}, // it goes
			{0, nil},  // older than that
			{4, nil},  // it is back
			{3, down}, // older than that
			{5, nil},
		} {
			mu.Lock()
			end := ends[step.of]
			mu.Unlock()
			end <- step.err
			synctest.Wait()
		}
		if got, want := lines(logs), []string{saysItFails + "down", saysItWorks}; !slices.Equal(got, want) {
			t.Errorf("the log says %q, want %q", got, want)
		}
	})
}
