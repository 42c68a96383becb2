// Command sources prints a digest of what validation.wasm is made of: the Go files and
// tables of this module that go into it, and the versions of others.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	digest, err := digestOf("github.com/customergate/customergate/validation/javascript/wasm")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(digest)
}

// source is what go list tells of a package.
type source struct {
	Dir                 string
	GoFiles, EmbedFiles []string
	Module              *struct {
		Path, Version string
		Main          bool
	}
}

func digestOf(program string) (string, error) {
	list := exec.Command("go", "list", "-deps", "-json=Dir,GoFiles,EmbedFiles,Module", program)
	list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for packages := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p source
		if err := packages.Decode(&p); errors.Is(err, io.EOF) {
			return hex.EncodeToString(sum.Sum(nil)), nil
		} else if err != nil {
			return "", err
		}
		if err := p.addTo(sum); err != nil {
			return "", err
		}
	}
}

// addTo adds what can change of a package: nothing of the standard library's, whose
// version is the builder's.
func (p source) addTo(sum io.Writer) error {
	if p.Module == nil {
		return nil
	}
	if !p.Module.Main {
		_, err := fmt.Fprintln(sum, p.Module.Path, p.Module.Version)
		return err
	}
	for _, name := range slices.Concat(p.GoFiles, p.EmbedFiles) {
		content, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(sum, "%s %x\n", name, sha256.Sum256(content)); err != nil {
			return err
		}
	}
	return nil
}
