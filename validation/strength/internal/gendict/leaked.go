package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"errors"
	"html"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/FastFilter/xorfilter"

	"github.com/customergate/customergate/validation/strength/internal/leakkey"
)

// selectLeaked returns the leaked passwords that satisfy the composition rules
// of the contract, sorted: the others are refused without looking them up.
func selectLeaked(files archive) ([]string, error) {
	data, ok := files["package/data/passwords.txt.gz"]
	if !ok {
		return nil, errors.New("leaked passwords: no such file in the package")
	}
	zr, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var leaked []string
	lines := bufio.NewScanner(zr)
	for lines.Scan() {
		password, ok := restore(lines.Text())
		if ok && len(password) <= leakkey.Longest && composed(password) {
			leaked = append(leaked, password)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	slices.Sort(leaked)
	return slices.Compact(leaked), nil
}

// hexed is how password crackers write what is not plain ASCII.
var hexed = regexp.MustCompile(`^\$HEX\[([0-9a-f]*)\]$`)

// restore undoes what the tools that made the list did to a password: HTML
// escapes and hexadecimal notation. It refuses what is no text, and addresses,
// which are no passwords.
func restore(line string) (string, bool) {
	if m := hexed.FindStringSubmatch(line); m != nil {
		raw, err := hex.DecodeString(m[1])
		if err != nil {
			return "", false
		}
		line = string(raw)
	}
	password := html.UnescapeString(line)
	return password, utf8.ValidString(password) && !address.MatchString(password)
}

// address is an email address, with or without what follows it.
var address = regexp.MustCompile(`@[0-9A-Za-z-]+\.(com|org|net|fr|co)\b`)

// composed tells whether a password satisfies the composition rules (contract,
// section 3).
func composed(password string) bool {
	return len(password) >= 8 &&
		strings.ContainsAny(password, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") &&
		strings.ContainsAny(password, "abcdefghijklmnopqrstuvwxyz") &&
		strings.ContainsAny(password, "0123456789") &&
		strings.ContainsAny(password, "!@#$%^&*")
}

// writeFilter writes a binary fuse filter of the passwords.
func writeFilter(path string, leaked []string) error {
	keys := make([]uint64, len(leaked))
	for i, password := range leaked {
		keys[i] = leakkey.Of([]byte(password))
	}
	filter, err := xorfilter.NewBinaryFuse[uint16](keys)
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	if err := filter.Save(&packed); err != nil {
		return err
	}
	return os.WriteFile(path, packed.Bytes(), 0o644)
}
