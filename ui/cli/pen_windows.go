package cli

import "golang.org/x/sys/windows"

// interpretsANSI reports whether a console interprets escape sequences, which
// older ones of Windows do only once that is switched on.
func interpretsANSI(stream any) bool {
	f, ok := stream.(interface{ Fd() uintptr })
	if !ok {
		return false
	}
	var mode uint32
	handle := windows.Handle(f.Fd())
	return windows.GetConsoleMode(handle, &mode) == nil &&
		windows.SetConsoleMode(handle, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
