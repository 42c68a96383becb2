//go:build unix

package privatefile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/internal/privatefile"
)

// The users of the tests beside root.
const caddy, stranger = 12345, 54321

// A tree is a directory that the tests change.
type tree struct {
	t    *testing.T
	root string
}

// newTree makes one with a private file in a/b/key, all of it root's.
func newTree(t *testing.T) tree {
	t.Helper()
	if os.Geteuid() != 0 && os.Getenv("CI") != "true" {
		t.Skip("only root can give files away")
	}
	f := tree{t, t.TempDir()}
	f.do(os.MkdirAll(f.path("a/b"), 0o755))
	f.do(os.WriteFile(f.path("a/b/key"), []byte("secret"), 0o600))
	f.do(os.Chmod(filepath.Dir(f.root), 0o755)) // so that another user comes here
	return f
}

func (f tree) path(name string) string { return filepath.Join(f.root, name) }

func (f tree) do(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f tree) chmod(name string, mode fs.FileMode) { f.do(os.Chmod(f.path(name), mode)) }

func (f tree) give(name string, uid, gid int) { f.do(os.Lchown(f.path(name), uid, gid)) }

func (f tree) link(name, to string) { f.do(os.Symlink(to, f.path(name))) }

// move has a directory take the place of another.
func (f tree) move(from, to string) { f.do(os.Rename(f.path(from), f.path(to))) }

func TestReadMistrustsStrangers(t *testing.T) {
	const sticky = fs.ModeSticky | 0o777
	for name, test := range map[string]struct {
		change func(f tree)
		says   string // with ~ for the tree; nothing where it is read
	}{
		"nothing":                             {func(tree) {}, ""},
		"a stranger's file":                   {func(f tree) { f.give("a/b/key", stranger, 0) }, "belongs to another user (uid 54321), who can read and change it; run `chown 0 ~/a/b/key`"},
		"a stranger's file that all can read": {func(f tree) { f.give("a/b/key", stranger, 0); f.chmod("a/b/key", 0o644) }, "run `chown 0 ~/a/b/key`"},
		"a file of the group":                 {func(f tree) { f.chmod("a/b/key", 0o440) }, "run `chmod 600 ~/a/b/key`"},
		"a stranger's directory":              {func(f tree) { f.give("a/b", stranger, 0) }, "run `chown 0 ~/a/b`"},
		"a stranger's directory further up":   {func(f tree) { f.give("a", stranger, 0) }, "the directory ~/a belongs to another user (uid 54321)"},
		"a directory of the group":            {func(f tree) { f.chmod("a/b", 0o775) }, "run `chmod go-w ~/a/b`"},
		"a directory of all":                  {func(f tree) { f.chmod("a/b", 0o777) }, "run `chmod go-w ~/a/b`"},
		"a directory of all further up":       {func(f tree) { f.chmod("a", 0o707) }, "run `chmod go-w ~/a`"},
		"two directories of all":              {func(f tree) { f.chmod("a", 0o777); f.chmod("a/b", 0o777) }, "run `chmod go-w ~/a ~/a/b`"},
		"a directory that all can only read":  {func(f tree) { f.chmod("a", 0o755) }, ""},
		"a sticky directory":                  {func(f tree) { f.chmod("a/b", sticky) }, ""},
		"a sticky directory further up":       {func(f tree) { f.chmod("a", sticky) }, ""},
		"a stranger's sticky directory":       {func(f tree) { f.chmod("a", sticky); f.give("a", stranger, 0) }, "run `chown 0 ~/a`"},
		"a stranger's file in a sticky one":   {func(f tree) { f.chmod("a/b", sticky); f.give("a/b/key", stranger, 0) }, "put there by a stranger (uid 54321), as all can write to ~/a/b; remove it"},
		"a stranger's directory in one":       {func(f tree) { f.chmod("a", sticky); f.give("a/b", stranger, 0) }, "~/a/b was put there by a stranger"},
		"a stranger's link in one": {func(f tree) {
			f.chmod("a/b", sticky)
			f.move("a/b/key", "other")
			f.link("a/b/key", "../../other")
			f.give("a/b/key", stranger, 0)
		}, "~/a/b/key was put there by a stranger"},
		"a link": {func(f tree) {
			f.move("a/b/key", "a/key")
			f.link("a/b/key", "../key")
		}, ""},
		"a link out of a directory of all": {func(f tree) {
			f.chmod("a/b", 0o777)
			f.move("a/b/key", "key")
			f.link("a/b/key", f.path("key"))
		}, "run `chmod go-w ~/a/b`"},
		"a link into a directory of all": {func(f tree) {
			f.do(os.Mkdir(f.path("open"), 0o700))
			f.chmod("open", 0o777)
			f.move("a/b/key", "open/key")
			f.link("a/b/key", "../../open/key")
		}, "run `chmod go-w ~/open`"},
		"a link to a directory of all": {func(f tree) {
			f.chmod("a/b", 0o777)
			f.move("a/b", "open")
			f.link("a/b", f.path("open"))
		}, "run `chmod go-w ~/open`"},
		"links in a row through a directory of all": {func(f tree) {
			f.move("a/b/key", "key")
			f.link("a/b/key", "../x")
			f.link("a/x", "../key")
			f.chmod("a", 0o777)
		}, "run `chmod go-w ~/a`"},
		"as Kubernetes mounts secrets": {func(f tree) {
			f.move("a/b/key", "key")
			f.do(os.Mkdir(f.path("a/b/..2026"), 0o755))
			f.move("key", "a/b/..2026/key")
			f.link("a/b/..data", "..2026")
			f.link("a/b/key", "..data/key")
			f.chmod("a/b", sticky)
			f.chmod("a/b/..2026/key", 0o400)
		}, ""},
		"a link to itself": {func(f tree) { f.move("a/b/key", "key"); f.link("a/b/key", "key") }, "too many levels of symbolic links"},
		"no file":          {func(f tree) { f.do(os.Remove(f.path("a/b/key"))) }, "~/a/b/key does not exist"},
		"no directory":     {func(f tree) { f.do(os.RemoveAll(f.path("a"))) }, "~/a/b/key does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newTree(t)
			test.change(f)
			f.check(0, test.says)
		})
	}
}

