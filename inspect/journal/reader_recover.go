package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
)

// recoverHeader looks for the copies of a first line that is damaged: in the
// first frame, and in the end mark.
func (j *Reader) recoverHeader() error {
	for _, key := range []string{`"cacheview_undo":2,`, `"marker":"`} {
		for off := int64(0); off < j.w.size; off++ {
			off = j.w.find(off, []byte(key))
			if off >= j.w.size {
				break
			}
			if j.adopt(off, key) {
				return nil
			}
		}
	}
	return ErrNotJournal
}

// adopt takes the header whose text is at off, if the frame around it holds.
func (j *Reader) adopt(off int64, key string) bool {
	var marker []byte
	if key[1] == 'm' {
		b, _ := j.w.at(off+int64(len(key)), 2*markerLen)
		marker, _ = Header{Marker: string(b)}.marker()
	} else {
		b, _ := j.w.at(off, int(min(maxHeader, j.w.size-off)))
		_, after, _ := bytes.Cut(b, []byte(`"marker":"`))
		if len(after) >= 2*markerLen {
			marker, _ = Header{Marker: string(after[:2*markerLen])}.marker()
		}
	}
	if marker == nil {
		return false
	}
	j.marker = marker
	from := max(0, off-maxHeader)
	for at := j.w.find(from, marker); at < off; at = j.w.find(at+1, marker) {
		f, err := j.frameAt(at)
		if err != nil || at+f.size <= off {
			continue
		}
		switch f.kind {
		case frameHeader:
			if !unseal(f.body, &j.head) {
				continue
			}
		case frameEnd:
			var end endMark
			if json.Unmarshal(f.body, &end) != nil {
				continue
			}
			j.head = end.Header
		default:
			continue
		}
		if m, ok := j.head.marker(); !ok || !bytes.Equal(m, marker) {
			continue
		}
		first := j.w.find(0, marker)
		j.readState(max(0, first-int64(stateWidth)))
		j.headDamage = &DamageError{Length: first, Reason: "header damaged; read from its copy"}
		return true
	}
	return false
}

// damaged moves behind a part that is not an intact frame.
func (j *Reader) damaged(f frame, err error) {
	at := j.pos
	if errors.Is(err, errBadBody) {
		j.pos = at + f.size
		if j.isTail(at, f.size) {
			j.pos = j.w.size
			j.finish(nil)
			return
		}
		j.broken++
		j.pending = append(j.pending, &DamageError{at, f.size, f.rec.Key, f.isRecord(), reasonOf(f, err)})
		j.count(f.number)
		return
	}
	from := at + 1
	if ioErr, ok := errors.AsType[*IOError](err); ok {
		j.pending = append(j.pending, ioErr)
		from = max(from, afterUnreadable(ioErr.Offset))
	}
	next := j.resync(from)
	if next >= j.w.size && (j.isTail(at, 0) || errors.Is(err, errCut) && j.unfinished()) {
		j.pos = j.w.size
		j.finish(nil)
		return
	}
	j.pos = next
	key, proven := f.rec.Key, f.isRecord() && f.kind != 0
	if key == nil {
		key, proven = j.guessName(at), false
	}
	if !errors.As(err, new(*IOError)) || key != nil {
		j.broken++
		j.pending = append(j.pending, &DamageError{at, next - at, key, proven, reasonOf(f, err)})
	}
}

func reasonOf(f frame, err error) string {
	switch {
	case errors.Is(err, errNoMarker):
		return "not a record: overwritten or cut"
	case errors.As(err, new(*IOError)):
		return "cannot be read"
	case f.kind == frameCommit:
		return "commit mark: checksum mismatch"
	}
	return err.Error()
}

// unfinished reports whether the program ended before the journal was closed.
func (j *Reader) unfinished() bool { return j.state.State == stateOpen && j.end == nil }

// isTail reports whether nothing follows at but the start of a frame, and zeros:
// that is what a crash leaves of a file. Size is the size of the frame, zero if its
// head cannot be read.
func (j *Reader) isTail(at, size int64) bool {
	if !j.unfinished() {
		return false
	}
	end := j.w.lastNonZero(at) + 1
	if size > 0 {
		return end < at+size
	}
	n := min(end-at, markerLen)
	b, err := j.w.at(at, int(n))
	if err != nil || !bytes.Equal(b, j.marker[:n]) {
		return false
	}
	if end-at < prefixLen {
		return true
	}
	if b, err = j.w.at(at, prefixLen); err != nil {
		return false
	}
	return end < at+prefixLen+int64(binary.LittleEndian.Uint32(b[markerLen:]))
}

// resync returns the offset of the next frame whose head is intact.
func (j *Reader) resync(from int64) int64 {
	for at := j.w.find(from, j.marker); at < j.w.size; at = j.w.find(at+1, j.marker) {
		if _, err := j.frameAt(at); err == nil || errors.Is(err, errBadBody) {
			return at
		}
	}
	return j.w.size
}

// guessName returns the name in a head whose checksum does not hold, if there
// seems to be one.
func (j *Reader) guessName(at int64) []byte {
	b, err := j.w.at(at, prefixLen)
	if err != nil {
		return nil
	}
	n := int64(binary.LittleEndian.Uint32(b[markerLen:]))
	if n > 1<<20 || n > j.w.size-at-prefixLen {
		return nil
	}
	if b, err = j.w.at(at, prefixLen+int(n)); err != nil {
		return nil
	}
	f, err := parseHead(bytes.Clone(b[prefixLen:]))
	if err != nil || !f.isRecord() || f.kind == 0 || f.kind > byte(KindRename) || len(f.rec.Key) == 0 {
		return nil
	}
	return f.rec.Key
}
