package inspect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"cacheview/inspect/keyspace"
)

const (
	inspectStep = 10_000 // keys between two calls of progress
	// inspectWorkers limits the batches of a plan that are in flight.
	inspectWorkers = 3
)

// inspection reads the metadata and fingerprints of the keys of a plan while
// they are still being listed. Batches are in flight in parallel, and are added
// to the plan in their order.
type inspection struct {
	c        *Client
	progress func(Progress)
	ctx      context.Context // of the errgroup, for one plan
	group    *errgroup.Group

	mu       sync.Mutex
	listed   int // keys
	done     int
	complete bool // all keys are listed
	batches  []*inspected
	noScript bool
}

// inspected is one batch of an inspection.
type inspected struct {
	keys   []Key
	prints []fingerprint
	skew   int64
}

func (c *Client) newInspection(ctx context.Context, progress func(Progress)) *inspection {
	in := &inspection{c: c, progress: progress}
	in.group, in.ctx = errgroup.WithContext(ctx)
	in.group.SetLimit(inspectWorkers)
	in.noScript = !c.scripted() || c.cluster != nil || c.lacks("MEMORY USAGE")
	return in
}

// add inspects keys. It waits while enough batches are in flight, which slows
// the scan down to the pace of the inspection.
func (in *inspection) add(names [][]byte) {
	for some := range slices.Chunk(names, MetaBatchSize) {
		b := new(inspected)
		in.mu.Lock()
		closely := in.listed < closely
		in.listed += len(some)
		in.batches = append(in.batches, b)
		in.mu.Unlock()
		in.group.Go(func() error {
			if err := in.ctx.Err(); err != nil {
				return context.Cause(in.ctx)
			}
			if err := in.read(b, some, closely); err != nil {
				return err
			}
			in.step(len(some))
			return nil
		})
	}
}

// step counts keys that were inspected, and reports it once all are listed.
func (in *inspection) step(n int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	before := in.done
	in.done += n
	if in.progress != nil && in.complete && (in.done == in.listed || before/inspectStep != in.done/inspectStep) {
		in.progress(Progress{Scanned: in.listed, Inspected: in.done, Done: in.done == in.listed})
	}
}

// finish waits for all batches and puts the keys that exist into p.
func (in *inspection) finish(ctx context.Context, p *Plan) error {
	in.mu.Lock()
	in.complete = true
	early := in.done == in.listed
	in.mu.Unlock()
	if err := in.group.Wait(); err != nil {
		return err
	}
	if early && in.progress != nil && in.listed > 0 {
		in.progress(Progress{Scanned: in.listed, Inspected: in.done, Done: true})
	}
	p.Keys, p.seen = make([][]byte, 0, in.listed), make([]fingerprint, 0, in.listed)
	others := newNonCache(in.listed)
	for _, b := range in.batches {
		p.skew = b.skew
		if err := others.add(ctx, in.c, b.keys); err != nil {
			return err
		}
		for i, k := range b.keys {
			if k.Exists {
				p.add(k, b.prints[i])
			}
		}
	}
	p.NonCache, p.NonCacheSampled = others.list()
	p.Missing = in.listed - len(p.Keys)
	return nil
}

// read fills in a batch, by a script if that is possible.
func (in *inspection) read(b *inspected, names [][]byte, closely bool) error {
	in.mu.Lock()
	scripted := !in.noScript
	in.mu.Unlock()
	if scripted {
		err := in.c.inspectByScript(in.ctx, b, names)
		switch {
		case err == nil:
			return nil
		case !isReply(err) && !errors.Is(err, errReply):
			return in.c.lostErr(fmt.Errorf("metadata: %w", err))
		case !keyRefused(err): // the server does not have what the script calls
			in.mu.Lock()
			in.noScript = true
			in.mu.Unlock()
		}
	}
	keys := make([]Key, len(names))
	if err := in.c.metaBatch(in.ctx, in.c.pipeline, names, true, keys); err != nil {
		return err
	}
	prints, err := in.c.fingerprints(in.ctx, in.c.pipeline, keys, closely)
	b.keys, b.prints = keys, prints
	return err
}

