package inspect

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// watchTries is how often a batch is tried that somebody writes to between the
// last look at it and its UNLINK.
const watchTries = 8

// watched deletes some keys in a transaction that the server carries out only
// if none of them was touched since the look that found them unchanged (WATCH,
// see the Redis page "Transactions"). What is written all the time is left
// alone in the end, and the rest is deleted without it.
func (d *deletion) watched(ctx context.Context, keys [][]byte, seen []sighting) error {
	for tries := 0; tries < watchTries; {
		same, sameSeen, n, err := d.tryWatched(ctx, keys, seen)
		touched := errors.Is(err, redis.TxFailedErr)
		switch {
		case errors.Is(err, errLook):
			d.fail(keys, err)
			return d.ended(err)
		case len(same) < len(keys):
			// Nothing was sent: what has changed must not be watched.
			d.report.Changed += len(keys) - len(same)
			keys, seen = same, sameSeen
			continue
		case len(keys) == 0:
			return nil
		case touched:
			tries++
			continue
		case len(keys) > 1 && redis.HasErrorPrefix(err, "TRYAGAIN"):
			// Some are here and some there, on their slot's way to another node.
			return d.halves(ctx, keys, seen)
		case keyRefused(err):
			return d.unwatched(ctx, keys, seen)
		case unsupported(err) && !d.c.lacks("UNLINK"):
			d.c.missUnlink()
			continue
		}
		return d.unlinked(ctx, keys, n, err)
	}
	if len(keys) == 1 {
		d.report.Changed++
		return nil
	}
	return d.halves(ctx, keys, seen)
}

// halves deletes keys in two transactions that could not be in one.
func (d *deletion) halves(ctx context.Context, keys [][]byte, seen []sighting) error {
	half := len(keys) / 2
	if err := d.watched(ctx, keys[:half], seen[:half]); err != nil {
		d.fail(keys[half:], err)
		return err
	}
	return d.watched(ctx, keys[half:], seen[half:])
}

// errLook is wrapped around what went wrong before anything was sent.
var errLook = errors.New("look at keys")

// tryWatched returns the keys that are as they were planned. When that is all of
// them it deletes them, and n of them were there; the error is
// redis.TxFailedErr, and nothing was deleted, when one was touched meanwhile.
func (d *deletion) tryWatched(ctx context.Context, keys [][]byte, seen []sighting) (same [][]byte, sameSeen []sighting, n int, err error) {
	if len(keys) == 0 {
		return nil, nil, 0, nil
	}
	same = keys
	err = d.c.transact(ctx, keys, func(t transaction) error {
		var err error
		if same, sameSeen, err = d.unchanged(ctx, t.pipeline, keys, seen); err != nil {
			same = keys
			return fmt.Errorf("%w: %w", errLook, err)
		}
		if len(same) < len(keys) {
			return nil
		}
		cmd, err := t.exec(ctx, command(d.c.unlinkName(), keys)...)
		if err == nil {
			n, err = cmd.Int()
		}
		return err
	})
	return same, sameSeen, n, err
}
