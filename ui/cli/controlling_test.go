//go:build unix

package cli

import "syscall"

// controlling makes the terminal that is a process's standard input the one that
// controls it: whoever closes it hangs up on the process.
func controlling() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Setctty: true}
}

// nothing is the signal that only asks whether a process is there.
const nothing = syscall.Signal(0)
