package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Reader reads a journal of any format. It is used by one goroutine.
type Reader struct {
	file   io.Closer
	head   Header
	state  state
	marker []byte
	first  int64 // where the frames start
	w      window
	v1     *reader1 // format 1

	headDamage *DamageError
	marks      map[uint64]commit // by batch; nil before load
	end        *endMark
	undone     bool
	tally      Tally
	pass
}

// pass is the state of one pass through the frames.
type pass struct {
	pos     int64
	want    uint64  // number of the next frame
	missing spans   // numbers that were passed over
	broken  uint64  // damaged frames that were reported
	pending []error // to be returned before reading on
	ended   bool
	intact  int
}

// Entry is one record, with what became of it.
type Entry struct {
	Record
	Outcome Outcome
}

// Open opens a journal for reading. The error is that of the file system,
// ErrNotJournal, ErrNewer, ErrInUse or an *IOError. With ErrNewer and ErrInUse
// the Reader is not nil, and has the header only; the file is closed.
func Open(path string) (*Reader, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	r, err := NewReader(file, info.Size())
	if err == nil && isLocked(file) {
		err = ErrInUse
	}
	if err != nil {
		_ = file.Close()
		return r, err
	}
	r.file = file
	return r, nil
}

// NewReader reads a journal of size bytes. With ErrNewer the Reader has what could
// be read of the header, and nothing else.
func NewReader(r io.ReaderAt, size int64) (*Reader, error) {
	j := &Reader{w: window{r: r, size: size}}
	line, err := j.line(0)
	if io, ok := errors.AsType[*IOError](err); ok && io.Offset == 0 && size < windowSize {
		return nil, err
	}
	var probe struct {
		Format int `json:"cacheview_undo"`
	}
	sealedOK := unseal(line, &j.head)
	if !sealedOK {
		_ = json.Unmarshal(bytes.TrimRight(line, "\n"), &probe)
	} else {
		probe.Format = j.head.Format
	}
	switch {
	case probe.Format == 1:
		return j.openFormat1(line)
	case probe.Format > format:
		_ = json.Unmarshal(bytes.TrimRight(line, "\n"), &j.head)
		return j, ErrNewer
	}
	if !sealedOK {
		if err := j.recoverHeader(); err != nil {
			return nil, err
		}
		return j, nil
	}
	j.marker, _ = j.head.marker()
	j.readState(int64(len(line)))
	return j, nil
}

// Close closes the file.
func (j *Reader) Close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

// Header returns the description of the operation.
func (j *Reader) Header() Header { return j.head }

// readState reads the state line at off, and finds the first frame behind it.
func (j *Reader) readState(off int64) {
	st, _ := j.line(off)
	if unseal(st, &j.state) {
		j.first = off + int64(len(st))
		return
	}
	j.state = state{}
	j.first = min(off+int64(stateWidth), j.w.size)
	if b, _ := j.w.at(j.first, markerLen); !bytes.Equal(b, j.marker) {
		j.first = j.w.find(off, j.marker)
	}
	if j.w.size > off {
		j.headDamage = &DamageError{Offset: off, Length: j.first - off, Reason: "state line damaged"}
	}
}

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

var (
	errNoMarker = errors.New("no frame here")
	errBadHead  = errors.New("checksum mismatch")
	errBadBody  = errors.New("checksum mismatch in the value")
	errCut      = errors.New("the file ends within a frame")
)

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

// Next returns the next intact record. A *DamageError or an *IOError names a part
// that is passed over, and ErrCutShort a crash: call Next again. The end is
// io.EOF.
func (j *Reader) Next() (Entry, error) {
	if j.v1 != nil {
		return j.v1.next()
	}
	if j.marks == nil {
		j.load()
	}
	for {
		f, err := j.nextFrame()
		if err != nil {
			return Entry{}, err
		}
		if !f.isRecord() {
			continue
		}
		e := Entry{Record: f.rec, Outcome: InDoubt}
		if c, ok := j.marks[f.batch]; ok {
			e.Outcome = c.of(f.index)
			if d, ok := c.wrote[int(f.index)]; ok {
				e.Wrote = d
			}
		}
		return e, nil
	}
}

