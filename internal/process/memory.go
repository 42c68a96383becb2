package process

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Memory is the resident set of the process in MiB.
func (p *Process) Memory() (float64, error) {
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	pages, err := strconv.Atoi(strings.Fields(string(statm))[1])
	return float64(pages*os.Getpagesize()) / (1 << 20), err
}

// Peak is the most memory that a process held, unless it could not be asked.
type Peak struct {
	MiB float64
	Err error
}

// WatchMemory looks at the memory until the context is done, and then tells the peak.
func (p *Process) WatchMemory(ctx context.Context) <-chan Peak {
	told := make(chan Peak, 1)
	go func() {
		var peak Peak
		ticker := time.NewTicker(10 * time.Millisecond)
		defer ticker.Stop()
		for {
			memory, err := p.Memory()
			if err != nil {
				peak.Err = err
			}
			peak.MiB = max(peak.MiB, memory)
			select {
			case <-ctx.Done():
				told <- peak
				return
			case <-ticker.C:
			}
		}
	}()
	return told
}
