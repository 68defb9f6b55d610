package cli

import (
	"errors"
	"io"
	"os"
	"sync"
)

// output is the standard output. It keeps the first error of a write, so that no
// answer that was lost ends with a status of success, whoever wrote it.
type output struct {
	w  io.Writer
	mu sync.Mutex
	// err is the first error; n counts the bytes that were written.
	err error
	n   int64
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.n += int64(n)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// failed returns the first error.
func (o *output) failed() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// fileOutput is an output that is a file, which a terminal is.
type fileOutput struct {
	*os.File
	out *output
}

// Write implements io.Writer.
func (f fileOutput) Write(p []byte) (int, error) { return f.out.Write(p) }

// WriteString implements io.StringWriter.
func (f fileOutput) WriteString(s string) (int, error) { return f.out.Write([]byte(s)) }

// ReadFrom hides that of the file, which writes past Write.
func (f fileOutput) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{f}, r)
}

// newOutput returns a writer to w that keeps the first error, and what keeps it.
func newOutput(w io.Writer) (io.Writer, *output) {
	o := &output{w: w}
	f, ok := w.(*os.File)
	if !ok {
		return o, o
	}
	if isClosed(f) {
		o.w = closedWriter{}
	}
	return fileOutput{f, o}, o
}

// errClosed is what a write to a standard output fails with that was closed
// before the program started.
var errClosed = errors.New("the standard output is closed")

type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, errClosed }
