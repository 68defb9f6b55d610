package pickle

import "encoding/binary"

// Sizes of frames, as CPython chose them.
const (
	frameHeader = 9        // the opcode and a 64-bit length
	frameMin    = 4        // a frame of fewer bytes is written without a header
	frameTarget = 64 << 10 // a frame is closed when it holds this much
)

// frames collects a pickle's bytes and, from protocol 4 on, cuts them into
// frames.
type frames struct {
	buf   []byte
	start int // where the open frame's header is reserved, -1 when none is open
	on    bool
}

// write appends bytes, opening a frame when none is open.
func (f *frames) write(b ...byte) {
	if f.on && f.start < 0 {
		f.start = len(f.buf)
		f.buf = append(f.buf, make([]byte, frameHeader)...)
	}
	f.buf = append(f.buf, b...)
}

// payload appends an opcode with its data. Data of a frame's size stands
// outside of frames.
func (f *frames) payload(header []byte, data string) {
	if !f.on || len(data) < frameTarget {
		f.write(header...)
		f.buf = append(f.buf, data...)
		return
	}
	f.close()
	f.buf = append(f.buf, header...)
	f.buf = append(f.buf, data...)
}

// boundary closes the open frame when it is full; it is called before each
// object.
func (f *frames) boundary() {
	if f.start >= 0 && len(f.buf)-f.start-frameHeader >= frameTarget {
		f.close()
	}
}

// close ends the open frame: its header is filled in, or taken out again when
// the frame is too small for one.
func (f *frames) close() {
	if f.start < 0 {
		return
	}
	size := len(f.buf) - f.start - frameHeader
	if size < frameMin {
		f.buf = append(f.buf[:f.start], f.buf[f.start+frameHeader:]...)
	} else {
		f.buf[f.start] = 0x95
		binary.LittleEndian.PutUint64(f.buf[f.start+1:], uint64(size))
	}
	f.start = -1
}
