package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
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

var (
	errNoMarker = errors.New("no frame here")
	errBadHead  = errors.New("checksum mismatch")
	errBadBody  = errors.New("checksum mismatch in the value")
	errCut      = errors.New("the file ends within a frame")
)

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
