package caddymodule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// stateSuffix makes the name of the file with the place in an input.
const stateSuffix = ".import-state"

// An importPlace is how far an import has come. Where the input can be read
// again, it is kept in a file.
type importPlace struct {
	About     importAbout `json:"import"`
	Offset    int64       `json:"offset"` // where the rest of the input begins
	Addresses int         `json:"addresses"`
	Added     int         `json:"added"`
	Refused   lineNumbers `json:"refused_lines"`

	path string // "" for one that is not kept
}

// importAbout tells an import from others.
type importAbout struct {
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	Head     string    `json:"head"`    // keyed hash of how the input begins
	Purpose  string    `json:"purpose"` // keyed hash of the store and of what the addresses are
}

// openPlace returns the place in an input, its start unless an import is to be
// resumed.
func openPlace(path string, about importAbout, resume bool) (*importPlace, error) {
	p := &importPlace{About: about, path: path}
	var kept importPlace
	switch text, err := os.ReadFile(path); {
	case errors.Is(err, fs.ErrNotExist):
		return p, p.save() // to find out now whether it can be kept
	case err != nil:
		return nil, err
	case json.Unmarshal(text, &kept) != nil:
		return nil, fmt.Errorf("%s is not the state of an import; remove it, or name another file with --state", path)
	case !resume:
		return nil, fmt.Errorf("%s is of an import that was interrupted; go on with --resume, or remove it to begin anew", path)
	}
	same := kept.About
	same.Modified = about.Modified
	switch {
	case same.Purpose != about.Purpose:
		return nil, fmt.Errorf("%s is of an import into another store or for another tenant, under another key or from another column; remove it to begin anew", path)
	case same != about || !kept.About.Modified.Equal(about.Modified):
		return nil, fmt.Errorf("the input has changed since the import that %s is of; remove it to begin anew", path)
	}
	kept.About, kept.path = about, path
	return &kept, nil
}

// save keeps the place. A file that was half written would be in the way.
func (p *importPlace) save() error {
	if p.path == "" {
		return nil
	}
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	next := p.path + ".new"
	if err := os.WriteFile(next, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("keeping the place of the import; name another file with --state: %w", err)
	}
	return os.Rename(next, p.path)
}

// remove ends the keeping.
func (p *importPlace) remove() error {
	if p.path == "" {
		return nil
	}
	return os.Remove(p.path)
}

// explain tells what to do about an import that has ended early.
func (p *importPlace) explain(err error) error {
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	if p.Offset == 0 {
		return errors.Join(err, p.remove())
	}
	if p.path == "" {
		return fmt.Errorf("%w; import the input again from its start: what was imported stays, and is found to be there", err)
	}
	return fmt.Errorf("%w; what was imported stays: go on by running the command again with --resume", errors.Join(err, p.save()))
}

// report is what has been done.
func (p *importPlace) report() string {
	addresses := max(p.Addresses, p.Added) // the store may have a part of a batch more
	numbers := []int{addresses, p.Added, addresses - p.Added, p.Refused.Count}
	var b strings.Builder
	for i, label := range []string{"addresses", "added", "there already", "refused lines"} {
		fmt.Fprintf(&b, "%-13s %13s\n", label, humanize.Comma(int64(numbers[i])))
	}
	if p.Refused.Count > 0 {
		fmt.Fprintf(&b, "no address in line %s\n", &p.Refused)
	}
	return b.String()
}
