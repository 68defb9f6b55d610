package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"cacheview/inspect/keyspace"
)

// EventKind is the kind of an Event.
type EventKind string

// The kinds of events. A key is Changed or Expired only where the Follower has
// seen it before: at the beginning, in a database that is not too large to be
// listed then, or since.
const (
	Set     EventKind = "set"
	Changed EventKind = "changed"
	Gone    EventKind = "gone"    // deleted or evicted, or it expired and was never seen
	Expired EventKind = "expired" // its time to live, as last seen, had ended
	Flushed EventKind = "flush"   // the database was emptied
	Missed  EventKind = "missed"  // there were too many changes to tell
)

// Event is one change of the database.
type Event struct {
	When time.Time // when it was noticed
	What EventKind
	Key  Key // no name for Flushed and Missed; of what is gone, as it was last seen
}

// FollowOptions say which changes are told.
type FollowOptions struct {
	Prefix []byte        // literal
	Match  string        // a glob, as Redis matches
	Type   keyspace.Type // UnknownType is all; what is gone unseen has no type and is told
}

const (
	// followMax is how many keys a database may have to be listed again by a
	// timer, where the server does not tell what changes.
	followMax = 2000
	// followEvery is the time between two of these listings.
	followEvery = time.Second
	// followStart is how many keys a database may have to be listed once at the
	// beginning, so as to know what there is.
	followStart = 20_000
	// followKnown is how many keys are remembered as they were last seen.
	followKnown = 100_000
)

// ErrPollLimit is a server that does not tell what changes, with a database
// that is too large to be listed again and again.
var ErrPollLimit = errors.New("the server does not report changes, and its database has too many keys to list every second")

// Follower tells what happens to keys, one event a change.
type Follower struct {
	c      *Client
	opt    FollowOptions
	watch  *Watch // nil when it lists again
	wanted func([]byte) bool
	known  map[string]Key
	listed bool
	// complete is set while every key that exists is known. Then what is gone
	// and was not known was never here: other databases are tracked, too.
	complete bool
}

// Follow begins to follow the changes of the database, by Watch where the
// server can, else by listing it every second if it has at most 2,000 keys. It
// fails with ErrTooManyToPoll where neither can be done.
func (c *Client) Follow(ctx context.Context, opt FollowOptions) (*Follower, error) {
	f := &Follower{c: c, opt: opt, known: map[string]Key{}}
	f.wanted = func(name []byte) bool { return bytes.HasPrefix(name, opt.Prefix) }
	if opt.Match != "" {
		match := keyspace.MatchGlob(opt.Match)
		f.wanted = func(name []byte) bool { return bytes.HasPrefix(name, opt.Prefix) && match(name) }
	}
	w, err := c.Watch(ctx)
	if err == nil {
		f.watch = w
		if _, err := f.list(ctx, followStart); err != nil && !errors.Is(err, ErrPollLimit) {
			_ = w.Close()
			return nil, err
		}
		return f, nil
	}
	if !errors.Is(err, ErrNoTracking) {
		return nil, err
	}
	n, err := c.Size(ctx)
	if err != nil {
		return nil, err
	}
	if n > followMax {
		return nil, fmt.Errorf("%w (%d, at most %d)", ErrPollLimit, n, followMax)
	}
	_, err = f.list(ctx, followMax) // what is there already is no change
	return f, err
}

// UsesTracking says whether the server tells what changes; otherwise the database
// is listed every second, and what changes twice in between is told once.
func (f *Follower) UsesTracking() bool { return f.watch != nil }

// Close ends following.
func (f *Follower) Close() error {
	if f.watch == nil {
		return nil
	}
	return f.watch.Close()
}

// Next waits until something that was asked for has happened. The events are
// in no order but by name.
func (f *Follower) Next(ctx context.Context) ([]Event, error) {
	for {
		var events []Event
		var err error
		if f.watch != nil {
			events, err = f.tracked(ctx)
		} else {
			events, err = f.polled(ctx)
		}
		if err != nil || len(events) > 0 {
			return events, err
		}
	}
}

