//go:build unix

package filekeys

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

// ownedEntry is a name in a directory that belongs to somebody.
type ownedEntry struct {
	mode fs.FileMode
	uid  int
	gone bool
}

func (ownedEntry) Name() string        { return "acme.pem" }
func (ownedEntry) Size() int64         { return 0 }
func (ownedEntry) ModTime() time.Time  { return time.Time{} }
func (e ownedEntry) Sys() any          { return &syscall.Stat_t{Uid: uint32(e.uid)} }
func (e ownedEntry) Mode() fs.FileMode { return e.mode }
func (e ownedEntry) Type() fs.FileMode { return e.mode.Type() }
func (e ownedEntry) IsDir() bool       { return e.mode.IsDir() }
func (e ownedEntry) Info() (fs.FileInfo, error) {
	if e.gone {
		return nil, fs.ErrNotExist
	}
	return e, nil
}

func TestFolderOpenToAllMistrustsStrangers(t *testing.T) {
	const stranger, keeper = 54321, 12345
	sticky := fs.ModeDir | fs.ModeSticky | 0o777
	for name, test := range map[string]struct {
		folder fs.FileMode
		file   ownedEntry
		says   string // nothing if it is trusted
	}{
		"the file of root":                     {sticky, ownedEntry{uid: 0}, ""},
		"the file of Caddy's user":             {sticky, ownedEntry{uid: os.Getuid()}, ""},
		"the file of the directory's owner":    {sticky, ownedEntry{uid: keeper}, ""},
		"any file where only the owner writes": {fs.ModeDir | 0o755, ownedEntry{uid: stranger}, ""},
		"fail/a stranger's file":               {sticky, ownedEntry{uid: stranger}, "by a stranger (uid 54321)"},
		"fail/a stranger's link":               {sticky, ownedEntry{uid: stranger, mode: fs.ModeSymlink}, "by a stranger"},
		"fail/a stranger of the group":         {fs.ModeDir | fs.ModeSticky | 0o775, ownedEntry{uid: stranger}, "by a stranger"},
		"fail/a file that has just gone":       {sticky, ownedEntry{gone: true}, "key directory"},
	} {
		t.Run(name, func(t *testing.T) {
			err := checkEntry(ownedEntry{mode: test.folder, uid: keeper}, test.file, "/keys/acme.pem")
			if test.says != "" {
				keytest.CheckRefusal(t, err, "", test.says)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestFolderRefusesStrangersFiles: what a stranger has added must neither
// be read nor be passed over in silence.
func TestFolderRefusesStrangersFiles(t *testing.T) {
	strange := errStrange{}
	for name, add := range map[string]func(l *listing){
		"a file":      func(l *listing) { l.addFile("acme", folderEntry{ownedEntry{}, "/keys/acme.pem", strange}) },
		"a directory": func(l *listing) { l.addFolder(folderEntry{directory{}, "/keys/acme", strange}) },
	} {
		t.Run(name, func(t *testing.T) {
			l := &listing{files: make(map[string][]string), troubles: make(map[place]error)}
			add(l)
			if len(l.files) > 0 || !errors.Is(l.troubles[place{tenant: "acme"}], strange) {
				t.Errorf("it found %v and the troubles %v", l.files, l.troubles)
			}
		})
	}
}

type errStrange struct{}

func (errStrange) Error() string { return "strange" }

type directory struct{ ownedEntry }

func (directory) Name() string { return "acme" }
func (directory) IsDir() bool  { return true }
