package inspect

import (
	"context"
	"slices"

	"cacheview/inspect/keyspace"
)

// leftOver tells a plan how many stored results no call can hit any more once
// the versions among its keys are gone. Their names are looked for in listed,
// or without it on the server, which takes a whole scan; a plan without a
// version costs nothing.
func (c *Client) leftOver(ctx context.Context, p *Plan, listed *keyspace.Snapshot, progress func(Progress)) error {
	var names [][]byte
	for _, key := range p.Keys {
		if isMemverName(key) {
			names = append(names, key)
		}
	}
	if len(names) == 0 || p.WholeDB {
		return nil
	}
	going, err := c.readVersions(ctx, names)
	if err != nil || len(going) == 0 {
		return err
	}
	if listed == nil {
		if listed, err = c.listed(ctx, ScanOptions{}, progress); err != nil {
			return err
		}
	}
	_, shaped, err := flaskNames(ctx, listed, nil)
	if err != nil {
		return err
	}
	index := indexVersions(going)
	left := map[string]bool{}
	for _, id := range shaped {
		if name := listed.Name(id); index.ends(going, name) {
			left[string(name)] = true
		}
	}
	if len(left) == 0 {
		return nil
	}
	for _, key := range p.Keys {
		delete(left, string(key))
	}
	entries := make([][]byte, 0, len(left))
	for name := range left {
		entries = append(entries, []byte(name))
	}
	return c.leave(ctx, p, entries)
}

// leave notes in a plan which entries stay behind: those that are still there.
func (c *Client) leave(ctx context.Context, p *Plan, entries [][]byte) error {
	for some := range slices.Chunk(entries, surveyStep) {
		metas, err := c.Meta(ctx, some, true)
		if err != nil {
			return err
		}
		for _, k := range metas {
			if k.Exists {
				p.Entries++
				p.EntriesBytes += max(k.Meta.Size, 0)
			}
		}
	}
	return nil
}

// ends reports whether an entry cannot be hit any more when all of list are
// gone: when one of them is the version of its function or of its object. Name
// and version begin with the same prefix, as in resolve.
func (x versionIndex) ends(list []memver, key []byte) bool {
	n := len(key)
	under := func(v version, prefix []byte) bool {
		return slices.ContainsFunc(x[v], func(at int32) bool { return continues(list[at].base(), prefix) })
	}
	last := version(key[n-versionLen:])
	if under(last, key[:n-entryLen]) {
		return true
	}
	if n < methodLen || !isBase64(key[n-methodLen:]) {
		return false
	}
	return under(last, key[:n-methodLen]) || under(version(key[n-2*versionLen:n-versionLen]), key[:n-methodLen])
}
