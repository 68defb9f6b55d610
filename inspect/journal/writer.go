package journal

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"sync"
)

// File is a file that is being written, and that can be synced to the disk.
type File interface {
	io.WriterAt
	io.Closer
	Name() string
	Sync() error
	Truncate(size int64) error
}

// descriptor is a File that can be locked.
type descriptor interface{ Fd() uintptr }

// Writer writes one journal. Batches may be added, synced and committed by
// several goroutines at once.
//
// The order for each batch is: [Batch.Add] its records, [Writer.Sync], change the
// server, [Batch.Commit]. Only what Sync confirmed may be changed on the server.
// A batch that was never committed is in doubt.
type Writer struct {
	id     string
	file   File
	head   Header
	line   []byte // the first line
	marker []byte
	limit  int64
	remove func() error

	mu       sync.Mutex
	wrote    sync.Cond // a write has ended
	busy     bool      // a write is in progress, without mu
	buf      []byte    // frames that are not written
	bufFirst uint64    // number of the first of them
	at       int64     // where buf goes
	next     uint64    // number of the next frame
	synced   uint64    // frames before this one are on the disk
	batches  uint64
	marks    []mark // commit marks since the last successful write
	err      error  // of a write; nothing is appended after it but marks
	lostFrom uint64 // with err: the first frame that is not in the file

	records, buffered int // written, and in buf
	notDone           int
}

// flushSize is the size at which buffered frames are written without a sync.
const flushSize = 1 << 20

// newWriter starts a journal in an empty file.
func newWriter(id string, file File, head Header, limit int64, remove func() error) (*Writer, error) {
	w := &Writer{id: id, file: file, head: head, limit: limit, remove: remove, marker: make([]byte, markerLen)}
	w.wrote.L = &w.mu
	_, _ = rand.Read(w.marker) // never fails
	w.head.Format, w.head.Marker = format, hex.EncodeToString(w.marker)
	var err error
	if w.line, err = sealed(w.head); err != nil {
		return nil, err
	}
	if len(w.line) > maxHeader {
		return nil, errors.New("the header is too long")
	}
	st, err := sealed(newState(false, 0, 0))
	if err != nil {
		return nil, err
	}
	w.buf = append(append(w.buf, w.line...), st...)
	w.append(&frame{kind: frameHeader, body: w.line})
	return w, nil
}

// ID returns the name by which the journal can be opened.
func (w *Writer) ID() string { return w.id }

// Size returns the bytes of the file, with what is not written yet.
func (w *Writer) Size() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.size()
}

// size is Size; mu is held.
func (w *Writer) size() int64 { return w.at + int64(len(w.buf)) }

// endRoom is kept free for the marks of the last batches and the end mark.
const endRoom = 2 << 10

// Records returns the number of records that were added.
func (w *Writer) Records() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.records + w.buffered
}

// append encodes a frame into the buffer; mu is held.
func (w *Writer) append(f *frame) int {
	f.number = w.next
	w.next++
	before := len(w.buf)
	w.buf = appendFrame(w.buf, w.marker, f)
	return len(w.buf) - before
}

// Batch is a group of records that are carried out together. One goroutine uses
// it at a time.
type Batch struct {
	w       *Writer
	number  uint64
	n       int
	upTo    uint64 // the frame after its last record
	settled bool
}

// Begin starts a batch.
func (w *Writer) Begin() *Batch {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.batches++
	return &Batch{w: w, number: w.batches}
}

// Add appends a record and returns its index in the batch. It copies what r
// refers to. ErrFull means that the record was not added because of the limit,
// and that the writer goes on; any other error ends the journal.
func (b *Batch) Add(r Record) (int, error) {
	w := b.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return 0, w.err
	}
	if r.Expiry < 0 {
		r.Expiry = NoExpiry
	}
	before := len(w.buf)
	w.append(&frame{kind: byte(r.Kind), batch: b.number, index: uint64(b.n), rec: r, body: r.Dump})
	if w.limit > 0 && w.size()+endRoom > w.limit {
		w.buf, w.next = w.buf[:before], w.next-1
		return 0, ErrFull
	}
	w.buffered++
	b.n++
	b.upTo = w.next
	if len(w.buf) >= flushSize && !w.busy {
		w.write(false)
	}
	return b.n - 1, w.err
}

// Len returns the number of records of the batch.
func (b *Batch) Len() int { return b.n }

// Sync returns when everything that was added before the call is on the disk.
// Concurrent calls share one fsync (group commit).
func (w *Writer) Sync() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for target := w.next; w.synced < target; {
		if w.err != nil {
			return w.err
		}
		if w.busy {
			w.wrote.Wait()
			continue
		}
		w.write(true)
	}
	return nil
}

