package journal

import (
	"bytes"
	"errors"
	"io"
)

// window reads parts of a file through a buffer.
type window struct {
	r    io.ReaderAt
	size int64
	buf  []byte
	off  int64 // of buf
}

const windowSize = 256 << 10

// at returns n bytes from off, which are valid until the next call. With fewer
// the error is io.ErrUnexpectedEOF, or an *IOError at the first byte that the
// device could not read.
func (w *window) at(off int64, n int) ([]byte, error) {
	if off >= w.off && off+int64(n) <= w.off+int64(len(w.buf)) {
		from := off - w.off
		return w.buf[from : from+int64(n)], nil
	}
	want := int64(max(n, windowSize))
	want = max(min(want, w.size-off), 0)
	if int64(cap(w.buf)) < want {
		w.buf = make([]byte, want)
	}
	w.buf, w.off = w.buf[:want], off
	got, err := io.ReadFull(io.NewSectionReader(w.r, off, want), w.buf)
	w.buf = w.buf[:got]
	if got >= n {
		return w.buf[:n], nil
	}
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return w.buf, io.ErrUnexpectedEOF
	}
	return w.buf, &IOError{off + int64(got), err}
}

// find returns the offset of the next pattern from off, or the end of the file.
// Parts that cannot be read are passed over.
func (w *window) find(off int64, pattern []byte) int64 {
	for off < w.size {
		b, err := w.at(off, int(min(windowSize, w.size-off)))
		if i := bytes.Index(b, pattern); i >= 0 {
			return off + int64(i)
		}
		if io, ok := errors.AsType[*IOError](err); ok {
			off = afterUnreadable(io.Offset)
			continue
		}
		off += int64(max(len(b)-len(pattern)+1, 1))
	}
	return w.size
}

// afterUnreadable returns where to read on after a byte that the device could
// not read: it fails by pages.
func afterUnreadable(off int64) int64 {
	const page = 4096
	return (off/page + 1) * page
}

// lastNonZero returns the offset of the last byte that is not zero, from-1 if all
// are zero from there. A part that cannot be read does not count as zero.
func (w *window) lastNonZero(from int64) int64 {
	for end := w.size; end > from; {
		start := max(from, end-windowSize)
		b, err := w.at(start, int(end-start))
		if err != nil {
			return w.size - 1
		}
		if b = bytes.TrimRight(b, "\x00"); len(b) > 0 {
			return start + int64(len(b)) - 1
		}
		end = start
	}
	return from - 1
}