// inspectByScript is read with one command.
func (c *Client) inspectByScript(ctx context.Context, b *inspected, names [][]byte) error {
	limit := closelyMax
	if c.lacks("DUMP") {
		limit = -1
	}
	reply, err := c.runOne(ctx, inspectScript, scriptCall{keys: names, args: []any{limit}})
	if err != nil {
		return err
	}
	rd := replyReader(reply)
	if n, err := rd.array(); err != nil || n != 1+4*len(names) {
		return cmp.Or(err, errReply)
	}
	now, err := rd.number()
	if err != nil {
		return err
	}
	b.skew = time.Now().UnixMilli() - now
	b.keys, b.prints = make([]Key, len(names)), make([]fingerprint, len(names))
	var far []int // whose expiry Lua cannot hold exactly
	for i, name := range names {
		k := &b.keys[i]
		*k = Key{Name: name, At: time.UnixMilli(now), Meta: keyspace.Meta{Size: -1, Expiry: keyspace.UnknownExpiry}}
		typ, terr := rd.text()
		expiry, eerr := rd.number()
		size, serr := rd.number()
		sum, merr := rd.text()
		if err := cmp.Or(terr, eerr, serr, merr); err != nil {
			return err
		}
		if string(typ) == "none" || expiry == -2 {
			c.looks.misses.Add(1)
			continue
		}
		k.Exists, k.Meta.Type = true, keyspace.ParseType(string(typ))
		if size > 0 {
			k.Meta.Size = size
		}
		if expiry >= -1 {
			k.Meta.Expiry = expiry
		} else {
			far = append(far, i)
		}
		p := fingerprint{typ: k.Meta.Type, expiry: k.Meta.Expiry, bytes: k.Meta.Size, exact: true}
		looked := int64(2) // TYPE and PEXPIRETIME
		if len(sum) == 16 {
			p.sum, err = strconv.ParseUint(string(sum), 16, 64)
			p.sumed = err == nil
			looked++
		}
		c.looks.hits.Add(looked)
		b.prints[i] = p
	}
	replies, err := c.pipeline(ctx, len(far), func(i int) []any { return []any{"pexpiretime", names[far[i]]} })
	if err != nil {
		return err
	}
	for n, i := range far {
		if at, err := replies[n].number(); err == nil && at > 0 {
			b.keys[i].Meta.Expiry, b.prints[i].expiry = at, at
		}
	}
	return c.lengthsOf(ctx, b)
}

// lengthsOf completes the fingerprints of keys that are too large to compare
// their contents.
func (c *Client) lengthsOf(ctx context.Context, b *inspected) error {
	var open []question
	for i, k := range b.keys {
		if command := lengthOf[k.Meta.Type]; k.Exists && !b.prints[i].sumed && command != "" {
			open = append(open, question{i, command})
		}
	}
	replies, err := c.pipeline(ctx, len(open), func(i int) []any {
		return []any{open[i].command, b.keys[open[i].key].Name}
	})
	if err != nil {
		return err
	}
	for i, r := range replies {
		b.prints[open[i].key].hear(open[i].command, r)
	}
	return nil
}

// add puts a key that was inspected into the plan.
func (p *Plan) add(k Key, seen fingerprint) {
	p.Keys, p.seen = append(p.Keys, k.Name), append(p.seen, seen)
	p.Types[k.Meta.Type]++
	p.Bytes += max(k.Meta.Size, 0)
	// The length of a string is its bytes.
	if k.Meta.Size > saveKeyMax && (!k.ByLength || k.Meta.Type == keyspace.String) {
		p.TooLarge++
		p.TooLargeBytes += k.Meta.Size
	}
	switch k.Meta.Expiry {
	case keyspace.UnknownExpiry, keyspace.FieldsExpire:
	case keyspace.NoExpiry:
		p.NoTTL++
	default:
		ttl := keyspace.TTLAt(k.Meta.Expiry, k.At)
		if p.MaxTTL == 0 || ttl < p.MinTTL {
			p.MinTTL = ttl
		}
		p.MaxTTL = max(p.MaxTTL, ttl, 1)
	}
}
