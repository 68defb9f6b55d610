package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"cacheview/inspect/journal"
)

// errGone is the reason why an operation on a key cannot be reversed.
var errGone = errors.New("the key is gone: it expired or was deleted since")

// reverse reverses records that are not deletes: each key is changed only if it
// still holds what the operation wrote.
func (u *undoing) reverse(ctx context.Context, entries []journal.Entry, now int64) error {
	var calls []scriptCall
	var of []journal.Entry
	for _, e := range entries {
		switch {
		case e.Kind == journal.KindTTL && e.Expiry >= 0 && e.Expiry <= now:
			u.count(func(r *UndoReport) { r.Expired++ })
			continue
		case e.Kind == journal.KindOverwrite && !leavesExpiry(e) && e.Expiry >= 0 && e.Expiry <= now:
			u.count(func(r *UndoReport) { r.Expired++ })
			continue
		}
		calls, of = append(calls, reverseCall(e)), append(of, e)
	}
	if len(calls) == 0 {
		return nil
	}
	status, errs, err := u.c.exchange(ctx, calls)
	if err != nil {
		u.count(func(r *UndoReport) { r.Failed += len(calls) })
		return fmt.Errorf("restore: %w", err)
	}
	var again, over []journal.Entry
	var end error
	for i, e := range of {
		if errs[i] != nil {
			if err := u.refused(e, errs[i]); err != nil {
				end = err
			}
			continue
		}
		switch status[i] {
		case statusAlready:
			u.count(func(r *UndoReport) { r.Already++ })
		case statusExpired:
			u.count(func(r *UndoReport) { r.Expired++ })
		case statusGone:
			if e.Kind == journal.KindTTL && e.Dump != nil {
				again = append(again, e) // the new TTL has ended
				continue
			}
			u.gone(e)
		case statusChanged, statusExists:
			switch {
			case u.opt.Replace && e.Dump != nil && e.Kind != journal.KindRename:
				over = append(over, e)
			case e.Outcome == journal.InDoubt:
				u.count(func(r *UndoReport) { r.InDoubt++ })
			default:
				u.left([]journal.Entry{e})
			}
		default:
			u.count(func(r *UndoReport) {
				r.Restored++
				if e.Kind == journal.KindCreate {
					r.Deleted++
				}
			})
		}
	}
	if end != nil {
		return u.c.lostErr(fmt.Errorf("restore: %w", end))
	}
	if err := u.restore(ctx, again); err != nil {
		return err
	}
	return u.replace(ctx, over)
}

// gone counts a key that does not exist any more, so that its TTL or its name
// cannot be changed back.
func (u *undoing) gone(e journal.Entry) {
	if e.Outcome == journal.InDoubt {
		u.count(func(r *UndoReport) { r.InDoubt++ })
		return
	}
	u.count(func(r *UndoReport) {
		r.Changed++
		r.Existing = append(r.Existing, bytes.Clone(e.Key))
		if len(r.Errors) < maxErrors {
			r.Errors = append(r.Errors, KeyError{Op: "restore", Key: bytes.Clone(e.Key), Err: errGone})
		}
	})
}
