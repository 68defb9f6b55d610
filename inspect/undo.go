package inspect

import (
	"context"
	"errors"
	"fmt"
	"io"

	"cacheview/inspect/journal"
)

// Undo goes through these files:
//
//	undo.go          which journal, on which server, and the report
//	undo_run.go      batches of records, and the connections that restore them
//	undo_entry.go    records that are not deletes: edits, creations, TTLs, renames
//	undo_replace.go  overwriting keys that exist again, with a backup
//	undo_script.go   the Lua programs for both
//
// Nothing is overwritten that is not what the journal says the operation wrote,
// unless UndoOptions.Replace is set: then it is in a journal of its own first. Both
// comparisons and the write are one step on the server.

// ErrIncompatibleDump is the reason why a server refuses a key that a newer one dumped.
var ErrIncompatibleDump = errors.New("this server is older than the one that the key was dumped on: restore it on a server of that version or newer")

// errBadPayload is the reason why a server refuses a payload of a version that it
// can read.
var errBadPayload = errors.New("the value is damaged: its checksum does not hold")

// UndoOptions are the decisions of an undo.
type UndoOptions struct {
	Replace bool // overwrite keys that exist again; their values go into a journal
	// Only are the keys of the journal that are meant; empty means all. An undo
	// of some leaves the journal as it is.
	Only [][]byte
	// Anyway restores to the open server and database although the journal is not
	// proven to belong to it. The user has agreed to that.
	Anyway bool
	// Elsewhere restores the values of the journal to another server on purpose.
	// What the operation did to keys there is not reversed, and the journal stays
	// as it is.
	Elsewhere bool
	Progress  func(done, total int)
}

// UndoReport is what an undo did. Each record of the journal that was carried out,
// or may have been, is in one of the counts.
type UndoReport struct {
	ID      string
	Planned int // records that were carried out, or may have been
	// Restored keys are as they were before the operation. Deleted of them did not
	// exist before.
	Restored int
	Deleted  int
	Already  int // were as before the operation already
	Expired  int // their TTL has ended by now; they are not restored
	// Exists counts deleted keys that exist again, Changed the keys that no longer
	// hold what the operation wrote, and InDoubt the keys of which it is not known
	// whether they were changed. All are skipped. There lists the first two.
	Exists   int
	Changed  int
	InDoubt  int
	Existing [][]byte
	Failed   int
	Errors   []KeyError // at most 100
	// Damaged records of the journal are lost. Damage describes at most a hundred.
	Damaged int
	Damage  []error
	// NotApplicable counts records that have no value to restore elsewhere.
	NotApplicable int
	Stopped       bool
	CutShort      bool    // the journal was: the program had ended before the operation did
	Journal       Journal // which operation it was; zero for an import
	Description   string  // Journal.What
	// Marked says that nothing of the journal is left to restore. MarkErr is why
	// that could not be written into it.
	Marked  bool
	MarkErr error
	// Overwritten is the journal of the keys that UndoOptions.Replace overwrote, or
	// of what an import wrote, "" without one. NotUndoable counts keys that
	// were changed and are not in it, NotCopied the keys that were skipped because
	// no copy could be made.
	Overwritten string
	NotUndoable int
	NotCopied   int
}

// Complete reports whether nothing is left to restore.
func (r *UndoReport) Complete() bool {
	return !r.Stopped && r.Damaged == 0 &&
		r.Failed+r.Exists+r.Changed+r.NotApplicable+r.NotCopied == 0
}

// FindUndo returns the journal that Undo would restore: the one with that ID, or
// the newest one of this server and database that was not undone. Journal.NotHere
// is set if Undo would refuse it. The error is ErrNoJournal, or of the file system.
func (c *Client) FindUndo(ctx context.Context, id string) (Journal, error) {
	all, err := c.compareJournals(ctx, func(error) bool { return false })
	if err != nil {
		return Journal{}, err
	}
	if id != "" {
		for _, j := range all {
			if j.ID == id {
				return j, nil
			}
		}
		return Journal{}, ErrNoJournal
	}
	here := c.Server()
	var unsure *Journal
	for i := range all {
		j := &all[i]
		switch {
		case j.DB != here.DB || j.Undone || j.Err != nil && !errors.Is(j.Err, journal.ErrInUse):
		case j.Match == journal.Same, j.Addr == here.Addr:
			return *j, nil
		case j.Match == journal.Unsure && unsure == nil:
			unsure = j
		}
	}
	if unsure != nil {
		return *unsure, nil
	}
	return Journal{}, ErrNoJournal
}

