package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"cacheview/inspect/keyspace"
)

// ErrSelection is returned for a Selection that does not say exactly one thing.
// An empty prefix is no way to say "everything".
var ErrSelection = errors.New("select keys, a prefix, a glob, or the whole database")

const (
	// surveyAll is up to how many keys a plan looks at every one; of more, it
	// looks at surveySome and estimates.
	surveyAll  = 20_000
	surveySome = 5_000
	sampleSize = 10
)

// Plan finds out exactly which keys a selection means, and what is known of
// them, and changes nothing. Keys that do not exist are left out. It is an
// error (*ProtectedError) when one of the keys is protected. progress may be
// nil; it is called while the keys are listed.
func (c *Client) Plan(ctx context.Context, sel Selection, progress func(Progress)) (*Plan, error) {
	p := &Plan{Server: c.Server(), Types: map[keyspace.Type]int{}, WholeDB: sel.All}
	if err := p.describe(sel); err != nil {
		return nil, err
	}
	var err error
	if len(sel.Keys) > 0 {
		p.Keys, err = c.existing(ctx, sel.Keys)
	} else {
		p.Keys, err = c.list(ctx, ScanOptions{Prefix: sel.Prefix, Match: sel.Glob}, progress)
	}
	if err != nil {
		return nil, err
	}
	if err := c.protected(p.Keys); err != nil {
		return nil, err
	}
	if err := c.survey(ctx, p); err != nil {
		return nil, err
	}
	for i := range min(sampleSize, len(p.Keys)) {
		p.Sample = append(p.Sample, p.Keys[i])
	}
	return p, nil
}

// describe says in words what was selected, and that it is one thing.
func (p *Plan) describe(sel Selection) error {
	said := 0
	say := func(yes bool, format string, args ...any) {
		if yes {
			said++
			p.What = fmt.Sprintf(format, args...)
		}
	}
	say(len(sel.Keys) == 1, "key %q", first(sel.Keys))
	say(len(sel.Keys) > 1, "%d keys", len(sel.Keys))
	say(len(sel.Prefix) > 0, "prefix %q", sel.Prefix)
	say(sel.Glob != "", "glob %q", sel.Glob)
	say(sel.All, "the whole database %s", p.Server.Name())
	if said != 1 {
		return ErrSelection
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
	idx := keyspace.New(0)
	scan := c.NewScan(idx, opt)
	for {
		page, err := scan.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if progress != nil {
			progress(page.Progress)
		}
	}
	snap := idx.Snapshot()
	keys := make([][]byte, 0, snap.Living())
	for id := range uint32(snap.Len()) {
		if snap.Live(id) {
			keys = append(keys, snap.Name(id))
		}
	}
	return keys, nil
}

// existing returns those of the keys that exist, each once, in their order. A
// key that may not be looked at is left in: deleting it will tell.
func (c *Client) existing(ctx context.Context, keys [][]byte) ([][]byte, error) {
	seen := make(map[string]struct{}, len(keys))
	once := make([][]byte, 0, len(keys))
	for _, k := range keys {
		if _, ok := seen[string(k)]; !ok {
			seen[string(k)] = struct{}{}
			once = append(once, bytes.Clone(k))
		}
	}
	metas, err := c.Meta(ctx, once, false)
	if err != nil {
		return nil, err
	}
	kept := once[:0]
	for _, m := range metas {
		if m.Exists {
			kept = append(kept, m.Name)
		}
	}
	return kept, nil
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

// survey adds up types, sizes and times to live, of all keys or of a sample
// taken at even distances.
func (c *Client) survey(ctx context.Context, p *Plan) error {
	look := p.Keys
	p.Exact = len(p.Keys) <= surveyAll
	if !p.Exact {
		look = make([][]byte, surveySome)
		for i := range look {
			look[i] = p.Keys[i*len(p.Keys)/surveySome]
		}
	}
	metas, err := c.Meta(ctx, look, true)
	if err != nil {
		return err
	}
	p.remember(metas)
	for _, m := range metas {
		if !m.Exists {
			continue
		}
		p.Types[m.Meta.Type]++
		p.Bytes += max(m.Meta.Size, 0)
		switch m.Meta.Expiry {
		case keyspace.UnknownExpiry:
		case keyspace.NoExpiry:
			p.NoTTL++
		default:
			p.spread(time.Duration(m.Meta.Expiry-m.At.UnixMilli()) * time.Millisecond)
		}
	}
	if !p.Exact {
		scale := float64(len(p.Keys)) / float64(len(look))
		p.Bytes = int64(float64(p.Bytes) * scale)
		p.NoTTL = int(float64(p.NoTTL) * scale)
		for t, n := range p.Types {
			p.Types[t] = int(float64(n) * scale)
		}
	}
	return nil
}

func (p *Plan) spread(ttl time.Duration) {
	if p.Latest == 0 || ttl < p.Soonest {
		p.Soonest = ttl
	}
	p.Latest = max(p.Latest, ttl, 1)
}
