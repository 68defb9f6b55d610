//go:build !unix

package ui

import (
	"io/fs"
	"os"
)

// mine is what the access to the user's own temporary directory decides.
func mine(fs.FileInfo) bool { return true }

// running tells whether there is a process of this number.
func running(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}
