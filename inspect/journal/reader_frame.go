package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// line returns the line at off with its newline.
func (j *Reader) line(off int64) ([]byte, error) {
	b, err := j.w.at(off, int(min(maxHeader, max(j.w.size-off, 0))))
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return bytes.Clone(b[:i+1]), nil
	}
	if err == nil {
		err = ErrNotJournal
	}
	return nil, err
}

// frameAt reads the frame at an offset. With errBadBody, and errCut behind an
// intact head, the frame has all but its body.
func (j *Reader) frameAt(at int64) (frame, error) {
	b, err := j.w.at(at, prefixLen)
	if !bytes.HasPrefix(b, j.marker[:min(len(b), markerLen)]) {
		return frame{}, errNoMarker
	}
	if err != nil {
		return frame{}, cutOr(err)
	}
	headLen := int64(binary.LittleEndian.Uint32(b[markerLen:]))
	sum := binary.LittleEndian.Uint32(b[markerLen+4:])
	if headLen > j.w.size-at-prefixLen {
		return frame{}, errCut
	}
	if b, err = j.w.at(at, prefixLen+int(headLen)); err != nil {
		return frame{}, cutOr(err)
	}
	if headSum(b) != sum {
		return frame{}, errBadHead
	}
	f, err := parseHead(bytes.Clone(b[prefixLen:]))
	f.at, f.size = at, prefixLen+headLen
	if err != nil {
		return frame{}, errBadHead
	}
	if f.bodyLen == 0 {
		return f, nil
	}
	if f.bodyLen > j.w.size-at-f.size-bodySumLen {
		return f, errCut
	}
	from := at + f.size
	f.size += f.bodyLen + bodySumLen
	if b, err = j.w.at(from, int(f.bodyLen)+bodySumLen); err != nil {
		return f, cutOr(err)
	}
	if binary.LittleEndian.Uint32(b[f.bodyLen:]) != bodySum(sum, b[:f.bodyLen]) {
		return f, errBadBody
	}
	f.body = bytes.Clone(b[:f.bodyLen])
	if f.isRecord() {
		f.rec.Dump = f.body
	}
	return f, nil
}

func cutOr(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut
	}
	return err
}

// nextFrame returns the next intact frame, each once.
func (j *Reader) nextFrame() (frame, error) {
	for {
		if len(j.pending) > 0 {
			err := j.pending[0]
			j.pending = j.pending[1:]
			return frame{}, err
		}
		if j.ended {
			return frame{}, io.EOF
		}
		if j.pos >= j.w.size {
			j.finish(nil)
			continue
		}
		f, err := j.frameAt(j.pos)
		if err != nil {
			j.damaged(f, err)
			continue
		}
		j.pos += f.size
		switch {
		case f.kind == frameUndone:
			j.undone = true
			continue
		case f.kind > frameHeader || f.kind == 0 || f.kind > byte(KindRename) && f.isRecord():
			j.pending = append(j.pending, &DamageError{f.at, f.size, f.rec.Key, true, fmt.Sprintf("%v is not known to this version", Kind(f.kind))})
		}
		if !j.count(f.number) {
			j.pending = append(j.pending, &DamageError{f.at, f.size, f.rec.Key, true, "a repetition of an earlier record"})
			continue
		}
		if f.kind == frameEnd {
			var end endMark
			if json.Unmarshal(f.body, &end) == nil {
				j.end = &end
			}
		}
		if f.isRecord() {
			j.intact++
		}
		return f, nil
	}
}
