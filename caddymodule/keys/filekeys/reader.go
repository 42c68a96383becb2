package filekeys

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// A fileKey is a key and the file that it was read from.
type fileKey struct {
	keys.Key
	file string
}

// A reading is what key files held at one time.
type reading struct {
	keys     map[string][]fileKey // by tenant, the newest first
	troubles map[place]error      // for whom nothing could be read, and why
}

// A reader reads a key file, or a directory of them, over and over.
//
// It reads every file each time, because neither the size nor the time of a
// file tells for sure that its content is still the same: a new key is as long
// as the old one, and may have been written in the same moment. What costs is
// to check a key, and that is done once for each content.
type reader struct {
	path     string
	isFolder bool
	parsed   map[[sha256.Size]byte]keys.Key // by the digest of the file they were in
}

func newReader(path string) *reader {
	info, err := os.Stat(path) // where that fails, reading the file does so too, and says why
	return &reader{path: path, isFolder: err == nil && info.IsDir()}
}

// read returns what can be read. It fails as a whole where it is not even
// certain what tenants there are.
func (r *reader) read() (*reading, error) {
	parsed := make(map[[sha256.Size]byte]keys.Key, len(r.parsed))
	found := &reading{keys: make(map[string][]fileKey)}
	if r.isFolder {
		listed, err := listFolder(r.path)
		if err != nil {
			return nil, err
		}
		found.troubles = listed.troubles
		for tenant, files := range listed.files {
			r.readTenant(found, tenant, files, parsed)
		}
	} else {
		key, err := r.readFile(r.path, parsed)
		if err != nil {
			return nil, err
		}
		found.keys[keys.DefaultTenant] = []fileKey{key}
	}
	r.parsed = parsed
	return found, nil
}

// readTenant adds the keys of a tenant, or its trouble: a tenant of whose keys
// one cannot be read has none that are certain.
func (r *reader) readTenant(found *reading, tenant string, files []string, parsed map[[sha256.Size]byte]keys.Key) {
	if found.inTrouble(tenant) {
		return
	}
	inFiles := make([]fileKey, 0, len(files))
	for _, file := range files {
		key, err := r.readFile(file, parsed)
		if err != nil {
			found.troubles[place{tenant: tenant}] = err
			return
		}
		inFiles = append(inFiles, key)
	}
	found.keys[tenant] = newestFirst(inFiles)
}

func (r *reader) readFile(path string, parsed map[[sha256.Size]byte]keys.Key) (fileKey, error) {
	data, modified, err := keys.ReadFile(path)
	if err != nil {
		return fileKey{}, err
	}
	defer clear(data)
	digest := sha256.Sum256(data)
	key, known := r.parsed[digest]
	if !known {
		if key, err = keys.Parse(data); err != nil {
			return fileKey{}, fmt.Errorf("key file %s: %w", path, err)
		}
	}
	parsed[digest] = key
	// Whoever unpacks an archive or mounts a secret writes all files at once,
	// in any order: within a second, it is their names that tell.
	key.NotBefore = modified.Truncate(time.Second)
	return fileKey{key, path}, nil
}

// newestFirst sorts the keys of a tenant, those of the same age by the names
// of their files, and leaves only the newest of those that are the same.
func newestFirst(sorted []fileKey) []fileKey {
	slices.SortFunc(sorted, func(a, b fileKey) int {
		if c := b.NotBefore.Compare(a.NotBefore); c != 0 {
			return c
		}
		if c := strings.Compare(filepath.Base(b.file), filepath.Base(a.file)); c != 0 {
			return c
		}
		return strings.Compare(b.file, a.file)
	})
	var kept []fileKey
	for _, key := range sorted {
		if !contains(kept, key.ID) {
			kept = append(kept, key)
		}
	}
	return kept
}

func contains(among []fileKey, id string) bool {
	return slices.ContainsFunc(among, func(k fileKey) bool { return k.ID == id })
}

func (r *reading) inTrouble(tenant string) bool {
	_, found := r.troubles[place{tenant: tenant}]
	return found
}
