package inspect

import (
	"context"
	"errors"
	"io"

	"cacheview/inspect/keyspace"
)

// probeMax is the largest key, by MEMORY USAGE, that is copied to find out
// whether keys of its type can be.
const probeMax = 1 << 20

// probeUndo finds out what can be promised of a plan before anybody agrees to
// it: whether the keys of each type can be copied, whether this user can
// restore, and whether keys can be compared and deleted in one step. A session
// that is read-only is not probed.
func (c *Client) probeUndo(ctx context.Context, p *Plan) error {
	if c.cfg.ReadOnly || len(p.Keys) == 0 {
		return nil
	}
	smallest := map[keyspace.Type]int{}
	for i, s := range p.seen {
		at, ok := smallest[s.typ]
		if !ok || s.bytes < p.seen[at].bytes {
			smallest[s.typ] = i
		}
	}
	type sample struct {
		typ keyspace.Type
		key []byte
	}
	var samples []sample
	least := -1
	for typ, i := range smallest {
		if p.seen[i].bytes > probeMax {
			continue
		}
		samples = append(samples, sample{typ, p.Keys[i]})
		if least < 0 || p.seen[i].bytes < p.seen[least].bytes {
			least = i
		}
	}
	if c.UndoLimit() != 0 || c.lacks("DUMP") {
		replies, err := c.pipeline(ctx, len(samples), func(i int) []any { return []any{"dump", samples[i].key} })
		if err != nil {
			return err
		}
		for i, r := range replies {
			dump, err := r.text()
			if keyRefused(err) || refused(err) != nil || err == nil && (dump == nil || len(dump) > 0) {
				continue
			}
			if p.NoCopy == nil {
				p.NoCopy = map[keyspace.Type]int{}
			}
			p.NoCopy[samples[i].typ] = p.Types[samples[i].typ]
		}
	}
	if least < 0 {
		return nil
	}
	key := p.Keys[least]
	if err := c.probeScripts(ctx, key); err != nil {
		return err
	}
	if !c.scripted() {
		if _, err := c.transacts(ctx, key); err != nil && !keyRefused(err) && refused(err) == nil {
			return err
		}
	}
	return c.probeRestore(ctx, p, key)
}

// probeRestore finds out whether this user can run RESTORE, by ACL DRYRUN or, if
// the user cannot run that, by a RESTORE that writes nothing: the key exists and
// the payload is invalid, and the server checks permissions, the key and the
// payload in this order. A server that takes any payload, and whose key is gone by
// then, would keep it for a millisecond.
func (c *Client) probeRestore(ctx context.Context, p *Plan, key []byte) error {
	if c.UndoLimit() == 0 {
		return nil
	}
	var refusal error
	if who, err := c.ask(ctx, "acl", "whoami"); err != nil {
		return err
	} else if answer, aerr := c.ask(ctx, "acl", "dryrun", who, "restore", key, 1, "x"); who != nil && aerr == nil && answer != nil {
		if string(answer) != "OK" {
			refusal = replyError("NOPERM " + string(answer))
		}
	} else {
		reply, err := c.do(ctx, "restore", key, 1, "x")
		if err != nil {
			return err
		}
		_, refusal = reply.text()
	}
	switch {
	case keyRefused(refusal):
		p.UndoBlocked = "this user cannot restore some of the keys"
	case unsupported(refusal):
		p.UndoBlocked = "this user cannot run RESTORE"
		c.miss("RESTORE", "this user cannot undo a delete")
	}
	return nil
}

// ask returns the text of a reply, nil for an error of the server's.
func (c *Client) ask(ctx context.Context, args ...any) ([]byte, error) {
	reply, err := c.do(ctx, args...)
	if err != nil {
		return nil, err
	}
	text, terr := reply.text()
	if terr != nil {
		return nil, nil
	}
	return text, nil
}

// findEveryKey sets Plan.EveryKey. DBSIZE counts keys that have expired and are
// not removed yet, at most about a tenth of them (Redis, "EXPIRE"): within that,
// a scan looks for a key that is not in the plan.
func (c *Client) findEveryKey(ctx context.Context, p *Plan) error {
	if p.WholeDB {
		p.EveryKey = true
		return nil
	}
	n := int64(len(p.Keys))
	if n == 0 {
		return nil
	}
	size, err := c.Size(ctx)
	switch {
	case unsupported(err): // a scan still finds a key that is not in the plan
	case err != nil:
		return err
	case n >= size:
		p.EveryKey = true
		return nil
	case n < size-size/10-1:
		return nil
	}
	planned := make(map[string]struct{}, len(p.Keys))
	for _, k := range p.Keys {
		planned[string(k)] = struct{}{}
	}
	idx := keyspace.New(0)
	scan := c.NewScan(idx, ScanOptions{})
	for {
		page, err := scan.Next(ctx)
		if errors.Is(err, io.EOF) {
			p.EveryKey = true
			return nil
		}
		if unsupported(err) {
			return nil
		}
		if err != nil {
			return err
		}
		snap := idx.Snapshot()
		for id := page.From; id < page.To; id++ {
			if _, ok := planned[string(snap.Name(id))]; !ok {
				return nil
			}
		}
	}
}