// TestReadAsAnotherUser: what is root's is as good as one's own, if one may
// read it.
func TestReadAsAnotherUser(t *testing.T) {
	const group = 23456
	for name, test := range map[string]struct {
		change func(f tree)
		says   string
	}{
		"one's own file":            {func(f tree) { f.give("a/b/key", caddy, group) }, ""},
		"one's own directory":       {func(f tree) { f.give("a", caddy, group); f.give("a/b/key", caddy, group) }, ""},
		"a stranger's directory":    {func(f tree) { f.give("a", stranger, group); f.give("a/b/key", caddy, group) }, "run `chown 12345 ~/a`"},
		"a file of root's":          {func(tree) {}, "cannot be read by the user that Caddy runs as (uid 12345)"},
		"one of root and the group": {func(f tree) { f.give("a/b/key", 0, group); f.chmod("a/b/key", 0o440) }, "run `chown 12345 ~/a/b/key && chmod 600 ~/a/b/key`"},
		"one of root and of all":    {func(f tree) { f.chmod("a/b/key", 0o444) }, "run `chown 12345 ~/a/b/key && chmod 600 ~/a/b/key`"},
		"a credential of systemd": {func(f tree) {
			f.give("a/b/key", 0, group)
			f.chmod("a/b/key", 0o440)
			f.t.Setenv("CREDENTIALS_DIRECTORY", f.path("a/b/"))
		}, ""},
		"no credential of systemd": {func(f tree) {
			f.give("a/b/key", 0, group)
			f.chmod("a/b/key", 0o440)
			f.t.Setenv("CREDENTIALS_DIRECTORY", f.path("a"))
		}, "chmod 600"},
		"a credential that all can read": {func(f tree) {
			f.chmod("a/b/key", 0o444)
			f.t.Setenv("CREDENTIALS_DIRECTORY", f.path("a/b"))
		}, "chmod 600"},
		"a closed directory": {func(f tree) { f.give("a/b/key", caddy, group); f.chmod("a/b", 0o700) }, "cannot be read by the user that Caddy runs as (uid 12345)"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newTree(t)
			test.change(f)
			as(t, caddy, group, func() { f.check(caddy, test.says) })
		})
	}
}

// check reads the file and compares how that went.
func (f tree) check(uid int, says string) {
	f.t.Helper()
	path := f.path("a/b/key")
	data, _, err := privatefile.Read(path)
	switch {
	case says == "" && (err != nil || string(data) != "secret"):
		f.t.Errorf("uid %d reads %q, %v", uid, data, err)
	case says == "":
	case err == nil:
		f.t.Error("it was read")
	case !strings.HasPrefix(err.Error(), path) || !strings.Contains(err.Error(), strings.ReplaceAll(says, "~", f.root)):
		f.t.Errorf("the error is %q, it should say %q", err, says)
	case strings.Contains(says, "does not exist") != errors.Is(err, fs.ErrNotExist):
		f.t.Errorf("the error %v wraps another", err)
	}
}
