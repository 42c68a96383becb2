package command

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// linePeriod is how often progress is told where lines pile up in a log.
const linePeriod = 5 * time.Second

// progress tells on standard error how far an import has come.
type progress struct {
	out  io.Writer
	bar  *progressbar.ProgressBar // nil where the last line cannot be written over
	told time.Time
}

// newProgress begins to tell of so many bytes; 0 if that is not known.
func newProgress(out io.Writer, size int64) *progress {
	p := &progress{out: out, told: time.Now()}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.bar = progressbar.NewOptions64(cmp.Or(size, -1), progressbar.OptionSetWriter(out), progressbar.OptionShowBytes(true),
			progressbar.OptionSetRenderBlankState(true),   // from when on it counts the time
			progressbar.OptionSetSpinnerChangeInterval(0)) // for it would turn on over what is printed next
	}
	return p
}

func (p *progress) tell(bytes int64, addresses int) {
	text := humanize.Comma(int64(addresses)) + " addresses"
	if p.bar != nil {
		p.bar.Describe(text)
		_ = p.bar.Set64(bytes) // an input that has grown is over 100 %
		return
	}
	if now := time.Now(); now.Sub(p.told) >= linePeriod {
		p.told = now
		fmt.Fprintln(p.out, "import: "+text)
	}
}

// end makes room for what is printed next.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Clear() // a terminal that went away cannot be told so
	}
}
