package filekeys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"github.com/customergate/customergate/caddymodule/internal/privatefile"
	"github.com/customergate/customergate/caddymodule/keys"
)

const keyFileSuffix = ".pem"

// A listing is which key files a directory holds for whom.
type listing struct {
	files    map[string][]string // by tenant
	troubles map[place]error
}

// listFolder finds the key files of a directory: TENANT.pem and TENANT/*.pem.
func listFolder(root string) (*listing, error) {
	entries, err := readFolder(root)
	if err != nil {
		return nil, err
	}
	l := &listing{files: make(map[string][]string), troubles: make(map[place]error)}
	for _, entry := range entries {
		if tenant, isFile := strings.CutSuffix(entry.Name(), keyFileSuffix); isFile {
			l.addFile(tenant, entry)
		} else {
			l.addFolder(entry)
		}
	}
	for tenant, files := range l.files {
		if len(files) > keys.MaxKeys {
			l.troubles[place{tenant: tenant}] = fmt.Errorf("tenant %s has %d key files in %s, and at most %d are tried; remove the oldest", tenant, len(files), root, keys.MaxKeys)
		}
	}
	if len(l.files) == 0 && len(l.troubles) == 0 {
		return nil, fmt.Errorf("key directory %s holds no key; put the key of a tenant into it as TENANT.pem, or name a file", root)
	}
	return l, nil
}

func (l *listing) addFile(tenant string, file folderEntry) {
	switch {
	case !keys.ValidTenant(tenant):
		l.troubles[place{path: file.path}] = fmt.Errorf("key file %s: %w", file.path, badTenant(tenant, keyFileSuffix))
	case file.foreign != nil:
		l.troubles[place{tenant: tenant}] = file.foreign
	default:
		l.files[tenant] = append(l.files[tenant], file.path)
	}
}

// addFolder adds the keys in an entry that does not look like a key file.
func (l *listing) addFolder(folder folderEntry) {
	tenant := folder.Name()
	files, err := folder.keyFiles()
	switch {
	case !keys.ValidTenant(tenant) && len(files) == 0: // such as lost+found
	case !keys.ValidTenant(tenant):
		l.troubles[place{path: folder.path}] = fmt.Errorf("key directory %s: %w", folder.path, badTenant(tenant, ""))
	case err != nil:
		l.troubles[place{tenant: tenant}] = err
	default:
		for _, file := range files {
			l.addFile(tenant, file)
		}
	}
}

func badTenant(name, suffix string) error {
	advice := "rename it, or move it elsewhere"
	if lower := strings.ToLower(name); keys.ValidTenant(lower) {
		advice = "rename it to " + lower + suffix
	}
	return fmt.Errorf("the name of a tenant is 1 to %d characters of a-z, 0-9 and the hyphen; %s", 63, advice)
}

// A folderEntry is a name in a directory.
type folderEntry struct {
	fs.DirEntry
	path    string
	foreign error // why it must not be used
}

// keyFiles lists the key files in a directory: none if the entry is something
// else.
func (e folderEntry) keyFiles() ([]folderEntry, error) {
	isFolder, err := e.leadsToFolder()
	if err != nil || !isFolder {
		return nil, err
	}
	if e.foreign != nil {
		return nil, e.foreign
	}
	entries, err := readFolder(e.path)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(entries, func(e folderEntry) bool { return !strings.HasSuffix(e.Name(), keyFileSuffix) }), nil
}

// leadsToFolder reports whether the entry is a directory or a link to one.
func (e folderEntry) leadsToFolder() (bool, error) {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir(), nil
	}
	info, err := os.Stat(e.path)
	if err != nil {
		return false, fmt.Errorf("link in the key directory: %w; correct or remove it", err)
	}
	return info.IsDir(), nil
}

// readFolder lists a directory in the order of the alphabet, without the names
// that begin with a dot.
func readFolder(path string) ([]folderEntry, error) {
	// Without O_NONBLOCK, opening a named pipe would wait for its writer.
	dir, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("key directory %s does not exist; put it back, or correct the path", path)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("key directory %s cannot be read by the user that Caddy runs as (uid %d); make that user its owner with `chown`", path, os.Getuid())
	case err != nil:
		return nil, fmt.Errorf("key directory: %w", err)
	}
	defer dir.Close() //nolint:errcheck // nothing was written to it
	info, err := dir.Stat()
	if err != nil {
		return nil, fmt.Errorf("key directory: %w", err)
	}
	if err := checkFolder(info, path); err != nil {
		return nil, err
	}
	found, err := dir.ReadDir(-1)
	if err != nil {
		return nil, fmt.Errorf("key directory: %w", err)
	}
	var entries []folderEntry
	for _, entry := range found {
		if !strings.HasPrefix(entry.Name(), ".") {
			path := filepath.Join(path, entry.Name())
			entries = append(entries, folderEntry{entry, path, checkEntry(info, entry, path)})
		}
	}
	slices.SortFunc(entries, func(a, b folderEntry) int { return strings.Compare(a.path, b.path) })
	return entries, nil
}

// checkFolder refuses a directory that others than its owner can write to: they
// could put keys of their own there, and read the passwords encrypted for them.
// With the sticky bit, as secrets are mounted in Kubernetes, nobody can put a
// file in the place of another's, and checkEntry tells what others have added.
func checkFolder(info fs.FileInfo, path string) error {
	if isOpen(info) && info.Mode()&fs.ModeSticky == 0 {
		return fmt.Errorf("key directory %s can be written to by others than its owner (mode %04o), who could put keys of their own there; run `chmod go-w %s`", path, info.Mode().Perm(), privatefile.Quote(path))
	}
	return nil
}

func isOpen(folder fs.FileInfo) bool {
	return folder.IsDir() && folder.Mode().Perm()&0o022 != 0 && runtime.GOOS != "windows" // its permissions are not in the mode
}

// checkEntry refuses what a stranger has put into a directory that is open to
// all.
func checkEntry(folder fs.FileInfo, entry fs.DirEntry, path string) error {
	if !isOpen(folder) {
		return nil
	}
	info, err := entry.Info()
	if err != nil {
		return fmt.Errorf("key directory: %w", err)
	}
	trusted := []int{0, os.Getuid(), ownerOf(folder)}
	if owner := ownerOf(info); !slices.Contains(trusted, owner) {
		return fmt.Errorf("%s was put into the key directory by a stranger (uid %d), because everyone can write to it; remove it, and run `chmod go-w %s`", path, owner, privatefile.Quote(filepath.Dir(path)))
	}
	return nil
}
