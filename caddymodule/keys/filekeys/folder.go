package filekeys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	path string
}

// keyFiles lists the key files in a directory: none if the entry is something
// else.
func (e folderEntry) keyFiles() ([]folderEntry, error) {
	isFolder, err := e.leadsToFolder()
	if err != nil || !isFolder {
		return nil, err
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
	found, err := readNames(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("key directory %s does not exist; put it back, or correct the path", path)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("key directory %s cannot be read by the user that Caddy runs as (uid %d); make that user its owner with `chown`", path, os.Geteuid())
	case err != nil:
		return nil, fmt.Errorf("key directory %s: %w", path, err)
	}
	var entries []folderEntry
	for _, entry := range found {
		if !strings.HasPrefix(entry.Name(), ".") {
			entries = append(entries, folderEntry{entry, filepath.Join(path, entry.Name())})
		}
	}
	slices.SortFunc(entries, func(a, b folderEntry) int { return strings.Compare(a.path, b.path) })
	return entries, nil
}

// readNames looks into no directory that strangers can put files into: they
// could put keys of their own there, and read the passwords encrypted for them.
func readNames(path string) ([]fs.DirEntry, error) {
	if err := privatefile.CheckWay(path); err != nil {
		return nil, err
	}
	// Without O_NONBLOCK, opening a named pipe would wait for its writer.
	dir, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer dir.Close() //nolint:errcheck // nothing was written to it
	return dir.ReadDir(-1)
}
