//go:build unix

package journal

import (
	"fmt"
	"os"
	"syscall"
)

// openRegular opens a file for reading. Anything but a regular file is refused,
// and does not block: opening a FIFO waits for a writer otherwise.
func openRegular(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: not a regular file", path)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// lock marks a journal as being written, until it is closed or the process ends.
func lock(f descriptor) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// unlock ends the lock at once. Closing the file is not enough: a child process
// that is being started holds a copy of it until it runs its program.
func unlock(f descriptor) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
}

// isLocked reports whether another open file holds the lock.
func isLocked(f *os.File) bool {
	fd := int(f.Fd())
	if err := syscall.Flock(fd, syscall.LOCK_SH|syscall.LOCK_NB); err != nil {
		return err == syscall.EWOULDBLOCK
	}
	_ = syscall.Flock(fd, syscall.LOCK_UN)
	return false
}

// lockDir serializes the creation and eviction of journals. It returns the
// function that ends it.
func lockDir(dir string) func() {
	f, err := os.Open(dir)
	if err != nil {
		return func() {}
	}
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	return func() {
		unlock(f)
		_ = f.Close()
	}
}
