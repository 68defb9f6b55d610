//go:build unix

package ui

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// mine tells whether a file is this user's.
func mine(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Getuid()
}

// running tells whether there is a process of this number.
func running(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
