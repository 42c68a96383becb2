//go:build unix && !linux

package testservers

import "syscall"

func attributes(user *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: user}
}

// awaitStop cannot know here when a process has stopped.
func awaitStop(int) {}

// children are not known here: PostgreSQL cannot be frozen.
func children(int) []int { return nil }
