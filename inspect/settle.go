package inspect

import (
	"context"
	"fmt"
	"time"

	"cacheview/inspect/keyspace"
)

// sighting is what a key looked like when its delete was planned.
type sighting struct {
	typ    keyspace.Type
	expiry int64 // as in keyspace.Meta
	size   int64 // of a string; -1 for others, which a mere look may resize
}

// clockSlack is how far apart two looks at one expiry may be: PTTL is added to
// our own clock, after an answer that took its time.
const clockSlack = int64(2 * time.Second / time.Millisecond)

func sight(k Key) sighting {
	s := sighting{typ: k.Meta.Type, expiry: k.Meta.Expiry, size: -1}
	if s.typ == keyspace.String && !k.ByLength {
		s.size = k.Meta.Size
	}
	return s
}

// is reports whether two looks may have been at the same, unchanged key.
func (s sighting) is(now sighting) bool {
	switch {
	case s.typ != now.typ:
		return false
	case s.size >= 0 && now.size >= 0 && s.size != now.size:
		return false
	case s.expiry == now.expiry || s.expiry == keyspace.UnknownExpiry || now.expiry == keyspace.UnknownExpiry:
		return true
	case s.expiry == keyspace.NoExpiry || now.expiry == keyspace.NoExpiry:
		return false
	}
	return max(s.expiry-now.expiry, now.expiry-s.expiry) <= clockSlack
}

// remember keeps what the keys of an exact plan look like.
func (p *Plan) remember(keys []Key) {
	if !p.Exact {
		return
	}
	p.seen = make(map[string]sighting, len(keys))
	for _, k := range keys {
		if k.Exists && k.Err == nil {
			p.seen[string(k.Name)] = sight(k)
		}
	}
}

// unchanged returns those of the keys that are as they were planned, or gone,
// and counts the others. Its error ends the deletion.
func (d *deletion) unchanged(ctx context.Context, keys [][]byte) ([][]byte, error) {
	if d.opt.Changed || len(d.plan.seen) == 0 {
		return keys, nil
	}
	now, err := d.c.Meta(ctx, keys, true)
	if err != nil {
		d.fail(keys, err)
		return nil, d.ended(err)
	}
	same := make([][]byte, 0, len(keys))
	for i, k := range now {
		before, ok := d.plan.seen[string(keys[i])]
		if ok && k.Exists && k.Err == nil && !before.is(sight(k)) {
			d.report.Changed++
			continue
		}
		same = append(same, keys[i])
	}
	return same, nil
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
			d.fail([][]byte{key}, fmt.Errorf("it is not known whether this was deleted, look again: %w", cause))
		}
	}
}
