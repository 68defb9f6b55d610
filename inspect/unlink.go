package inspect

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// batch deletes some keys, which the plan saw like this. Its error ends the
// deletion.
func (d *deletion) batch(ctx context.Context, keys [][]byte, seen []sighting) error {
	if d.opt.Changed {
		return d.unlinkAll(ctx, keys)
	}
	switch yes, err := d.c.transacts(ctx, keys[0]); {
	case err != nil && !keyRefused(err):
		d.fail(keys, err)
		return d.ended(err)
	case !yes:
		return d.unwatched(ctx, keys, seen)
	case d.c.cluster != nil:
		return d.eachSlot(ctx, keys, seen)
	}
	return d.watched(ctx, keys, seen)
}

// unwatched looks at some keys and then deletes those that have not changed,
// where that cannot be one transaction.
func (d *deletion) unwatched(ctx context.Context, keys [][]byte, seen []sighting) error {
	same, _, err := d.unchanged(ctx, d.c.pipeline, keys, seen)
	if err != nil {
		d.fail(keys, err)
		return d.ended(err)
	}
	d.report.Changed += len(keys) - len(same)
	return d.unlinkAll(ctx, same)
}

// unlinkAll deletes some keys, whatever they are by now.
func (d *deletion) unlinkAll(ctx context.Context, keys [][]byte) error {
	if len(keys) == 0 {
		return nil
	}
	if d.c.cluster != nil {
		return d.oneByOne(ctx, keys)
	}
	n, err := d.unlink(ctx, keys)
	return d.unlinked(ctx, keys, n, err)
}

// unlinked counts what became of keys of which n were deleted.
func (d *deletion) unlinked(ctx context.Context, keys [][]byte, n int, err error) error {
	switch {
	case err == nil:
		d.report.Deleted += n
		d.report.Expired += len(keys) - n
		return nil
	case keyRefused(err):
		// One key of them, and so nothing was deleted. Which?
		return d.oneByOne(ctx, keys)
	}
	d.settle(ctx, keys, err)
	return d.ended(err)
}

// ended is the error of a deletion that cannot go on.
func (d *deletion) ended(err error) error {
	return d.c.lostErr(fmt.Errorf("delete: %w", advised(err)))
}

// unlink deletes keys with one command, DEL where there is no UNLINK, and
// returns how many there were.
func (d *deletion) unlink(ctx context.Context, keys [][]byte) (int, error) {
	n, err := d.c.one.Do(ctx, command(d.c.unlinkName(), keys)...).Int()
	if unsupported(err) && !d.c.lacks("UNLINK") {
		d.c.missUnlink()
		n, err = d.c.one.Do(ctx, command(d.c.unlinkName(), keys)...).Int()
	}
	return n, err
}

func command(name string, keys [][]byte) []any {
	args := make([]any, 1, len(keys)+1)
	args[0] = name
	for _, k := range keys {
		args = append(args, k)
	}
	return args
}

func (c *Client) unlinkName() string {
	if c.lacks("UNLINK") {
		return "del"
	}
	return "unlink"
}

func (c *Client) missUnlink() {
	c.miss("UNLINK", "deleting a large key holds the server up (DEL)")
}

// oneByOne deletes each key with a command of its own, in one pipeline: for a
// cluster, and to find out which key is refused.
func (d *deletion) oneByOne(ctx context.Context, keys [][]byte) error {
	cmds := d.c.sendRaw(ctx, len(keys), func(i int) []any { return []any{d.c.unlinkName(), keys[i]} })
	if !d.c.lacks("UNLINK") && unsupported(answer(cmds[0])) {
		d.c.missUnlink()
		return d.oneByOne(ctx, keys)
	}
	var end error
	var unsure [][]byte
	for i, cmd := range cmds {
		var n int64
		b, err := cmd.Result()
		if err == nil {
			n, err = rawReply{b}.number()
		}
		switch {
		case err != nil:
			if keyRefused(err) {
				d.fail(keys[i:i+1], err)
				continue
			}
			end = err
			if isReply(err) {
				d.fail(keys[i:i+1], err)
				continue
			}
			unsure = append(unsure, keys[i])
		case n == 0:
			d.report.Expired++
		default:
			d.report.Deleted++
		}
	}
	if len(unsure) > 0 {
		d.settle(ctx, unsure, end)
	}
	if end != nil {
		return d.ended(end)
	}
	return nil
}

func (d *deletion) fail(keys [][]byte, err error) {
	d.report.Failed += len(keys)
	if reply, ok := errors.AsType[redis.Error](err); ok {
		err = reply
	}
	for _, k := range keys {
		if len(d.report.Errors) == maxErrors {
			return
		}
		d.report.Errors = append(d.report.Errors, KeyError{Op: "delete", Key: k, Err: err})
	}
}
