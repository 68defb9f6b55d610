//go:build darwin || freebsd || netbsd || openbsd

package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// forgetTyped drops what was typed on a terminal and not read yet.
func forgetTyped(in any) error {
	f, ok := in.(*os.File)
	if !ok {
		return nil
	}
	const queueIn = 1 // FREAD of <sys/fcntl.h>
	return unix.IoctlSetPointerInt(int(f.Fd()), unix.TIOCFLUSH, queueIn)
}