// Undo reverses the operation of a journal; id "" means the newest one of this
// server and database that was not undone. Keys get the expiry that they had. A key
// that was changed since the operation is skipped, unless Replace is set.
//
// It refuses with ErrReadOnly, ErrNoJournal, *ServerError, *TargetError, an error
// of package journal or, with Replace, *ProtectedError before it changes anything.
// Canceling ctx stops between batches, with UndoReport.Stopped and no error;
// undoing again does the rest. Damage of the journal is reported and is not an
// error.
func (c *Client) Undo(ctx context.Context, id string, opt UndoOptions) (UndoReport, error) {
	report := UndoReport{ID: id}
	if c.cfg.ReadOnly {
		return UndoReport{}, ErrReadOnly
	}
	found, err := c.FindUndo(ctx, id)
	if isReply(err) || IsDisconnected(err) {
		err = fmt.Errorf("%w; the journal is kept, undo again", err)
	}
	if err != nil {
		return report, err
	}
	report.ID, report.Journal, report.Description = found.ID, found, found.Description
	if found.Err != nil {
		return report, fmt.Errorf("undo %s: %w", found.ID, found.Err)
	}
	if !opt.Elsewhere && !opt.Anyway && found.NotHere != nil {
		here := c.Server()
		if found.DB != here.DB && found.Match != journal.Other {
			there := Server{Addr: found.Addr, DB: found.DB}
			return report, &TargetError{Planned: there.where(), Open: here.where()}
		}
		return report, found.NotHere
	}
	dir, err := c.journalDir()
	if err != nil {
		return report, err
	}
	r, err := dir.Open(found.ID)
	if err != nil {
		return report, fmt.Errorf("undo %s: %w", found.ID, err)
	}
	defer r.Close()

	report.Planned = found.Keys
	u := undoing{c: c, opt: opt, report: &report, op: "undo", over: "overwritten by undo " + found.ID}
	if err := u.run(ctx, u.passes(r)...); err != nil {
		return report, fmt.Errorf("%w; the journal is kept, undo again to do the rest", err)
	}
	report.Planned = max(report.Planned, report.sum())
	if report.Complete() && len(opt.Only) == 0 && !opt.Elsewhere && !found.Undone {
		report.MarkErr = dir.MarkUndone(found.ID)
		report.Marked = report.MarkErr == nil
	}
	return report, nil
}

func (r *UndoReport) sum() int {
	return r.Restored + r.Already + r.Expired + r.Exists + r.Changed + r.InDoubt + r.Failed + r.Damaged + r.NotApplicable + r.NotCopied
}

// source returns the next record to restore, and io.EOF at the end.
type source func() (journal.Entry, error)

// passes returns the records of a journal: first those that were carried out,
// then those that are in doubt, so that of a key that is among both the certain
// one is restored. Damage goes to the report.
func (u *undoing) passes(r *journal.Reader) []source {
	only := map[string]bool{}
	for _, k := range u.opt.Only {
		only[string(k)] = true
	}
	if len(only) > 0 {
		u.report.Planned = len(only)
	}
	doubts := 0
	repeated := repeatedKeys(r)
	pass := func(want journal.Outcome) source {
		return func() (journal.Entry, error) {
			for {
				e, err := r.Next()
				switch {
				case errors.Is(err, io.EOF):
					if want == journal.Done {
						t := r.Tally()
						u.count(func(r *UndoReport) {
							if r.CutShort = t.CutShort; len(only) == 0 {
								r.Damaged = t.Damaged
							}
						})
					}
					return e, err
				case errors.Is(err, journal.ErrCutShort):
				case err != nil:
					if want == journal.Done {
						u.count(func(r *UndoReport) { r.damage(err) })
					}
				case repeated[string(e.Key)]:
					if want == journal.Done && e.Outcome != journal.NotDone && (len(only) == 0 || only[string(e.Key)]) {
						u.hold(e)
					}
				case e.Outcome == journal.InDoubt && want == journal.Done:
					doubts++
				case e.Outcome == want && (len(only) == 0 || only[string(e.Key)]):
					return e, nil
				}
			}
		}
	}
	second := pass(journal.InDoubt)
	return []source{pass(journal.Done), func() (journal.Entry, error) {
		if doubts == 0 {
			return journal.Entry{}, io.EOF
		}
		if doubts > 0 {
			r.Rewind()
			second, doubts = pass(journal.InDoubt), -1
		}
		return second()
	}}
}

func (r *UndoReport) damage(err error) {
	if len(r.Damage) < maxErrors {
		r.Damage = append(r.Damage, err)
	}
}
