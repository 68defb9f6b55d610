package inspect

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"
)

const (
	// watchTries limits how often a transaction is tried whose keys are written
	// between the copy and the delete. Half of the keys are tried then; a single
	// key is skipped.
	watchTries  = 8
	slotsAtOnce = 4 // transactions of one batch in flight
)

// txSlots deletes items in transactions, one for each slot of a cluster.
func (d *deletion) txSlots(ctx context.Context, b *batch, items []*item) error {
	if len(items) == 0 {
		return nil
	}
	if d.opt.NoUndo || d.w == nil {
		// nothing is copied
	} else if items = d.copyable(items); len(items) == 0 {
		return nil
	}
	switch yes, err := d.c.transacts(ctx, items[0].key); {
	case err != nil && !keyRefused(err):
		return d.ended(err)
	case !yes && err == nil && d.c.scripted() && d.w != nil:
		for try := 0; try < scriptTries && len(items) > 0; try++ {
			if err := d.copyAndDelete(ctx, b, items); err != nil {
				return err
			}
			items = open(items)
		}
		setAll(items, stateChanged, nil) // they are written all the time
		return nil
	case !yes && err == nil:
		return d.inSteps(ctx, b, items)
	}
	if d.c.cluster == nil {
		return d.tx(ctx, b, items)
	}
	var group errgroup.Group
	group.SetLimit(slotsAtOnce)
	for len(items) > 0 {
		slot, n := Slot(items[0].key), 1
		for n < len(items) && Slot(items[n].key) == slot {
			n++
		}
		some := items[:n]
		items = items[n:]
		group.Go(func() error {
			part := &batch{items: some, large: b.large, skew: b.skew}
			return d.tx(ctx, part, some)
		})
	}
	return group.Wait()
}

// inSteps copies, compares and deletes items where that cannot be one step.
func (d *deletion) inSteps(ctx context.Context, b *batch, items []*item) error {
	if err := d.copyByPipeline(ctx, d.c.pipeline, b, items); err != nil {
		return d.ended(err)
	}
	items = open(items)
	jb, err := d.journal(items)
	if err != nil {
		return err
	}
	items = open(items)
	err = d.unlinkAll(ctx, items)
	return errors.Join(err, d.commit(jb, items))
}

// tx deletes items of one slot in a transaction that the server carries out only
// if none of them was written since they were copied (optimistic locking, see the
// Redis page "Transactions").
func (d *deletion) tx(ctx context.Context, b *batch, items []*item) error {
	for tries := 0; tries < watchTries; {
		all := len(items)
		if items = open(items); len(items) == 0 {
			return nil
		}
		err := d.tryTx(ctx, b, items)
		left := open(items)
		switch {
		case err == nil && len(left) == 0:
			return nil
		case err == nil: // some got an outcome, and must not be watched
			if len(left) == len(items) && len(items) == all {
				tries++
			}
		case errors.Is(err, redis.TxFailedErr):
			tries++
		case errors.Is(err, errJournal):
			return err
		case keyRefused(err), hasReply(err, "TRYAGAIN"), hasReply(err, "CROSSSLOT"):
			if len(left) == 1 {
				left[0].state, left[0].err = stateFailed, err
				return nil
			}
			return d.eachTx(ctx, b, left)
		case unsupported(err) && !d.c.lacks("UNLINK"):
			d.c.missUnlink()
		case isReply(err):
			setAll(left, stateFailed, err)
			return d.ended(err)
		default:
			d.verify(ctx, left, err)
			return d.ended(err)
		}
	}
	items = open(items)
	if len(items) == 1 {
		items[0].state = stateChanged // it is written all the time
		return nil
	}
	half := len(items) / 2
	if err := d.tx(ctx, b, items[:half]); err != nil {
		return err
	}
	return d.tx(ctx, b, items[half:])
}

// eachTx deletes each item in a transaction of its own.
func (d *deletion) eachTx(ctx context.Context, b *batch, items []*item) error {
	for i := range items {
		if err := d.tx(ctx, b, items[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// tryTx watches items, copies them and deletes them. If some get an outcome by
// the copy, the others stay open and nothing was deleted. The error is
// redis.TxFailedErr if one was written in between.
func (d *deletion) tryTx(ctx context.Context, b *batch, items []*item) error {
	return d.c.transact(ctx, keysOf(items), func(t transaction) error {
		if err := d.copyByPipeline(ctx, t.pipeline, b, items); err != nil {
			return err
		}
		if len(open(items)) < len(items) {
			return nil
		}
		jb, err := d.journal(items)
		if err != nil {
			return err
		}
		if left := open(items); len(left) < len(items) {
			return d.commit(jb, left) // the limit is reached
		}
		cmds, err := t.execEach(ctx, len(items), func(i int) []any { return []any{d.c.unlinkName(), items[i].key} })
		if err == nil {
			for i, cmd := range cmds {
				n, cerr := cmd.Int()
				switch {
				case cerr != nil:
					items[i].state, items[i].err = stateFailed, cerr
				case n == 0:
					items[i].state = stateGone
				default:
					items[i].state = stateDeleted
				}
			}
		}
		if err == nil || isReply(err) || errors.Is(err, redis.TxFailedErr) {
			return errors.Join(err, d.commit(jb, items))
		}
		return err // in doubt
	})
}

// execEach carries out commands if no watched key was written. Each has a result
// of its own if the error is nil.
func (t transaction) execEach(ctx context.Context, n int, command func(i int) []any) ([]*redis.Cmd, error) {
	if err := t.asking(ctx); err != nil {
		return nil, err
	}
	cmds := make([]*redis.Cmd, n)
	_, err := t.tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for i := range cmds {
			cmds[i] = p.Do(ctx, command(i)...)
		}
		return nil
	})
	if errors.Is(err, redis.TxFailedErr) {
		return nil, err
	}
	for _, cmd := range cmds {
		if cmd.Err() != nil && hasReply(err, "EXECABORT") && !hasReply(cmd.Err(), "EXECABORT") {
			return nil, cmd.Err() // why, and not that the transaction was discarded
		}
	}
	if err != nil && isReply(err) {
		for _, cmd := range cmds {
			if cmd.Err() == nil {
				return cmds, nil // carried out, and one of the commands failed
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("transaction: %w", err)
	}
	return cmds, nil
}

// hasReply reports whether err is a reply that starts with prefix.
func hasReply(err error, prefix string) bool { return redis.HasErrorPrefix(err, prefix) }