// load reads the commit marks in a pass of its own.
func (j *Reader) load() {
	j.marks = map[uint64]commit{}
	j.rewind()
	for {
		f, err := j.nextFrame()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || f.kind != frameCommit {
			continue
		}
		if c, err := decodeCommit(f.body); err == nil {
			j.marks[f.batch] = c
		}
	}
	j.rewind()
}

// rewind starts the next pass.
func (j *Reader) rewind() {
	j.pass = pass{pos: j.first}
	if j.headDamage != nil {
		j.pending = append(j.pending, j.headDamage)
	}
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

// count notes the number of an intact frame. It reports false for one that was
// there before.
func (j *Reader) count(n uint64) bool {
	switch {
	case n >= j.want:
		j.missing = j.missing.add(j.want, n)
		j.want = n + 1
		return true
	}
	var ok bool
	j.missing, ok = j.missing.remove(n)
	return ok
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

// finish ends a pass: it reports what is missing.
func (j *Reader) finish(err error) {
	j.ended = true
	if err != nil {
		j.pending = append(j.pending, err)
	}
	lost := j.missing.len()
	total := -1 // records that there should be
	switch {
	case j.end != nil:
		total = j.end.Records
		if j.end.Frames > j.want {
			lost += j.end.Frames - j.want
		}
	case j.state.State == stateClosed:
		total = digits(j.state.Records)
	}
	switch {
	case total >= 0 && j.intact < total:
		j.tally.Damaged = total - j.intact
	case total < 0:
		j.tally.Damaged = int(min(lost+j.broken, 1<<31))
		if j.state.State != stateOpen {
			j.tally.Damaged = max(j.tally.Damaged, 1) // how many there were is lost, too
		}
	default:
		j.tally.Damaged = 0
	}
	j.tally.Intact = j.intact
	j.tally.CutShort = j.end == nil && j.state.State == stateOpen
	switch {
	case j.tally.CutShort:
		j.pending = append(j.pending, ErrCutShort)
	case j.end == nil:
		j.pending = append(j.pending, &DamageError{j.w.size, 0, nil, false, "the end is missing: the file was cut after it was complete"})
	case lost > 0 && j.broken == 0 || j.tally.Damaged > 0 && j.broken == 0:
		j.pending = append(j.pending, &DamageError{j.w.size, 0, nil, false, "records are missing"})
	}
}

// isEnd reports whether nothing can be read after an error of Next.
func isEnd(err error) bool {
	if errors.Is(err, ErrCutShort) || errors.As(err, new(*DamageError)) || errors.As(err, new(*IOError)) {
		return false
	}
	return err != nil
}

// Tally is what a pass through a journal found. It is complete after io.EOF.
type Tally struct {
	Intact   int  // records
	Damaged  int  // records that are lost; an upper bound if the end mark is lost, too
	CutShort bool // a crash ended the journal
}

// Tally returns the result of the pass that has ended with io.EOF.
func (j *Reader) Tally() Tally { return j.tally }

// Rewind starts again at the first record.
func (j *Reader) Rewind() {
	if j.v1 != nil {
		j.v1.rewind()
		return
	}
	j.rewind()
}

// spans are ranges of frame numbers, sorted.
type spans []span

type span struct{ from, to uint64 } // to is not part of it

func (s spans) add(from, to uint64) spans {
	if from == to {
		return s
	}
	return append(s, span{from, to})
}

func (s spans) remove(n uint64) (spans, bool) {
	for i, r := range s {
		if n < r.from || n >= r.to {
			continue
		}
		var left spans
		left = left.add(r.from, n).add(n+1, r.to)
		return slices.Replace(s, i, i+1, left...), true
	}
	return s, false
}

func (s spans) len() (n uint64) {
	for _, r := range s {
		n += r.to - r.from
	}
	return n
}
