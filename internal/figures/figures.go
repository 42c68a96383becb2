// Package figures puts what programs have measured into documents.
package figures

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Write puts a report between the marks of a program in a Markdown file.
func Write(path, program, report string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin := "<!-- figures: written by go run ./internal/" + program + " -write -->\n"
	const end = "<!-- end of figures -->\n"
	head, rest, begun := strings.Cut(string(text), begin)
	_, tail, ended := strings.Cut(rest, end)
	if !begun || !ended {
		return errors.New(path + " has no marks for the figures of " + program)
	}
	return os.WriteFile(path, []byte(head+begin+"\n"+report+"\n"+end+tail), 0o644)
}

// Machine names what the figures were taken on: the processor, as proc(5) does,
// the number of CPUs, the system and Go.
func Machine() string {
	model := runtime.GOARCH
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%s, %d CPUs, %s, %s", model, runtime.NumCPU(), runtime.GOOS, runtime.Version())
}
