package inspect

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"cacheview/inspect/journal"
)

// replaceTries limits how often a key is copied again because another client
// writes to it.
const replaceTries = 8

// replace overwrites keys that exist. What they hold is copied to a journal and
// synced, and then replaced only if it is still that: what another client writes
// meanwhile is copied, too, or stays.
func (u *undoing) replace(ctx context.Context, entries []journal.Entry) error {
	for tries := 0; len(entries) > 0; tries++ {
		if tries == replaceTries {
			u.left(entries)
			return nil
		}
		var err error
		if entries, err = u.replaceOnce(ctx, entries); err != nil {
			return err
		}
	}
	return nil
}

// replaceOnce returns the entries whose keys changed between their copy and the
// write.
func (u *undoing) replaceOnce(ctx context.Context, entries []journal.Entry) (changed []journal.Entry, err error) {
	copies, err := u.c.copyKeys(ctx, keysOfEntries(entries))
	if err != nil {
		return nil, err
	}
	var batch *journal.Batch
	if u.w != nil {
		batch = u.w.Begin()
	}
	var calls []scriptCall
	var of, absent []journal.Entry
	for i, e := range entries {
		now := copies[i]
		switch {
		case now.err != nil:
			u.notCopied(e, now.err)
			continue
		case now.dump == nil:
			absent = append(absent, e)
			continue
		}
		if batch != nil {
			_, err := batch.Add(journal.Record{
				Kind: journal.KindOverwrite, Key: e.Key, Expiry: now.expiry, Dump: now.dump,
				NewExpiry: writtenExpiry(e), Wrote: journal.DigestDump(e.Dump),
			})
			if errors.Is(err, journal.ErrFull) {
				u.notCopied(e, errLimitReached)
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("undo journal: %w", err)
			}
		}
		at := ""
		if !now.inexact {
			at = strconv.FormatInt(now.expiry, 10)
		}
		calls = append(calls, swapCall(e, journal.DigestDump(now.dump), at))
		of = append(of, e)
	}
	if batch != nil {
		if err := u.w.Sync(); err != nil {
			return nil, fmt.Errorf("undo journal: %w", err)
		}
	}
	outcomes, wrote := make([]journal.Outcome, len(of)), map[int]journal.Digest{}
	status, errs, err := u.c.exchange(ctx, calls)
	if err != nil {
		u.count(func(r *UndoReport) { r.Failed += len(calls) })
		return nil, fmt.Errorf("restore: %w", err) // the batch stays in doubt
	}
	var end error
	for i, e := range of {
		outcomes[i] = journal.NotDone
		if errs[i] != nil {
			if err := u.refused(e, errs[i]); err != nil {
				end = err
			}
			continue
		}
		switch status[i] {
		case statusChanged:
			changed = append(changed, e)
		case statusAlready:
			u.count(func(r *UndoReport) { r.Already++ })
		default:
			outcomes[i] = journal.Done
			wrote[i] = journal.DigestFromHex(journal.OfDump, status[i])
			u.count(func(r *UndoReport) {
				r.Restored++
				if u.w == nil {
					r.NotUndoable++
				}
			})
		}
	}
	if batch != nil {
		if err := batch.Commit(outcomes, wrote); err != nil {
			return nil, fmt.Errorf("undo journal: %w", err)
		}
	}
	if end != nil {
		return nil, u.c.lostErr(fmt.Errorf("restore: %w", end))
	}
	return changed, u.absent(ctx, absent)
}

// absent restores keys that were gone when they were to be overwritten.
func (u *undoing) absent(ctx context.Context, entries []journal.Entry) error {
	for i := range entries {
		entries[i].Kind = journal.KindDelete
	}
	return u.restore(ctx, entries)
}

// errLimitReached is the reason why a key is not overwritten.
var errLimitReached = errors.New("no copy was made of what it holds: the undo limit is reached (undo_limit)")

func (u *undoing) notCopied(e journal.Entry, err error) {
	u.count(func(r *UndoReport) {
		r.NotCopied++
		if len(r.Errors) < maxErrors {
			r.Errors = append(r.Errors, KeyError{Op: "copy", Key: e.Key, Err: err})
		}
	})
}

// copied is what a key holds; its dump is nil if it is gone.
type copied struct {
	dump    []byte
	expiry  int64
	inexact bool // the expiry was computed
	err     error
}

func keysOfEntries(entries []journal.Entry) [][]byte {
	keys := make([][]byte, len(entries))
	for i, e := range entries {
		keys[i] = e.Key
	}
	return keys
}

