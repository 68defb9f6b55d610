//go:build unix

package inspect

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// keepPrivate makes sure that a directory is ours and that nobody else may look
// into it, so that nobody reads what was deleted, or puts there what an undo
// would restore. One that is not there yet is all right.
func keepPrivate(dir string) error {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	is, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(is.Uid) != os.Geteuid() {
		return fmt.Errorf("%s is not a directory of this user: undo journals hold values and are kept in none but one's own", dir)
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return os.Chmod(dir, 0o700)
}

// mayRead refuses a directory into which another user could have put journals.
// Unlike keepPrivate it changes nothing: the file system may be read-only.
func mayRead(dir string) error {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	is, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(is.Uid) != os.Geteuid() {
		return fmt.Errorf("%s is not a directory of this user", dir)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return keepPrivate(dir)
	}
	return nil
}
