//go:build unix

package ownfile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

func openNow(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// writers says who else can write a file or replace it, "" for nobody.
func writers(path string, info fs.FileInfo) string {
	if why := writersOf(info); why != "" {
		return why
	}
	// The directories of the path as it was given, and of what links lead to.
	paths := []string{path}
	if real, err := filepath.EvalSymlinks(path); err == nil && real != path {
		paths = append(paths, real)
	}
	for _, p := range paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			return "its directory is not known"
		}
		for dir := filepath.Dir(abs); ; dir = filepath.Dir(dir) {
			info, err := os.Stat(dir)
			if err != nil {
				return fmt.Sprintf("its directory %s cannot be checked: %v", dir, err)
			}
			if info.Mode().Perm()&0o002 != 0 && info.Mode()&fs.ModeSticky == 0 {
				return fmt.Sprintf("others can replace it, since they may write in %s: chmod o-w %s", dir, dir)
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return ""
}

func writersOf(info fs.FileInfo) string {
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Sprintf("others can write it (mode %04o): chmod go-w %s", mode, info.Name())
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid != 0 && int(st.Uid) != os.Geteuid() {
		return fmt.Sprintf("it belongs to another user (%d)", st.Uid)
	}
	return ""
}
