package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"cacheview/decode"
	"cacheview/inspect/keyspace"
)

// ErrAmbiguousSelection is returned for a Selection that does not say exactly one thing.
// An empty prefix is no way to say "everything".
var ErrAmbiguousSelection = errors.New("select keys, a prefix, a glob, or the whole database")

const sampleSize = 10

// Plan finds out exactly which keys a selection means, and what is known of
// them, and changes nothing. Keys that do not exist are left out. It is an
// error (*ProtectedError) when one of the keys is protected. progress may be
// nil; it is called while the keys are listed, and while they are looked at.
func (c *Client) Plan(ctx context.Context, sel Selection, progress func(Progress)) (*Plan, error) {
	p := &Plan{Server: c.Server(), Types: map[keyspace.Type]int{}, WholeDB: sel.All}
	if err := p.describe(sel); err != nil {
		return nil, err
	}
	in := c.newInspection(ctx, progress)
	if len(sel.Keys) > 0 {
		keys := once(sel.Keys)
		if err := c.protected(keys); err != nil {
			return nil, err
		}
		in.add(keys)
	} else if err := c.listInto(ctx, ScanOptions{Prefix: sel.Prefix, Match: sel.Glob}, in, progress); err != nil {
		_ = in.group.Wait()
		return nil, err
	}
	if err := c.finish(ctx, p, in); err != nil {
		return nil, err
	}
	if len(sel.Keys) == 0 {
		p.Missing = 0 // expired since they were listed
	}
	if err := c.leftOver(ctx, p, sel.Snapshot, progress); err != nil {
		return nil, err
	}
	return p, nil
}

// listInto has the keys that a scan finds inspected while it goes on.
func (c *Client) listInto(ctx context.Context, opt ScanOptions, in *inspection, progress func(Progress)) error {
	idx := keyspace.New(0)
	scan := c.NewScan(idx, opt)
	for {
		page, err := scan.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if progress != nil {
			progress(page.Progress)
		}
		if page.To <= page.From {
			continue
		}
		snap := idx.Snapshot()
		names := make([][]byte, 0, page.To-page.From)
		for id := page.From; id < page.To; id++ {
			names = append(names, snap.Name(id))
		}
		if err := c.protected(names); err != nil {
			return err
		}
		in.add(names)
	}
}

// finish completes a plan whose keys are being inspected.
func (c *Client) finish(ctx context.Context, p *Plan, in *inspection) error {
	if err := in.finish(ctx, p); err != nil {
		return err
	}
	p.Sample = slices.Clone(p.Keys[:min(sampleSize, len(p.Keys))])
	if err := c.findEveryKey(ctx, p); err != nil {
		return err
	}
	return c.probeUndo(ctx, p)
}

// planKeys plans for keys by name.
func (c *Client) planKeys(ctx context.Context, p *Plan, progress func(Progress)) (*Plan, error) {
	if err := c.protected(p.Keys); err != nil {
		return nil, err
	}
	in := c.newInspection(ctx, progress)
	in.add(p.Keys)
	if err := c.finish(ctx, p, in); err != nil {
		return nil, err
	}
	p.Missing = 0
	return p, nil
}

// describe says in words what was selected, and that it is one thing.
func (p *Plan) describe(sel Selection) error {
	said := 0
	say := func(yes bool, format string, args ...any) {
		if yes {
			said++
			p.Description = fmt.Sprintf(format, args...)
		}
	}
	say(len(sel.Keys) == 1, `key "%s"`, decode.PrintableName(first(sel.Keys)))
	say(len(sel.Keys) > 1, "%d keys", len(sel.Keys))
	say(len(sel.Prefix) > 0 && sel.Glob == "", `prefix "%s"`, decode.PrintableName(sel.Prefix))
	say(sel.Glob != "" && len(sel.Prefix) == 0, `glob "%s"`, decode.Printable(sel.Glob))
	say(sel.Glob != "" && len(sel.Prefix) > 0, `prefix "%s", glob "%s"`, decode.PrintableName(sel.Prefix), decode.Printable(sel.Glob))
	say(sel.All, "the whole database %s", p.Server.Name())
	if said != 1 {
		return ErrAmbiguousSelection
	}
	if sel.What != "" {
		p.Description = sel.What
	}
	return nil
}

func first(keys [][]byte) []byte {
	if len(keys) == 0 {
		return nil
	}
	return keys[0]
}

// list returns the names that a scan finds, each once.
func (c *Client) list(ctx context.Context, opt ScanOptions, progress func(Progress)) ([][]byte, error) {
	snap, err := c.listed(ctx, opt, progress)
	if err != nil {
		return nil, err
	}
	keys := make([][]byte, 0, snap.KeyCount())
	for id := range uint32(snap.IDCount()) {
		if snap.IsAlive(id) {
			keys = append(keys, snap.Name(id))
		}
	}
	return keys, nil
}

// listed is what a scan finds.
func (c *Client) listed(ctx context.Context, opt ScanOptions, progress func(Progress)) (*keyspace.Snapshot, error) {
	idx := keyspace.New(0)
	scan := c.NewScan(idx, opt)
	for {
		page, err := scan.Next(ctx)
		if errors.Is(err, io.EOF) {
			return idx.Snapshot(), nil
		}
		if err != nil {
			return nil, err
		}
		if progress != nil {
			progress(page.Progress)
		}
	}
}

// once returns a copy of the keys, each once, in their order.
func once(keys [][]byte) [][]byte {
	seen := make(map[string]struct{}, len(keys))
	kept := make([][]byte, 0, len(keys))
	for _, k := range keys {
		if _, ok := seen[string(k)]; !ok {
			seen[string(k)] = struct{}{}
			kept = append(kept, bytes.Clone(k))
		}
	}
	return kept
}

// protected returns an error for the first key that is under a protected
// prefix.
func (c *Client) protected(keys [][]byte) error {
	for _, prefix := range c.cfg.Protected {
		for _, k := range keys {
			if bytes.HasPrefix(k, []byte(prefix)) {
				return &ProtectedError{Prefix: prefix, Key: bytes.Clone(k)}
			}
		}
	}
	return nil
}