// copyKeys reads what keys hold.
func (c *Client) copyKeys(ctx context.Context, keys [][]byte) ([]copied, error) {
	out := make([]copied, len(keys))
	replies, err := c.pipeline(ctx, 4*len(keys)+1, func(i int) []any {
		if i == 0 {
			return []any{"time"}
		}
		key := keys[(i-1)/4]
		return [][]any{{"dump", key}, {"pexpiretime", key}, {"pttl", key}, {"exists", key}}[(i-1)%4]
	})
	if err != nil {
		return nil, c.lostErr(fmt.Errorf("undo journal: %w", err))
	}
	now := replies[0].time()
	for i := range keys {
		r, k := replies[1+4*i:], &out[i]
		if k.dump, k.err = r[0].text(); k.err != nil {
			continue
		}
		if k.expiry, err = r[1].number(); err != nil {
			k.inexact = true
			if k.expiry, k.err = r[2].number(); k.expiry >= 0 {
				k.expiry += now
			}
		}
		switch {
		case k.expiry == -2:
			k.dump = nil
		case k.expiry < 0:
			k.expiry = journal.NoExpiry
		}
		if k.dump != nil && len(k.dump) == 0 {
			k.err = errEmpty
		}
	}
	return out, nil
}

// create restores keys of an import that do not exist, and notes each of them in
// the journal, so that an undo deletes it again.
func (u *undoing) create(ctx context.Context, entries []journal.Entry) error {
	var batch *journal.Batch
	if u.w != nil {
		batch = u.w.Begin()
		for _, e := range entries {
			if _, err := batch.Add(journal.Record{
				Kind: journal.KindCreate, Key: e.Key, Expiry: journal.NoExpiry,
				NewExpiry: writtenExpiry(e), Wrote: journal.DigestDump(e.Dump),
			}); err != nil {
				return fmt.Errorf("undo journal: %w", err)
			}
		}
		if err := u.w.Sync(); err != nil {
			return fmt.Errorf("undo journal: %w", err)
		}
	}
	calls := make([]scriptCall, len(entries))
	for i, e := range entries {
		calls[i] = newCall(e)
	}
	status, errs, err := u.c.exchange(ctx, calls)
	if errors.Is(err, errNoTransaction) {
		status, errs, err = u.createPlainly(ctx, entries)
	}
	if err != nil {
		u.count(func(r *UndoReport) { r.Failed += len(calls) })
		return fmt.Errorf("restore: %w", err)
	}
	outcomes, wrote := make([]journal.Outcome, len(entries)), map[int]journal.Digest{}
	var there []journal.Entry
	var end error
	for i, e := range entries {
		outcomes[i] = journal.NotDone
		switch {
		case errs[i] != nil:
			if err := u.refused(e, errs[i]); err != nil {
				end = err
			}
		case status[i] == statusExists:
			there = append(there, e)
		default:
			outcomes[i] = journal.Done
			if d := journal.DigestFromHex(journal.OfDump, status[i]); d.Known() {
				wrote[i] = d
			} else {
				wrote[i] = journal.DigestDump(e.Dump)
			}
			u.count(func(r *UndoReport) { r.Restored++ })
		}
	}
	if batch != nil {
		if err := batch.Commit(outcomes, wrote); err != nil {
			return fmt.Errorf("undo journal: %w", err)
		}
	}
	if end != nil {
		return u.c.lostErr(fmt.Errorf("restore: %w", end))
	}
	return u.existing(ctx, there)
}

// writtenExpiry is the expiry that a key has once an entry is restored.
func writtenExpiry(e journal.Entry) int64 {
	if e.Expiry <= 0 {
		return journal.NoExpiry
	}
	return e.Expiry
}

// createPlainly restores keys by RESTORE alone, which refuses keys that exist.
func (u *undoing) createPlainly(ctx context.Context, entries []journal.Entry) (status []string, errs []error, err error) {
	status, errs = make([]string, len(entries)), make([]error, len(entries))
	replies, err := u.c.pipeline(ctx, len(entries), func(i int) []any {
		e := entries[i]
		return []any{"restore", e.Key, max(e.Expiry, 0), e.Dump, "absttl"}
	})
	for i, r := range replies {
		_, errs[i] = r.text()
		if isBusy(errs[i]) {
			status[i], errs[i] = statusExists, nil
		}
	}
	return status, errs, err
}
