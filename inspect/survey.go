package inspect

import (
	"context"

	"cacheview/inspect/keyspace"
)

const (
	surveyStep = 10_000 // keys that are looked at between two calls of progress
	// closely is of how many keys a plan remembers the very contents, where they
	// are small; of the others it remembers lengths.
	closely = 20_000
)

// survey looks at every key of a plan: it leaves out those that are gone, adds
// up types, sizes and times to live, remembers what Delete compares with, and
// judges by name and value what is no cache entry.
func (c *Client) survey(ctx context.Context, p *Plan, progress func(Progress)) error {
	keys := p.Keys
	p.Keys, p.seen = make([][]byte, 0, len(keys)), make([]sighting, 0, len(keys))
	others := newNonCache(len(keys))
	for from := 0; from < len(keys); from += surveyStep {
		to := min(from+surveyStep, len(keys))
		metas, err := c.Meta(ctx, keys[from:to], true)
		if err != nil {
			return err
		}
		seen, err := c.sight(ctx, c.pipeline, metas, from < closely)
		if err != nil {
			return err
		}
		if err := others.add(ctx, c, metas); err != nil {
			return err
		}
		for i, m := range metas {
			if m.Exists {
				p.add(m, seen[i])
			}
		}
		if progress != nil {
			progress(Progress{Scanned: len(keys), Looked: to, Done: to == len(keys)})
		}
	}
	p.Beside, p.BesideSampled = others.list()
	return nil
}

// add puts a key that was looked at into the plan.
func (p *Plan) add(k Key, seen sighting) {
	p.Keys, p.seen = append(p.Keys, k.Name), append(p.seen, seen)
	p.Types[k.Meta.Type]++
	p.Bytes += max(k.Meta.Size, 0)
	// The length of a string is its bytes.
	if k.Meta.Size > saveKeyMax && (!k.ByLength || k.Meta.Type == keyspace.String) {
		p.Huge++
		p.HugeBytes += k.Meta.Size
	}
	switch k.Meta.Expiry {
	case keyspace.UnknownExpiry, keyspace.FieldsExpire:
	case keyspace.NoExpiry:
		p.NoTTL++
	default:
		ttl := keyspace.TTLAt(k.Meta.Expiry, k.At)
		if p.Latest == 0 || ttl < p.Soonest {
			p.Soonest = ttl
		}
		p.Latest = max(p.Latest, ttl, 1)
	}
}
