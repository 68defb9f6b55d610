package inspect

import (
	"context"

	"cacheview/decode/flaskcaching"
)

const (
	guessInts    = 10_000  // the integers that are tried of every function
	maxGuessed   = 200_000 // entries that are looked for at once
	guessValues  = 20_000  // values that are read for the words in them
	guessOrphans = 2000    // of those, orphans
	guessHead    = 1 << 10 // bytes of each
	otherValues  = 2000    // values of the app's other keys, and
	otherHead    = 4 << 10 // bytes of each
)

// Guess looks for the arguments behind entries, orphans too, and returns how
// many more it knows now. It tries what flaskcaching.Guesser does, with words
// that a person typed, with those in the names of all keys, and, for what is
// then left, with those in the values of the entries themselves and of the
// app's other keys, of which it reads the beginnings in small batches. What it
// finds is proven by the hash in the entry's name.
//
// It takes as long as ctx lets it, which is not an error when that is a
// deadline, and at most some seconds.
func (c *Client) Guess(ctx context.Context, f *Flask, typed ...string) (int, error) {
	g := guessing{c: c, f: f, before: f.proofs.len()}
	w := newWords()
	for _, word := range typed {
		w.split(word)
	}
	w.names(ctx, f)
	g.Guesser = flaskcaching.NewGuesser(guessInts, w.list...)
	g.want()
	g.keep(g.Run(ctx))
	if g.Left() == 0 || ctx.Err() != nil {
		return g.done(ctx, nil)
	}
	g.learned = newWords()
	if err := g.otherValues(ctx); err != nil {
		return g.done(ctx, err)
	}
	if err := g.ownValues(ctx); err != nil {
		return g.done(ctx, err)
	}
	g.Learn(g.learned.list)
	g.keep(g.Run(ctx))
	return g.done(ctx, nil)
}

// guessing is one Guess.
type guessing struct {
	*flaskcaching.Guesser
	c       *Client
	f       *Flask
	before  int // calls that were known
	open    []openEntry
	orphans int
	learned *words // from values
}

// openEntry is an entry whose call is not known.
type openEntry struct {
	id    uint32
	entry takenEntry
}

// want tells the Guesser what to look for.
func (g *guessing) want() {
	for i := range g.f.memvers {
		if m := &g.f.memvers[i]; m.instance == "" {
			g.Know(flaskcaching.Owner{Function: m.name})
		}
	}
	add := func(id uint32) {
		entry, ok := g.f.take(g.f.snap.Name(id))
		if !ok || !g.f.snap.Live(id) || len(g.open) == maxGuessed {
			return
		}
		if _, known := g.f.proofs.get(entry.digest); known {
			return
		}
		g.Want(string(entry.digest), entry.owner.Owner)
		g.open = append(g.open, openEntry{id, entry})
	}
	for _, e := range g.f.entries {
		add(e.id)
	}
	for _, id := range g.f.orphans {
		add(id)
	}
}

// keep notes what was found.
func (g *guessing) keep(found []flaskcaching.Guessed) {
	for _, call := range found {
		g.f.proofs.put(call.Digest, provenCall{call.Function, call.Args})
	}
}

func (g *guessing) done(ctx context.Context, err error) (int, error) {
	if context.Cause(ctx) == context.DeadlineExceeded {
		err = nil
	}
	return g.f.proofs.len() - g.before, err
}

// ownValues tries the words of an entry's value as its arguments.
func (g *guessing) ownValues(ctx context.Context) error {
	var names [][]byte
	var read []openEntry
	orphans := 0
	for _, o := range g.open {
		if _, known := g.f.proofs.get(o.entry.digest); known || len(read) == guessValues {
			continue
		}
		if o.entry.orphan {
			if orphans++; orphans > guessOrphans {
				continue
			}
		}
		read = append(read, o)
		names = append(names, g.f.snap.Name(o.id))
	}
	err := g.c.heads(ctx, names, guessHead, func(i int, head []byte) {
		entry := read[i].entry
		list := wordsIn(head)
		for _, word := range list {
			g.learned.add(word)
		}
		g.Words(ctx, string(entry.digest), entry.owner.Owner, list)
	})
	return err
}

// otherValues collects the words in the values of the app's other keys.
func (g *guessing) otherValues(ctx context.Context) error {
	var names [][]byte
	for id := range uint32(g.f.snap.Len()) {
		if len(names) == otherValues || id%namesStep == 0 && ctx.Err() != nil {
			break
		}
		name := g.f.snap.Name(id)
		if _, own := g.f.prefixOf(name); !own || !g.f.snap.Live(id) || isMemverName(name) {
			continue
		}
		if _, entry := g.f.take(name); !entry {
			names = append(names, name)
		}
	}
	return g.c.heads(ctx, names, otherHead, func(_ int, head []byte) {
		for _, word := range wordsIn(head) {
			g.learned.add(word)
		}
	})
}
