package keys

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A fileKey is a key and the file that it was read from.
type fileKey struct {
	Key
	file string
}

// A reading is what key files held at one time.
type reading struct {
	keys     map[string][]fileKey // by tenant, the newest first
	troubles map[place]error      // for whom nothing could be read, and why
}

// A fileReader reads a key file, or a directory of them, over and over.
//
// It reads every file each time, because neither the size nor the time of a
// file tells for sure that its content is still the same: a new key is as long
// as the old one, and may have been written in the same moment. What costs is
// to check a key, and that is done once for each content.
type fileReader struct {
	path     string
	isFolder bool
	parsed   map[[sha256.Size]byte]Key // by the digest of the file they were in
}

func newFileReader(path string) *fileReader {
	info, err := os.Stat(path) // where that fails, reading the file does so too, and says why
	return &fileReader{path: path, isFolder: err == nil && info.IsDir()}
}

// read returns what can be read. It fails as a whole where it is not even
// certain what tenants there are.
func (r *fileReader) read() (*reading, error) {
	parsed := make(map[[sha256.Size]byte]Key, len(r.parsed))
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
		found.keys[DefaultTenant] = []fileKey{key}
	}
	r.parsed = parsed
	return found, nil
}

// readTenant adds the keys of a tenant, or its trouble: a tenant of whose keys
// one cannot be read has none that are certain.
func (r *fileReader) readTenant(found *reading, tenant string, files []string, parsed map[[sha256.Size]byte]Key) {
	if found.inTrouble(tenant) {
		return
	}
	keys := make([]fileKey, 0, len(files))
	for _, file := range files {
		key, err := r.readFile(file, parsed)
		if err != nil {
			found.troubles[place{tenant: tenant}] = err
			return
		}
		keys = append(keys, key)
	}
	found.keys[tenant] = newestFirst(keys)
}

func (r *fileReader) readFile(path string, parsed map[[sha256.Size]byte]Key) (fileKey, error) {
	data, modified, err := readPrivateFile(path)
	if err != nil {
		return fileKey{}, err
	}
	defer clear(data)
	digest := sha256.Sum256(data)
	key, known := r.parsed[digest]
	if !known {
		private, err := parsePrivateFile(path, data)
		if err != nil {
			return fileKey{}, err
		}
		if key, err = NewKey(private); err != nil {
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
func newestFirst(keys []fileKey) []fileKey {
	slices.SortFunc(keys, func(a, b fileKey) int {
		if c := b.NotBefore.Compare(a.NotBefore); c != 0 {
			return c
		}
		if c := strings.Compare(filepath.Base(b.file), filepath.Base(a.file)); c != 0 {
			return c
		}
		return strings.Compare(b.file, a.file)
	})
	var kept []fileKey
	for _, key := range keys {
		if !contains(kept, key.ID) {
			kept = append(kept, key)
		}
	}
	return kept
}

func contains(keys []fileKey, id string) bool {
	return slices.ContainsFunc(keys, func(k fileKey) bool { return k.ID == id })
}

func (r *reading) inTrouble(tenant string) bool {
	_, found := r.troubles[place{tenant: tenant}]
	return found
}
