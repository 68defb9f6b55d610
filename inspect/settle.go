package inspect

import (
	"context"
	"fmt"
	"slices"
)

// unchanged returns those of the keys that are as they were planned, or gone;
// seen is what the plan saw of them, and ask where they are looked at.
func (d *deletion) unchanged(ctx context.Context, ask asker, keys [][]byte, seen []sighting) (same [][]byte, sameSeen []sighting, err error) {
	changed, err := d.changed(ctx, ask, keys, seen)
	if err != nil {
		return nil, nil, err
	}
	if len(changed) > 0 {
		// One that goes between two questions about it looks as if it had
		// become something else.
		again, againSeen := make([][]byte, len(changed)), make([]sighting, len(changed))
		for n, i := range changed {
			again[n], againSeen[n] = keys[i], seen[i]
		}
		still, err := d.changed(ctx, ask, again, againSeen)
		if err != nil {
			return nil, nil, err
		}
		for n, at := range still {
			still[n] = changed[at]
		}
		changed = still
	}
	for i := range keys {
		if _, is := slices.BinarySearch(changed, i); !is {
			same, sameSeen = append(same, keys[i]), append(sameSeen, seen[i])
		}
	}
	return same, sameSeen, nil
}

// changed looks at keys, and returns which of them are there and not as seen, in
// their order.
func (d *deletion) changed(ctx context.Context, ask asker, keys [][]byte, seen []sighting) ([]int, error) {
	near := slices.ContainsFunc(seen, func(s sighting) bool { return s.sumed })
	now := make([]Key, len(keys))
	if err := d.c.metaBatch(ctx, ask, keys, near, now); err != nil {
		return nil, err
	}
	sights, err := d.c.sight(ctx, ask, now, near)
	if err != nil {
		return nil, err
	}
	var changed []int
	for i, k := range now {
		if k.Exists && k.Err == nil && !seen[i].is(sights[i]) {
			changed = append(changed, i)
		}
	}
	return changed, nil
}

// settle finds out what became of keys whose deletion got no answer. A refusal
// is an answer: nothing was deleted then.
func (d *deletion) settle(ctx context.Context, keys [][]byte, cause error) {
	if isReply(cause) {
		d.fail(keys, cause)
		return
	}
	replies, err := d.c.pipeline(ctx, len(keys), func(i int) []any {
		return []any{"exists", keys[i]}
	})
	// What a slow server has not come to yet, it may still do.
	late := kindOf(cause) == ConnTimeout
	for i, key := range keys {
		there := int64(-1)
		if err == nil {
			if n, nerr := replies[i].number(); nerr == nil {
				there = n
			}
		}
		switch {
		case there == 0:
			d.report.Deleted++
		case there == 1 && !late:
			d.fail(keys[i:i+1], cause)
		default:
			d.report.Unknown++
			d.fail([][]byte{key}, fmt.Errorf("%w: %w", ErrUnsure, cause))
		}
	}
}
