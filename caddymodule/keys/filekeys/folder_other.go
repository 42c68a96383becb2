//go:build !unix

package filekeys

import (
	"io/fs"
	"os"
)

// ownerOf takes everything for Caddy's own where owners have no uid.
func ownerOf(fs.FileInfo) int { return os.Getuid() }
