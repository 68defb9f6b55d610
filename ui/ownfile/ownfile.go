// Package ownfile reads files of the user that others must not have written: the
// configuration, which names programs to run, and what the screen remembers.
//
// Anything but a regular file is refused, and without waiting: a FIFO would hang
// the program. It does not look at what is in a file.
package ownfile

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrNotRegular is returned for a FIFO, a directory or a device.
var ErrNotRegular = errors.New("not a regular file")

// Read returns the content of a regular file.
func Read(path string) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// ReadTrusted is Read for a file that only the user, or root, can have written.
func ReadTrusted(path string) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if why := writers(path, info); why != "" {
		return nil, &TrustError{Path: path, Why: why}
	}
	return io.ReadAll(f)
}

// CheckProgram returns a *TrustError for a program that others can replace, and
// nil for one that is not there, which is somebody else's error.
func CheckProgram(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	if why := writersOf(info); why != "" {
		return &TrustError{Path: path, Why: why}
	}
	return nil
}

// TrustError is a file that others than the user and root can write.
type TrustError struct{ Path, Why string }

// Error says who, and what mends it.
func (e *TrustError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Why) }

func open(path string) (*os.File, error) {
	f, err := openNow(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: %w", path, ErrNotRegular)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
