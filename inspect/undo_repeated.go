package inspect

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"

	"cacheview/inspect/journal"
)

// repeatedKeys returns the keys that an operation changed more than once, such as
// an import of a file that has a key twice. A delete and a change of TTLs have
// each key once.
func repeatedKeys(r *journal.Reader) map[string]bool {
	repeated := map[string]bool{}
	switch r.Header().Op {
	case "", "delete", "ttl":
		return repeated
	}
	seen := map[string]bool{}
	for {
		e, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			r.Rewind()
			return repeated
		case err != nil || e.Outcome == journal.NotDone:
		case seen[string(e.Key)]:
			repeated[string(e.Key)] = true
		default:
			seen[string(e.Key)] = true
		}
	}
}

// hold keeps a record of a key that was changed more than once for later.
func (u *undoing) hold(e journal.Entry) {
	e.Key, e.Dump, e.NewName = bytes.Clone(e.Key), bytes.Clone(e.Dump), bytes.Clone(e.NewName)
	u.held = append(u.held, e)
}

// restoreHeld reverses the records that were kept, one after the other, the last
// first: each is the state before the next one. Elsewhere only the first is the
// state before the operation.
func (u *undoing) restoreHeld(ctx context.Context) error {
	if !u.opt.Elsewhere {
		slices.Reverse(u.held)
	}
	for _, e := range u.held {
		if ctx.Err() != nil {
			u.report.Stopped = true
			return nil
		}
		if err := u.batch(context.WithoutCancel(ctx), []journal.Entry{e}); err != nil {
			return err
		}
		u.progress(1)
	}
	return nil
}
