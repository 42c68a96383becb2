//go:build unix

package filekeys

import (
	"io/fs"
	"syscall"
)

// ownerOf is the uid of the user that a file or directory belongs to.
func ownerOf(info fs.FileInfo) int {
	return int(info.Sys().(*syscall.Stat_t).Uid)
}
