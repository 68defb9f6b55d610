package cli

import (
	"bufio"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// note prints on the error stream, where everything goes that is not data. Its
// own failure has nowhere to be told.
func (a *app) note(format string, args ...any) { fmt.Fprintf(a.errw, format, args...) }

// data returns a buffered writer to the output; the caller flushes it.
func (a *app) data() *bufio.Writer { return bufio.NewWriterSize(a.out, 64<<10) }

// nothing says why there was nothing to do, and is the outcome of that.
func (a *app) nothing(why string) error {
	if a.jsonErrors() {
		_, _ = a.errw.Write(fault{operation: a.operation(), reason: why}.json())
		return errNothing
	}
	a.note("cacheview: %s\n", why)
	return errNothing
}

// isOutput reports whether an error is one of writing the answer.
func (a *app) isOutput(err error) bool { return err != nil && a.written != nil && a.written.err != nil }

// survivePipe has a write to a pipe that was closed be an error, and not the end of
// the program, until the function that it returns is called.
func survivePipe() (stop func()) {
	pipes := make(chan os.Signal, 1)
	signal.Notify(pipes, syscall.SIGPIPE)
	return func() { signal.Stop(pipes) }
}

// tell writes the report of something that was done. If it cannot be written, it
// goes to the error stream, so that the ID of its undo is not lost, and the error
// is errReported.
func (a *app) tell(report []byte) error {
	defer survivePipe()()
	if _, err := a.out.Write(report); err != nil {
		a.note("cacheview: write the report: %v; it was:\n%s", err, report)
		return errReported
	}
	return nil
}
