package inspect

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"cacheview/inspect/journal"
)

// existing handles deleted keys that exist again, or that were never deleted.
func (u *undoing) existing(ctx context.Context, there []journal.Entry) error {
	if len(there) == 0 {
		return nil
	}
	same := make([]bool, len(there))
	if !u.imports { // which says what exists, whatever it holds
		var err error
		if same, err = u.holding(ctx, there); err != nil {
			return err
		}
	}
	var differ []journal.Entry
	for i, e := range there {
		switch {
		case same[i]:
			u.count(func(r *UndoReport) { r.Already++ })
		case e.Outcome == journal.InDoubt && !u.opt.Replace:
			u.count(func(r *UndoReport) { r.InDoubt++ })
		default:
			differ = append(differ, e)
		}
	}
	if u.opt.Replace {
		return u.replace(ctx, differ)
	}
	u.left(differ)
	return nil
}

// left counts keys that exist and are skipped.
func (u *undoing) left(entries []journal.Entry) {
	u.count(func(r *UndoReport) {
		for _, e := range entries {
			if e.Kind == journal.KindDelete {
				r.Exists++
			} else {
				r.Changed++
			}
			r.Existing = append(r.Existing, bytes.Clone(e.Key))
		}
	})
}

// undoSlack is the difference of two expiries that are taken for the same: one
// was computed from a remaining time.
const undoSlack = int64(2 * time.Second / time.Millisecond)

// holding reports for each record whether the key holds its value and expiry. A
// value that DUMP cannot compare, such as a large set in another order, is taken
// for another one.
func (u *undoing) holding(ctx context.Context, entries []journal.Entry) ([]bool, error) {
	same := make([]bool, len(entries))
	for from := 0; from < len(entries); {
		to, size := from, 0
		for to < len(entries) && size < restoreBytes {
			size += len(entries[to].Dump)
			to++
		}
		some := entries[from:to]
		replies, err := u.c.pipeline(ctx, 2*len(some), func(i int) []any {
			if i%2 == 0 {
				return []any{"dump", some[i/2].Key}
			}
			return []any{"pttl", some[i/2].Key}
		})
		if err != nil {
			return nil, u.c.lostErr(fmt.Errorf("restore: %w", err))
		}
		now, err := u.clock.now(ctx, u.c)
		if err != nil {
			return nil, err
		}
		for i, e := range some {
			dump, err := replies[2*i].text()
			left, terr := replies[2*i+1].number()
			if err != nil || terr != nil || dump == nil || !journal.SameDump(dump, e.Dump) {
				continue
			}
			same[from+i] = left < 0 && e.Expiry < 0 || left >= 0 && e.Expiry >= 0 && abs(now+left-e.Expiry) <= undoSlack
		}
		from = to
	}
	return same, nil
}

func abs(n int64) int64 { return max(n, -n) }

// countExisting counts what restoring would do, by which keys exist now.
func (u *undoing) countExisting(ctx context.Context, batch []journal.Entry) error {
	replies, err := u.c.pipeline(ctx, len(batch), func(i int) []any { return []any{"exists", batch[i].Key} })
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	for i, reply := range replies {
		n, err := reply.number()
		if err != nil {
			u.fail(batch[i].Key, err)
			continue
		}
		u.count(func(r *UndoReport) {
			if n > 0 && !u.opt.Replace {
				r.Exists++
			} else {
				r.Restored++
			}
		})
	}
	return nil
}
