package cli

import (
	"bufio"
	"fmt"
)

// note prints on the error stream, where everything goes that is not data. Its
// own failure has nowhere to be told.
func (a *app) note(format string, args ...any) { fmt.Fprintf(a.errw, format, args...) }

// data returns a buffered writer to the output; the caller flushes it.
func (a *app) data() *bufio.Writer { return bufio.NewWriterSize(a.out, 64<<10) }

// nothing says why there was nothing to do, and is the outcome of that.
func (a *app) nothing(why string) error {
	a.note("cacheview: %s\n", why)
	return errNothing
}
