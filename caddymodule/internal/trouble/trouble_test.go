package trouble

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func newLog() (*Log, *observer.ObservedLogs) {
	core, logs := observer.New(zap.DebugLevel)
	return New(zap.New(core), "it fails", "it works again"), logs
}

func lines(logs *observer.ObservedLogs) []string {
	var lines []string
	for _, entry := range logs.All() {
		line := entry.Level.String() + ": " + entry.Message
		if err, ok := entry.ContextMap()["error"].(string); ok {
			line += ": " + err
		}
		lines = append(lines, line)
	}
	return lines
}

func TestLog(t *testing.T) {
	fails := func(kind, text string) func(*Log) {
		return func(l *Log) { l.Failed(kind, errors.New(text)) }
	}
	works := (*Log).Works
	for name, test := range map[string]struct {
		attempts []func(*Log)
		want     []string
	}{
		"never fails":         {[]func(*Log){works, works}, nil},
		"fails":               {[]func(*Log){fails("", "down")}, []string{"error: it fails: down"}},
		"fails on":            {[]func(*Log){fails("", "port 1"), fails("", "port 2")}, []string{"error: it fails: port 1"}},
		"fails otherwise":     {[]func(*Log){fails("a", "down"), fails("b", "full")}, []string{"error: it fails: down", "error: it fails: full"}},
		"works again":         {[]func(*Log){fails("", "down"), works}, []string{"error: it fails: down", "info: it works again"}},
		"works on":            {[]func(*Log){fails("", "down"), works, works}, []string{"error: it fails: down", "info: it works again"}},
		"fails again, alike":  {[]func(*Log){fails("", "down"), works, fails("", "down")}, []string{"error: it fails: down", "info: it works again", "error: it fails: down"}},
		"fails again, and on": {[]func(*Log){fails("", "1"), works, fails("", "2"), fails("", "3")}, []string{"error: it fails: 1", "info: it works again", "error: it fails: 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			log, logs := newLog()
			for _, attempt := range test.attempts {
				attempt(log)
			}
			if got := lines(logs); !slices.Equal(got, test.want) {
				t.Errorf("it logged %q, want %q", got, test.want)
			}
		})
	}
}

func TestLogOfAttemptsAtOnce(t *testing.T) {
	log, logs := newLog()
	atOnce(func() { log.Failed("", errors.New("down")) })
	atOnce(log.Works)
	if got := lines(logs); !slices.Equal(got, []string{"error: it fails: down", "info: it works again"}) {
		t.Errorf("it logged %q, want each once", got)
	}
}

func atOnce(attempt func()) {
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(attempt)
	}
	wg.Wait()
}
