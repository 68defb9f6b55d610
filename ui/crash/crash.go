// Package crash turns a panic into an error that may be printed. What a panic
// says of itself may hold a key, a value or a password, and bytes that do
// something to a terminal, so that only its kind is told, and where it was.
package crash

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"cacheview/decode"
)

// Error is a panic: a bug of the program.
type Error struct {
	kind  string
	stack string
}

// FromPanic returns the error of what recover has returned. It is called by the
// deferred function itself, while the stack is still that of the panic.
func FromPanic(recovered any) *Error {
	return &Error{kind: kind(recovered), stack: string(debug.Stack())}
}

// kind is the text of an error of the Go runtime, which speaks of indices and
// types, and the type of anything else.
func kind(recovered any) string {
	if err, ok := recovered.(error); ok {
		if err, ok := errors.AsType[runtime.Error](err); ok {
			return err.Error()
		}
	}
	return fmt.Sprintf("a panic with a %T", recovered)
}

// Error says what kind of panic it was.
func (e *Error) Error() string { return "it crashed: " + e.kind }

// Report is for standard error: what to do, and where the bug is.
func (e *Error) Report() string {
	lines := strings.Split(strings.TrimSpace(e.stack), "\n")
	for i, l := range lines {
		lines[i] = "  " + decode.Printable(strings.ReplaceAll(l, "\t", "    "))
	}
	return decode.Printable(e.Error()) + "\n" +
		"This is a bug of cacheview: please report it with what follows, which has no keys,\n" +
		"values or passwords in it. If a delete was running, cacheview undo --list\n" +
		"shows what can be restored.\n\n" + strings.Join(lines, "\n")
}
