//go:build unix

package privatefile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// CheckWay refuses a path that a stranger could lead elsewhere, as ssh's
// StrictModes does. Each directory on it, through all links, has to belong to
// root or to the user that Caddy runs as, and to be written to by nobody else.
// With the sticky bit, as /tmp has it and the secrets that Kubernetes mounts,
// all may write to it, as nobody can replace what is another's: then the name
// that follows, a link or not, has to belong to one of the two.
//
// The error says what to do, or is that of the file system.
func CheckWay(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	w := &way{names: strings.Split(path, "/")}
	for err == nil && len(w.names) > 0 {
		err = w.step()
	}
	if err == nil && len(w.open) > 0 {
		err = fmt.Errorf("others than the owner can write to %s, and put files of their own there; run `chmod go-w %s`",
			strings.Join(w.open, " and to "), quoteAll(w.open))
	}
	return err
}

// A way is a path that is followed name by name.
type way struct {
	at     string   // what it has led to so far, without links; empty for the root
	names  []string // what is still to follow
	links  int
	shared bool     // what is at hand is a directory that all can write to, with the sticky bit
	open   []string // the directories that all can write to without it
}

// step follows one name; the first, which is empty, to the root.
func (w *way) step() error {
	at := filepath.Join("/", w.at, w.names[0])
	w.names = w.names[1:]
	info, err := os.Lstat(at)
	switch {
	case err != nil:
		return err
	case w.shared && !trusted(info):
		return fmt.Errorf("%s was put there by a stranger (uid %d), as all can write to %s; remove it, and run `chmod go-w %s`",
			at, ownerOf(info), w.at, Quote(w.at))
	case info.Mode()&fs.ModeSymlink != 0:
		return w.follow(at)
	case info.IsDir():
		return w.enter(at, info)
	}
	w.at = at
	return nil
}

// maxLinks is how many links a path may lead through; Linux follows as many.
const maxLinks = 40

func (w *way) follow(link string) error {
	target, err := os.Readlink(link)
	if err != nil {
		return err
	}
	if w.links++; w.links > maxLinks {
		return &fs.PathError{Op: "open", Path: link, Err: syscall.ELOOP}
	}
	if filepath.IsAbs(target) {
		w.at = ""
	}
	w.names = append(strings.Split(target, "/"), w.names...)
	return nil
}

func (w *way) enter(folder string, info fs.FileInfo) error {
	if !trusted(info) {
		return fmt.Errorf("the directory %s belongs to another user (uid %d), who can put other files there; run `chown %d %s`",
			folder, ownerOf(info), os.Geteuid(), Quote(folder))
	}
	isOpen, isSticky := info.Mode().Perm()&0o022 != 0, info.Mode()&fs.ModeSticky != 0
	if isOpen && !isSticky && !slices.Contains(w.open, folder) {
		w.open = append(w.open, folder)
	}
	w.at, w.shared = folder, isOpen && isSticky
	return nil
}

func quoteAll(paths []string) string {
	var quoted []string
	for _, path := range paths {
		quoted = append(quoted, Quote(path))
	}
	return strings.Join(quoted, " ")
}

// trusted reports whether something belongs to root or to the user that Caddy
// runs as: the first could do anything, the second is who trusts.
func trusted(info fs.FileInfo) bool {
	owner := ownerOf(info)
	return owner == 0 || owner == os.Geteuid()
}

func ownerOf(info fs.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Uid) }
