package inspect

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// TTLChange says what times to live become: To, or what they are plus Add, or
// Never. The first that is set counts.
type TTLChange struct {
	Persist bool          // never expire
	To      time.Duration // at least a millisecond
	Add     time.Duration // to what is left; less than 0 takes away. What never expires stays so.
	// NoUndo keeps no journal.
	NoUndo bool
}

// sumMax limits the memory of a key that is copied only to identify its value.
const sumMax = 1 << 20

// errTTL is returned for a change that would kill the key it is made on.
var errTTL = errors.New("the TTL must be at least 1 ms; to remove a key, delete it")

// check refuses a change that is none, or that deletes.
func (t TTLChange) check() error {
	if !t.Persist && t.To < time.Millisecond && (t.To != 0 || t.Add == 0) {
		return errTTL
	}
	return nil
}

// TTLReport is the result of a change of TTLs. Each planned key is counted once,
// or not at all if the change stopped before its turn.
type TTLReport struct {
	Planned   int
	Changed   int
	Unchanged int // have no expiry, and so there was nothing to add to
	Gone      int // did not exist any longer
	Expired   int // did not exist, and their TTL, as the plan saw it, has run out
	// NotCopied counts the keys that were skipped because they would expire
	// before their journal does, and no copy could be made. Uncopied are their
	// names.
	NotCopied int
	Uncopied  [][]byte
	Failed    int
	Unknown   int        // of Failed: no reply, and the change may have been made
	Errors    []KeyError // at most 100
	Stopped   bool       // canceled between batches
	Undo      string     // the journal's ID, "" if nothing can be undone
}

// ChangeTTL changes the TTL of a plan's keys, in batches, and nothing else. The old
// expiry goes into an undo journal first, and the value too if the key will
// expire before journals do. The server makes the change only if both are still
// the same; a key that was written in between is copied again.
//
// It refuses with ErrReadOnly, *ProtectedError or *TargetError before it sends
// anything. progress may be nil. Canceling ctx stops between batches, with
// TTLReport.Stopped and no error. Any error means that nothing more is changed.
func (c *Client) ChangeTTL(ctx context.Context, p *Plan, change TTLChange, progress func(done, total int)) (TTLReport, error) {
	r := TTLReport{Planned: len(p.Keys)}
	if err := c.mayChange(ctx, p); err != nil {
		return r, err
	}
	if err := change.check(); err != nil {
		return r, err
	}
	if len(p.Keys) == 0 {
		return r, nil
	}
	t := retiming{deletion: deletion{c: c, plan: p, opt: DeleteOptions{IncludeChanged: true, NoUndo: change.NoUndo}, report: &DeleteReport{}}, change: change, r: &r}
	if !change.NoUndo {
		var err error
		if t.w, err = c.beginJournal(ctx, "ttl", p.Description); err != nil {
			return r, fmt.Errorf("undo journal: %w", err)
		}
	}
	err := t.eachBatch(ctx, progress)
	if t.w != nil {
		sum, jerr := t.w.Close()
		if sum.Undoable > 0 {
			r.Undo = t.w.ID()
		}
		if err == nil && jerr != nil {
			err = fmt.Errorf("undo journal: %w", jerr)
		}
	}
	return r, err
}

// of returns the new time to live in milliseconds of a key that has left: 0 for
// none, less than 0 when there would be nothing left. ok is false when the
// change leaves the key as it is.
func (t TTLChange) of(left int64) (ms int64, ok bool) {
	switch {
	case t.Persist:
		return 0, left != -1
	case t.To > 0:
		return t.To.Milliseconds(), true
	case left == -1:
		return 0, false
	}
	if add := t.Add.Milliseconds(); add > math.MaxInt64-max(left, 0) {
		return math.MaxInt64, true // the server refuses it, and says why
	} else if ms = left + add; ms < 1 {
		return -1, true
	}
	return ms, true
}

func (r *TTLReport) fail(key []byte, err error) {
	r.Failed++
	r.addError(key, err)
}

func (r *TTLReport) addError(key []byte, err error) {
	if reply, ok := errors.AsType[replyError](err); ok {
		err = reply
	}
	if len(r.Errors) < maxErrors {
		r.Errors = append(r.Errors, KeyError{Op: "change the TTL of", Key: key, Err: err})
	}
}

// addMillis is a+b, or the latest expiry that there is: the server refuses it.
func addMillis(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}
