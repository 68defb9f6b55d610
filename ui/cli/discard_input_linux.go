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
	return unix.IoctlSetInt(int(f.Fd()), unix.TCFLSH, unix.TCIFLUSH)
}
