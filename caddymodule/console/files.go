package console

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/examples"
	"github.com/customergate/customergate/validation/javascript"
)

//go:embed assets
var assets embed.FS

// file is one that the page may need.
type file struct {
	kind     string
	encoding string // "" for none
	content  []byte
	tag      string
}

func newFile(kind string, content []byte) file {
	sum := sha256.Sum256(content)
	return file{kind: kind, content: content, tag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
}

// files are all by their names, "" for the page.
var files = sync.OnceValue(func() map[string]file {
	byName := map[string]file{}
	for _, system := range []fs.FS{assets, javascript.Files, languages.BuiltIn} {
		add(byName, system, kindOf)
	}
	add(byName, examples.Clients, func(string) string { return "text/plain; charset=utf-8" })
	byName[""] = byName["index.html"]
	rules := byName["validation.wasm.br"]
	rules.encoding = "br"
	byName["validation.wasm"] = rules
	delete(byName, "index.html")
	delete(byName, "validation.wasm.br")
	return byName
})

// add adds the files of a file system, whose names are all different.
func add(byName map[string]file, system fs.FS, kind func(name string) string) {
	err := fs.WalkDir(system, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(system, name)
		byName[path.Base(name)] = newFile(kind(name), content)
		return err
	})
	if err != nil {
		panic("console: " + err.Error()) // of what is compiled in
	}
}

var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".json": "application/json", ".wasm": "application/wasm",
}

func kindOf(name string) string { return kinds[path.Ext(strings.TrimSuffix(name, ".br"))] }
