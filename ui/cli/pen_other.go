//go:build !windows

package cli

// interpretsANSI reports whether a terminal interprets escape sequences.
func interpretsANSI(any) bool { return true }
