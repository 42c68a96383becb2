package testservers

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// attributes has the kernel end a server whose test has been killed.
func attributes(user *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: user, Pdeathsig: syscall.SIGKILL}
}

// awaitStop returns when the last thread of a process has stopped, which takes a
// moment after the signal.
func awaitStop(pid int) {
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline) && !isStopped(pid); {
		time.Sleep(time.Millisecond)
	}
}

// isStopped looks for the state of each thread, which stands behind its name in
// parentheses (proc_pid_stat(5)). A process that has ended is stopped, too.
func isStopped(pid int) bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, path := range threads {
		stat, _ := os.ReadFile(path)
		if _, state, found := strings.Cut(string(stat), ") "); found && !strings.ContainsRune("TZX", rune(state[0])) {
			return false
		}
	}
	return true
}

// children are the processes that a process has started and that still run.
func children(pid int) []int {
	list, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	var pids []int
	for word := range strings.FieldsSeq(string(list)) {
		if pid, err := strconv.Atoi(word); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
