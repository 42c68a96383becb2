//go:build !unix

package privatefile

import (
	"io/fs"
	"os"
)

// CheckWay passes everything where owners have no uid.
func CheckWay(string) error { return nil }

func trusted(fs.FileInfo) bool { return true }

func ownerOf(fs.FileInfo) int { return os.Geteuid() }
