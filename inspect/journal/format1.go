package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"time"
)

// Format 1 is one line of JSON and then records, each
//
//	uvarint length, key, varint expiry, uvarint length, DUMP
//
// The line has a fixed width and was overwritten when the number of keys was
// known, and when the journal was undone. There are no checksums but the one that
// DUMP ends with, no commit marks and no identity. An edit has the SHA-256 of the
// string that it wrote in the line.
type header1 struct {
	Format int       `json:"cacheview_undo"`
	Addr   string    `json:"addr"`
	DB     int       `json:"db"`
	When   time.Time `json:"when"`
	What   string    `json:"what"`
	Keys   string    `json:"keys"`   // ten digits
	Undone string    `json:"undone"` // "yes" or "no "
	Wrote  string    `json:"wrote,omitempty"`
}

// reader1 reads the records of format 1.
type reader1 struct {
	j      *Reader
	head   header1
	line   int // length of the first line
	pos    int64
	read   int // records
	damage int
	ended  bool
	queue  []error
	noSums bool // no DUMP of the file has a checksum that holds
	strict bool // there are fewer records than the header says
}

func (j *Reader) openFormat1(line []byte) (*Reader, error) {
	r := &reader1{j: j, line: len(line)}
	if err := json.Unmarshal(line, &r.head); err != nil {
		return nil, ErrNotJournal
	}
	h := r.head
	op := "delete"
	if h.Wrote != "" {
		op = "edit"
	}
	j.head = Header{Format: 1, Op: op, What: h.What, Addr: h.Addr, DB: h.DB, When: h.When}
	j.undone = h.Undone == "yes"
	j.v1 = r
	r.rewind()
	r.noSums = r.lacksSums()
	r.strict = !r.noSums && r.keys() > 0 && r.countIntact() != r.keys()
	return j, nil
}

// countIntact counts the records that seem to be intact.
func (r *reader1) countIntact() int {
	defer r.rewind()
	for {
		if _, err := r.next(); err != nil && isEnd(err) {
			return r.read
		}
	}
}

// swallows reports whether the name of a record contains an earlier record: its
// length is damaged, and the value is that of the next one.
func (r *reader1) swallows(rec Record, size int64) bool {
	at, end := r.pos+1, r.pos+size
	for last := at + int64(len(rec.Key)); at < last; at++ {
		_, n, err := r.at(at)
		if err != nil || at+n != end {
			continue
		}
		b, err := r.j.w.at(r.pos, int(at-r.pos))
		if err != nil || len(b) <= dumpFooter || b[len(b)-dumpFooter+1] != 0 {
			continue
		}
		for from := range len(b) - dumpFooter {
			if dumpHolds(b[from:]) {
				return true
			}
		}
	}
	return false
}

func (r *reader1) rewind() {
	r.pos, r.read, r.damage, r.ended, r.queue = int64(r.line), 0, 0, false, nil
}

// keys is the number of records, 0 if the journal was never finished.
func (r *reader1) keys() int { return digits(r.head.Keys) }

var errNot1 = errors.New("not a record")

