package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A value goes to another program as a copy in a file that only the user can
// read, in a directory of its own, and is removed afterwards. Its name says
// what it is for the sake of highlighting; nothing of the key or of the value
// is ever on a command line.
//
// A program that is killed cannot remove its copies: the directory has the
// number of the process in its name, and the next one that makes a copy
// removes those of processes that are no more.
type copyFile struct {
	dir, path string
	was       []byte
	kept      bool // for the user
}

// copyPrefix begins the names of the directories; those that are kept on
// purpose have another.
const (
	copyPrefix = "cacheview-copy-"
	keptPrefix = "cacheview-kept-"
)

func newCopy(name string, data []byte, mode os.FileMode) (*copyFile, error) {
	sweepCopies(os.TempDir(), running)
	dir, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", copyPrefix, os.Getpid()))
	if err != nil {
		return nil, err
	}
	c := &copyFile{dir: dir, path: filepath.Join(dir, name), was: data}
	if err := os.WriteFile(c.path, data, mode); err != nil {
		c.remove()
		return nil, err
	}
	return c, nil
}

func (c *copyFile) remove() {
	if !c.kept {
		_ = os.RemoveAll(c.dir)
		c.was = nil
	}
}

// keep has the copy stay when the program ends: somebody's work is in it.
func (c *copyFile) keep() {
	dir, err := os.MkdirTemp("", keptPrefix)
	if err != nil {
		return // where it is, it stays until the next copy after this program
	}
	path := filepath.Join(dir, filepath.Base(c.path))
	if err := os.Rename(c.path, path); err != nil {
		_ = os.Remove(dir)
		return
	}
	c.remove()
	c.dir, c.path, c.kept = dir, path, true
}

// sweepCopies removes the copies of processes that do not run any more. Those
// of other users cannot be removed, and are not tried: temporary directories
// are shared.
func sweepCopies(in string, running func(pid int) bool) {
	entries, err := os.ReadDir(in)
	if err != nil {
		return
	}
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), copyPrefix)
		number, _, ok2 := strings.Cut(rest, "-")
		pid, err := strconv.Atoi(number)
		if !ok || !ok2 || err != nil || pid <= 0 || running(pid) {
			continue
		}
		if info, err := e.Info(); err == nil && info.IsDir() && mine(info) {
			_ = os.RemoveAll(filepath.Join(in, e.Name()))
		}
	}
}
