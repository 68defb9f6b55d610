package inspect

import (
	"context"
	"slices"

	"cacheview/inspect/flask"
	"cacheview/inspect/keyspace"
)

// leftOver tells a plan how many stored results no call can hit any more once
// the versions among its keys are gone. Their names are looked for in listed,
// or without it on the server, which takes a whole scan; a plan without a
// version costs nothing.
func (c *Client) leftOver(ctx context.Context, p *Plan, listed *keyspace.Snapshot, progress func(Progress)) error {
	var names [][]byte
	for _, key := range p.Keys {
		if flask.IsVersionName(key) {
			names = append(names, key)
		}
	}
	if len(names) == 0 || p.WholeDB {
		return nil
	}
	if listed == nil {
		var err error
		if listed, err = c.listed(ctx, ScanOptions{}, progress); err != nil {
			return err
		}
	}
	live, err := flask.VersionsOf(ctx, c, names)
	if err != nil {
		return err
	}
	c.sight(ctx, live)
	left, err := flask.LeftBehind(ctx, c, listed, names)
	if err != nil || len(left) == 0 {
		return err
	}
	planned := make(map[string]bool, len(p.Keys))
	for _, key := range p.Keys {
		planned[string(key)] = true
	}
	left = slices.DeleteFunc(left, func(key []byte) bool { return planned[string(key)] })
	return c.leave(ctx, p, left)
}

// leave notes in a plan which entries stay behind: those that are still there.
func (c *Client) leave(ctx context.Context, p *Plan, entries [][]byte) error {
	for some := range slices.Chunk(entries, inspectStep) {
		metas, err := c.Meta(ctx, some, true)
		if err != nil {
			return err
		}
		for _, k := range metas {
			if k.Exists {
				p.StaleEntries++
				p.StaleBytes += max(k.Meta.Size, 0)
			}
		}
	}
	return nil
}
