package cli

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// nullDevice is the device number of /dev/null, 1:3.
const nullDevice = 1<<8 | 3

// shellNames are the programs whose users close a standard output with >&-.
var shellNames = []string{"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "busybox"}

// isClosed reports whether the standard output was closed (>&-) when the program
// started. The Go runtime then opens /dev/null in its place, for reading and
// writing. Shells open it for writing only; other programs that throw an output
// away may do as the runtime does. So connection closed if the parent is a shell
// that has another standard output itself.
func isClosed(f *os.File) bool {
	if f.Fd() != 1 || !isOpenedNull() {
		return false
	}
	parent := "/proc/" + strconv.Itoa(os.Getppid())
	comm, err := os.ReadFile(parent + "/comm")
	if err != nil || !slices.Contains(shellNames, strings.TrimSpace(string(comm))) {
		return false
	}
	target, err := os.Readlink(parent + "/fd/1")
	return err == nil && (target != os.DevNull || flagsOf1(parent) != flagsOf1("/proc/self"))
}

// isOpenedNull reports whether the standard output is /dev/null, opened for
// reading and writing.
func isOpenedNull() bool {
	var st syscall.Stat_t
	if err := syscall.Fstat(1, &st); err != nil || st.Mode&syscall.S_IFMT != syscall.S_IFCHR || st.Rdev != nullDevice {
		return false
	}
	flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, 1, syscall.F_GETFL, 0)
	return errno == 0 && flags&syscall.O_ACCMODE == syscall.O_RDWR
}

// flagsOf1 returns how a process opened its standard output, -1 if unknown.
func flagsOf1(process string) int {
	info, err := os.ReadFile(process + "/fdinfo/1")
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(info)) {
		var flags int
		if _, err := fmt.Sscanf(line, "flags: %o", &flags); err == nil {
			return flags & syscall.O_ACCMODE
		}
	}
	return -1
}
