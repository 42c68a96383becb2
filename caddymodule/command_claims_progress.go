package caddymodule

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"golang.org/x/term"
)

// How often progress is told: where the last line can be written over, and
// where lines pile up in a log.
const (
	barPeriod  = 100 * time.Millisecond
	linePeriod = 5 * time.Second
)

const (
	barWidth  = 20
	clearLine = "\r\x1b[K"
)

// progress tells on standard error how far an import has come.
type progress struct {
	out    io.Writer
	bar    bool
	period time.Duration
	total  int64 // bytes; 0 if it is not known
	began  time.Time
	first  imported

	mu  sync.Mutex
	now imported
}

// imported is so many bytes, and addresses in them.
type imported struct {
	bytes     int64
	addresses int
}

func newProgress(out io.Writer, total int64, place *importPlace) *progress {
	p := &progress{out: out, period: linePeriod, total: total, first: imported{place.Offset, place.Addresses}}
	p.now = p.first
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.bar, p.period = true, barPeriod
	}
	return p
}

// set tells how far the import is now.
func (p *progress) set(bytes int64, addresses int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = imported{bytes, addresses}
	if p.total > 0 {
		p.total = max(p.total, bytes) // the input may grow
	}
}

// start begins to tell, until the function that it returns is called.
func (p *progress) start() (stop func()) {
	p.began = time.Now()
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(p.period)
		defer ticker.Stop()
		for {
			select {
			case now := <-ticker.C:
				p.print(now.Sub(p.began))
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
		if p.bar {
			fmt.Fprint(p.out, clearLine)
		}
	}
}

func (p *progress) print(elapsed time.Duration) {
	if p.bar {
		fmt.Fprint(p.out, clearLine+p.text(elapsed))
		return
	}
	fmt.Fprintln(p.out, "import: "+p.text(elapsed))
}

// text is as in "[#####-----]  50%  1,000 addresses  100/s  10s left".
func (p *progress) text(elapsed time.Duration) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now
	var parts []string
	if p.total > 0 {
		parts = append(parts, fmt.Sprintf("%3d%%", 100*now.bytes/p.total))
		if p.bar {
			full := int(barWidth * now.bytes / p.total)
			parts[0] = "[" + strings.Repeat("#", full) + strings.Repeat("-", barWidth-full) + "] " + parts[0]
		}
	}
	rate := float64(now.addresses-p.first.addresses) / elapsed.Seconds()
	parts = append(parts, humanize.Comma(int64(now.addresses))+" addresses", humanize.Comma(int64(rate))+"/s")
	if done := now.bytes - p.first.bytes; p.total > 0 && done > 0 {
		left := time.Duration(float64(elapsed) * float64(p.total-now.bytes) / float64(done))
		parts = append(parts, left.Round(time.Second).String()+" left")
	}
	return strings.Join(parts, "  ")
}
