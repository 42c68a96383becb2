package privatefile_test

import (
	"runtime"
	"syscall"
	"testing"
)

// as does something as another user. On Linux each thread has its own; the one
// that has become another's ends with its goroutine.
func as(t *testing.T, uid, gid int, do func()) {
	t.Helper()
	done := make(chan syscall.Errno)
	go func() {
		var failed syscall.Errno
		defer func() { done <- failed }()
		runtime.LockOSThread()
		for _, call := range [][4]uintptr{
			{syscall.SYS_SETGROUPS},
			{syscall.SYS_SETRESGID, uintptr(gid), uintptr(gid), uintptr(gid)},
			{syscall.SYS_SETRESUID, uintptr(uid), uintptr(uid), uintptr(uid)},
		} {
			if _, _, failed = syscall.RawSyscall(call[0], call[1], call[2], call[3]); failed != 0 {
				return
			}
		}
		do()
	}()
	if failed := <-done; failed != 0 {
		t.Fatal(failed)
	}
}
