package boltstore

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/internal/leak"
)

// crashFile names the file that this program, run by TestKilled, works on until
// it is killed.
const crashFile = "BOLTSTORE_CRASH_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		workUntilKilled(path)
	}
	leak.Main(m)
}

// What is done with an entry, and told once it is acknowledged. The state that
// a crash must leave it in follows.
const (
	doCommit  = "commit"
	doHold    = "hold"
	doPass    = "pass" // held for passing
	doRelease = "release"
	doForget  = "forget"

	passing = 50 * time.Millisecond
)

var crashValue = bytes.Repeat([]byte("value"), 1000)

func workUntilKilled(path string) {
	f, err := openFile(path, startClock())
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	store := &Bolt{file: f}
	works := []string{doCommit, doHold, doCommit, doPass, doRelease, doForget}
	for worker := range 24 {
		go func() {
			for i := worker; ; i++ {
				id, work := randomID(), works[i%len(works)]
				if err := doWork(store, id, work); err != nil {
					fmt.Println("error", err)
					os.Exit(1)
				}
				_, _ = os.Stdout.WriteString(work + " " + hex.EncodeToString(id.Sum[:]) + "\n")
			}
		}()
	}
	select {}
}

func doWork(store *Bolt, id claims.ID, work string) error {
	ctx, token, lease := context.Background(), claims.NewToken(), time.Hour
	if work == doPass {
		lease = passing
	}
	if _, err := store.Reserve(ctx, id, token, lease); err != nil {
		return err
	}
	switch work {
	case doCommit:
		return store.Commit(ctx, id, token, crashValue, 0)
	case doRelease:
		return store.Release(ctx, id, token)
	case doForget:
		if err := store.Commit(ctx, id, token, nil, time.Hour); err != nil {
			return err
		}
		_, err := store.Forget(ctx, id)
		return err
	}
	return nil
}

// TestKilled kills a process that works on a file, again and again: what it was
// told to be done is done, and the file is whole.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "claims.db")
	acknowledged := make(map[claims.ID]string)
	for round := range 8 {
		runAndKill(t, path, 100+240*round, acknowledged)
		store := openStore(t, path)
		check(t, store.file)
		for id, work := range acknowledged {
			if got := outcomeOf(t, store, id); !strings.Contains(got, work) {
				t.Fatalf("round %d: after %s, the entry is %s", round, work, got)
			}
		}
		if err := store.Cleanup(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d acknowledged", len(acknowledged))
}

// runAndKill has the process killed when it has told of so many outcomes, which
// it is long before it would have to stop.
func runAndKill(t *testing.T, path string, outcomes int, acknowledged map[claims.ID]string) {
	t.Helper()
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), crashFile+"="+path)
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		work, sum, _ := strings.Cut(lines.Text(), " ")
		id := claims.ID{Kind: claims.Email}
		if n, err := hex.Decode(id.Sum[:], []byte(sum)); err != nil || n != len(id.Sum) {
			t.Fatal(lines.Text())
		}
		acknowledged[id] = work
		if n == outcomes {
			_ = process.Process.Kill()
		}
	}
	if err := process.Wait(); err == nil {
		t.Fatal("the process has ended by itself")
	}
}

// outcomeOf names what may have been done to an entry that is as it is.
func outcomeOf(t *testing.T, store *Bolt, id claims.ID) string {
	t.Helper()
	found, err := store.Look(t.Context(), id)
	switch {
	case err != nil:
		t.Fatal(err)
	case found.State == claims.Committed && bytes.Equal(found.Value, crashValue):
		return doCommit
	case found.State == claims.Pending && found.Wait <= passing:
		return doPass
	case found.State == claims.Pending && found.Wait <= time.Hour:
		return doHold
	case found.State == claims.Free:
		return doPass + doRelease + doForget
	}
	return found.State.String()
}

// check has bbolt check the file, while no one writes.
func check(t *testing.T, f *file) {
	t.Helper()
	err := f.writer.do(t.Context(), func(b *batch) error {
		for err := range b.tree.tx.Check() {
			t.Error(err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
