//go:build unix && !linux

package testservers

import "syscall"

func attributes(user *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: user}
}

// children are not known here: PostgreSQL cannot be frozen.
func children(int) []int { return nil }
