package reuse

import (
	"bytes"
	"crypto/rand"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// fresh is a ciphertext that no other test has sent.
func fresh(t testing.TB) []byte {
	t.Helper()
	octets := make([]byte, 256)
	if _, err := rand.Read(octets); err != nil {
		t.Fatal(err)
	}
	return octets
}

func TestTakeUpToTheCount(t *testing.T) {
	for name, limit := range map[string]Limit{
		"the usual one": {Count: 20, Window: time.Hour},
		"the least":     {Count: 1, Window: time.Second},
		"the most":      {Count: 65535, Window: 168 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			ciphertext, now := fresh(t), time.Now()
			for i := range limit.Count {
				if !limit.Take(ciphertext, nil, now) {
					t.Fatalf("answer %d is refused", i+1)
				}
			}
			for range 3 {
				if limit.Take(ciphertext, nil, now) {
					t.Fatalf("there is an answer beyond the %d", limit.Count)
				}
			}
			if !limit.Take(fresh(t), nil, now) {
				t.Error("another ciphertext is refused")
			}
		})
	}
}

func TestTakeWithoutALimit(t *testing.T) {
	ciphertext := fresh(t)
	for range 1000 {
		if !(Limit{}).Take(ciphertext, nil, time.Now()) {
			t.Fatal("it is refused")
		}
	}
}

// TestTakeInAWindow: it begins with the first answer, and neither answers nor
// refusals make it longer.
func TestTakeInAWindow(t *testing.T) {
	limit := Limit{Count: 2, Window: time.Hour}
	ciphertext, began := fresh(t), time.Now()
	for _, step := range []struct {
		after time.Duration
		want  bool
	}{
		{0, true},
		{59 * time.Minute, true},
		{59 * time.Minute, false},
		{time.Hour - 1, false},
		{time.Hour, true},
		{2*time.Hour - 1, true},
		{2*time.Hour - 1, false},
		{2 * time.Hour, true},
		{100 * time.Hour, true},
		{100 * time.Hour, true},
		{100 * time.Hour, false},
	} {
		if got := limit.Take(ciphertext, nil, began.Add(step.after)); got != step.want {
			t.Errorf("after %s: %t, want %t", step.after, got, step.want)
		}
	}
}

func TestTakeByTheCallersLimit(t *testing.T) {
	wide, narrow := Limit{Count: 5, Window: time.Hour}, Limit{Count: 2, Window: time.Hour}
	short := Limit{Count: 1, Window: time.Second}
	ciphertext, now := fresh(t), time.Now()
	for _, step := range []struct {
		name  string
		limit Limit
		after time.Duration
		want  bool
	}{
		{"wide, 1st", wide, 0, true},
		{"wide, 2nd", wide, 0, true},
		{"narrow sees what was answered elsewhere", narrow, 0, false},
		{"wide has some left", wide, 0, true},
		{"short counts for itself", short, 0, true},
		{"short is used up", short, 0, false},
		{"short begins anew", short, time.Second, true},
		{"wide goes on, 4th", wide, time.Second, true},
		{"wide goes on, 5th", wide, time.Second, true},
		{"wide is used up", wide, time.Second, false},
	} {
		if got := step.limit.Take(ciphertext, nil, now.Add(step.after)); got != step.want {
			t.Errorf("%s: %t, want %t", step.name, got, step.want)
		}
	}
}

func TestTakeAtOnce(t *testing.T) {
	limit := Limit{Count: 20, Window: time.Hour}
	ciphertext, now := fresh(t), time.Now()
	var answers atomic.Int32
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			if limit.Take(ciphertext, nil, now) {
				answers.Add(1)
			}
		})
	}
	wg.Wait()
	if got := answers.Load(); got != 20 {
		t.Errorf("%d answers to 1000 at once, want 20", got)
	}
}

// TestTag: it depends on every octet, on the length and on the window.
func TestTag(t *testing.T) {
	ciphertext := fresh(t)
	last := bytes.Clone(ciphertext)
	last[255] ^= 1
	seen := make(map[uint64]string)
	for name, tag := range map[string]uint64{
		"whole":          process().tag(ciphertext, time.Hour),
		"last bit":       process().tag(last, time.Hour),
		"one octet less": process().tag(ciphertext[:255], time.Hour),
		"one zero more":  process().tag(append(bytes.Clone(ciphertext), 0), time.Hour),
		"other window":   process().tag(ciphertext, time.Hour+1),
		"other process":  new(memory).tag(ciphertext, time.Hour),
		"empty":          process().tag(nil, time.Hour),
		"longest key":    process().tag(bytes.Repeat(ciphertext, 4), time.Hour),
		"even longer":    process().tag(bytes.Repeat(ciphertext, 9), time.Hour),
	} {
		if other, ok := seen[tag]; ok {
			t.Errorf("%s has the tag of %s", name, other)
		}
		seen[tag] = name
	}
	if process().tag(ciphertext, time.Hour) != process().tag(bytes.Clone(ciphertext), time.Hour) {
		t.Error("equal ciphertexts have different tags")
	}
}

// TestMemory: 13 MiB, whoever sends how much.
func TestMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	full := newTable(ciphertexts)
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 13<<20 {
		t.Errorf("the table has %d bytes", got)
	}
	runtime.KeepAlive(full)
	limit, ciphertext := Limit{Count: 3, Window: time.Hour}, fresh(t)
	if n := testing.AllocsPerRun(100, func() { limit.Take(ciphertext, nil, time.Now()) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