// at parses the record at an offset.
func (r *reader1) at(off int64) (rec Record, size int64, err error) {
	w := &r.j.w
	pos := off
	number := func(signed bool) (int64, error) {
		b, err := w.at(pos, int(min(binary.MaxVarintLen64, w.size-pos)))
		if err != nil {
			return 0, cutOr(err)
		}
		var n int64
		var size int
		if signed {
			n, size = binary.Varint(b)
		} else {
			var u uint64
			u, size = binary.Uvarint(b)
			n = int64(u)
		}
		switch {
		case size == 0:
			return 0, errCut
		case size < 0:
			return 0, errNot1
		}
		pos += int64(size)
		return n, nil
	}
	text := func() ([]byte, error) {
		n, err := number(false)
		switch {
		case err != nil:
			return nil, err
		case n < 0:
			return nil, errNot1
		case n > w.size-pos:
			return nil, errCut
		}
		b, err := w.at(pos, int(n))
		if err != nil {
			return nil, cutOr(err)
		}
		pos += n
		return bytes.Clone(b), nil
	}
	rec = Record{Kind: KindDelete, Expiry: NoExpiry}
	if r.head.Wrote != "" {
		rec.Kind = KindOverwrite
	}
	if rec.Key, err = text(); err != nil {
		return rec, 0, err
	}
	if rec.Expiry, err = number(true); err != nil {
		return rec, 0, err
	}
	if rec.Expiry < NoExpiry {
		return rec, 0, errNot1
	}
	if rec.Dump, err = text(); err != nil {
		return rec, 0, err
	}
	if len(rec.Dump) == 0 {
		return rec, 0, errNot1 // zeros at the end are room that a crash left unwritten
	}
	return rec, pos - off, nil
}

func (r *reader1) next() (Entry, error) {
	for {
		if len(r.queue) > 0 {
			err := r.queue[0]
			r.queue = r.queue[1:]
			return Entry{}, err
		}
		if r.ended {
			return Entry{}, io.EOF
		}
		if r.pos >= r.j.w.size {
			r.finish()
			continue
		}
		rec, size, err := r.at(r.pos)
		if err == nil && r.strict && r.swallows(rec, size) {
			err = errNot1
		}
		if err == nil && (r.noSums || dumpHolds(rec.Dump)) {
			r.pos += size
			r.read++
			e := Entry{Record: rec, Outcome: Done}
			if r.keys() == 0 {
				e.Outcome = InDoubt
			}
			return e, nil
		}
		r.damaged(rec, err)
	}
}

// damaged moves behind a part that is not an intact record.
func (r *reader1) damaged(rec Record, err error) {
	at := r.pos
	unfinished := r.keys() == 0
	from := at + 1
	if ioErr, ok := errors.AsType[*IOError](err); ok {
		r.queue = append(r.queue, ioErr)
		from = max(from, afterUnreadable(ioErr.Offset))
	}
	next := r.resync(from)
	r.pos = next
	if next >= r.j.w.size && unfinished && (errors.Is(err, errCut) || r.j.w.lastNonZero(at) < at) {
		r.finish()
		return
	}
	r.damage++
	reason := "not a record: overwritten or cut"
	if err == nil {
		reason = "checksum mismatch in the value"
	}
	var key []byte
	if len(rec.Key) > 0 && len(rec.Key) < 1<<10 {
		key = rec.Key
	}
	r.queue = append(r.queue, &DamageError{at, next - at, key, false, reason})
}

// resync returns the offset of the next record whose DUMP has a checksum that
// holds. Without checksums there is no way on.
func (r *reader1) resync(from int64) int64 {
	if r.noSums {
		return r.j.w.size
	}
	for at := from; at < r.j.w.size; at++ {
		if rec, _, err := r.at(at); err == nil && dumpHolds(rec.Dump) {
			return at
		}
	}
	return r.j.w.size
}

// lacksSums reports whether no DUMP at the start of the file has a checksum: some
// servers that are not Redis write none.
func (r *reader1) lacksSums() bool {
	defer r.rewind()
	for range 32 {
		rec, size, err := r.at(r.pos)
		if err != nil {
			return false
		}
		if dumpHolds(rec.Dump) {
			return false
		}
		r.pos += size
	}
	return true
}

func (r *reader1) finish() {
	r.ended = true
	t := &r.j.tally
	*t = Tally{Intact: r.read, Damaged: r.damage, CutShort: r.keys() == 0}
	switch {
	case t.CutShort:
		r.queue = append(r.queue, ErrCutShort)
	case r.read < r.keys():
		t.Damaged = r.keys() - r.read
		r.queue = append(r.queue, &DamageError{r.j.w.size, 0, nil, false, "records are missing: the file was cut or overwritten"})
	}
}