func (f *Follower) tracked(ctx context.Context) ([]Event, error) {
	ch, err := f.watch.Next(ctx)
	if err != nil {
		return nil, err
	}
	var events []Event
	switch {
	case ch.Flushed:
		clear(f.known)
		events = append(events, Event{When: time.Now(), What: Flushed})
	case ch.Missed:
		f.complete = false
		events = append(events, Event{When: time.Now(), What: Missed})
	}
	names := slices.DeleteFunc(ch.Names, func(name []byte) bool { return !f.wanted(name) })
	slices.SortFunc(names, bytes.Compare)
	keys, err := f.c.Meta(ctx, names, true)
	if err != nil {
		return events, err
	}
	return append(events, f.events(keys)...), nil
}

// expirySlack is how far off a key's expiry may be: it was worked out when the
// answer of a whole pipeline had arrived.
const expirySlack = 100 * time.Millisecond

// HasExpired tells whether a key that is gone, and was last seen so, has expired
// and was not deleted. In the last moments of its life the two look alike.
func HasExpired(last keyspace.Meta, now time.Time) bool {
	return last.Expiry > 0 && last.Expiry <= now.Add(expirySlack).UnixMilli()
}

// polled lists the database and compares it with the last listing.
func (f *Follower) polled(ctx context.Context) ([]Event, error) {
	timer := time.NewTimer(followEvery)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return f.list(ctx, followMax)
}

// list compares what there is with what is known, which is no event the first
// time.
func (f *Follower) list(ctx context.Context, most int) ([]Event, error) {
	if n, err := f.c.Size(ctx); err == nil && n > int64(most) {
		return nil, ErrPollLimit
	}
	idx := keyspace.New(0)
	scan := f.c.NewScan(idx, ScanOptions{Prefix: f.opt.Prefix, Match: f.opt.Match})
	for {
		if _, err := scan.Next(ctx); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if idx.Len() > most {
			return nil, ErrPollLimit
		}
	}
	names := make([][]byte, 0, idx.Len())
	snap := idx.Snapshot()
	for id := range uint32(snap.IDCount()) {
		if snap.IsAlive(id) {
			names = append(names, snap.Name(id))
		}
	}
	for name := range f.known {
		if _, ok := idx.Lookup([]byte(name)); !ok {
			names = append(names, []byte(name))
		}
	}
	slices.SortFunc(names, bytes.Compare)
	keys, err := f.c.Meta(ctx, names, true)
	if err != nil {
		return nil, err
	}
	if !f.listed {
		f.listed, f.complete = true, true
		f.events(keys)
		return nil, nil
	}
	return f.events(slices.DeleteFunc(keys, func(k Key) bool {
		was, seen := f.known[string(k.Name)]
		return seen && k.Exists && sameMeta(was.Meta, k.Meta)
	})), nil
}

// sameMeta allows for the clock: before Redis 7 an expiry is what was left when
// it was asked for.
func sameMeta(a, b keyspace.Meta) bool {
	near := a.Expiry == b.Expiry
	if a.Expiry > 0 && b.Expiry > 0 {
		d := a.Expiry - b.Expiry
		near = -100 < d && d < 100
	}
	return a.Type == b.Type && a.Size == b.Size && near
}

// events says what happened to keys, and remembers them.
func (f *Follower) events(keys []Key) []Event {
	var events []Event
	now := time.Now()
	for _, k := range keys {
		was, seen := f.known[string(k.Name)]
		e := Event{When: now, What: Set, Key: k}
		switch {
		case k.Exists && seen:
			e.What = Changed
		case !k.Exists && !seen && f.complete:
			continue
		case !k.Exists:
			e.What = Gone
			if seen {
				if e.Key = was; HasExpired(was.Meta, now) {
					e.What = Expired
				}
			}
		}
		if t := e.Key.Meta.Type; f.opt.Type != keyspace.UnknownType && t != f.opt.Type && (k.Exists || seen) {
			continue
		}
		delete(f.known, string(k.Name))
		switch {
		case !k.Exists:
		case len(f.known) < followKnown:
			f.known[string(k.Name)] = k
		default:
			f.complete = false
		}
		events = append(events, e)
	}
	return events
}