// write writes the buffer; mu is held, and released meanwhile. If the write
// fails, the file is cut back to what was written before, so that marks still
// follow intact frames.
func (w *Writer) write(sync bool) {
	buf, at, upTo, n, marks := w.buf, w.at, w.next, w.buffered, len(w.marks)
	w.buf, w.buffered, w.at = nil, 0, at+int64(len(buf))
	first := w.bufFirst
	w.bufFirst = upTo
	w.busy = true
	w.mu.Unlock()
	_, err := w.file.WriteAt(buf, at)
	if err == nil && sync {
		err = w.file.Sync()
	}
	if err != nil {
		_ = w.file.Truncate(at)
	}
	w.mu.Lock()
	w.busy = false
	if err != nil {
		// What was appended meanwhile is behind the failed part and goes, too.
		w.buf, w.buffered, w.at, w.next, w.bufFirst = nil, 0, at, first, first
		if w.err == nil {
			w.err, w.lostFrom = err, first
		}
		for _, m := range w.marks { // of records that are in the file
			w.append(&frame{kind: frameCommit, batch: m.batch, body: m.body})
		}
	} else {
		w.records += n
		w.marks = w.marks[marks:]
		if sync {
			w.synced = max(w.synced, upTo)
		}
		if w.buf == nil {
			w.buf = buf[:0]
		}
	}
	w.wrote.Broadcast()
}

// Commit marks which records of the batch were carried out: outcomes has one for
// each, by index. Wrote has the digests of what was written, by index, where the
// records do not have them; it may be nil. The mark reaches the disk with the next
// Sync or with Close; a crash before that leaves the batch in doubt, which undo
// allows for. Commit is called at most once.
func (b *Batch) Commit(outcomes []Outcome, wrote map[int]Digest) error {
	if b.n == 0 {
		return nil
	}
	if len(outcomes) != b.n || b.settled {
		return errors.New("commit: one outcome for each record, and once")
	}
	b.settled = true
	w := b.w
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.busy {
		w.wrote.Wait()
	}
	if w.err != nil && b.upTo > w.lostFrom {
		return w.err // its records are not in the file
	}
	for _, o := range outcomes {
		if o == NotDone {
			w.notDone++
		}
	}
	m := mark{b.number, encodeCommit(outcomes, wrote)}
	w.marks = append(w.marks, m)
	w.append(&frame{kind: frameCommit, batch: m.batch, body: m.body})
	return nil
}

// mark is a commit mark that is not in the file yet.
type mark struct {
	batch uint64
	body  []byte
}

// CommitAll marks all records of the batch with one outcome.
func (b *Batch) CommitAll(o Outcome) error {
	outcomes := make([]Outcome, b.n)
	for i := range outcomes {
		outcomes[i] = o
	}
	return b.Commit(outcomes, nil)
}

// Summary says what a journal holds.
type Summary struct {
	Records  int // written
	Undoable int // not marked as NotDone
}

// Close writes the end mark and closes the file. A journal with nothing to undo is
// removed, and its Summary has no Undoable. Records that a failed write lost are
// not counted. The error is that of the first write that failed, also an earlier
// one; the journal is kept and readable then.
func (w *Writer) Close() (Summary, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.busy {
		w.wrote.Wait()
	}
	sum := Summary{Records: w.records + w.buffered}
	sum.Undoable = sum.Records - w.notDone
	if sum.Undoable <= 0 {
		sum.Undoable = 0
		first := w.err
		err := w.discard()
		if first != nil {
			err = first
		}
		return sum, err
	}
	first := w.err
	end, err := json.Marshal(endMark{Records: sum.Records, Undoable: sum.Undoable, Frames: w.next, Header: w.head})
	if err == nil {
		w.append(&frame{kind: frameEnd, body: end})
		w.err = nil
		w.write(true)
		err = w.err
	}
	if err == nil {
		err = w.close(sum)
	}
	if cerr := w.closeFile(); err == nil {
		err = cerr
	}
	if first != nil {
		err = first
	}
	w.err = errClosed
	return sum, err
}

var errClosed = errors.New("the undo journal is closed")

// close overwrites the state line.
func (w *Writer) close(sum Summary) error {
	st, err := sealed(newState(true, sum.Records, sum.Undoable))
	if err != nil {
		return err
	}
	if _, err := w.file.WriteAt(st, int64(len(w.line))); err != nil {
		return err
	}
	return w.file.Sync()
}

// Discard removes the journal of an operation that changed nothing.
func (w *Writer) Discard() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.busy {
		w.wrote.Wait()
	}
	return w.discard()
}

func (w *Writer) discard() error {
	w.err = errClosed
	return errors.Join(w.closeFile(), w.remove())
}

// closeFile closes the file, which nothing writes to any longer.
func (w *Writer) closeFile() error {
	if f, ok := w.file.(descriptor); ok {
		unlock(f)
	}
	return w.file.Close()
}

// endMark is the body of the last frame.
type endMark struct {
	Records  int    `json:"records"`
	Undoable int    `json:"undoable"`
	Frames   uint64 `json:"frames"` // before this one
	Header   Header `json:"header"`
}
