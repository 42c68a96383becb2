package command

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"
)

// TestProgressInALog: a line every few seconds.
func TestProgressInALog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		p := newProgress(&out, 1000)
		for i := range 4 {
			time.Sleep(3 * time.Second)
			p.tell(int64(i*100), i*1000)
		}
		p.end()
		if want := "import: 1,000 addresses\nimport: 3,000 addresses\n"; out.String() != want {
			t.Errorf("it says %q, want %q", out.String(), want)
		}
	})
}

// TestProgressOnATerminal: a bar, of which nothing is left in the end.
func TestProgressOnATerminal(t *testing.T) {
	for name, size := range map[string]int64{"of a file": 1000, "of a file that grows": 250, "of a pipe": 0} {
		t.Run(name, func(t *testing.T) {
			user, terminal := newTerminal(t)
			p := newProgress(terminal, size)
			p.tell(500, 123456)
			p.end()
			fmt.Fprint(terminal, "the report")
			terminal.Close()
			shown, _ := io.ReadAll(user) // a terminal ends with an error
			lines := strings.Split(string(shown), "\r")
			if !strings.Contains(string(shown), "123,456 addresses") || strings.TrimLeft(lines[len(lines)-1], "\x1b[0K") != "the report" {
				t.Errorf("it shows %q", shown)
			}
			if size == 1000 && !strings.Contains(string(shown), " 50% |") {
				t.Errorf("it shows no half of a bar: %q", shown)
			}
		})
	}
}

// newTerminal is what a program and its user have.
func newTerminal(t *testing.T) (user, terminal *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { user.Close() })
	number, err := unix.IoctlGetInt(int(user.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(user.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	return user, terminal
}
