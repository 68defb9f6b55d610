package flask

import (
	"context"
	"errors"

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
func Guess(ctx context.Context, src Source, f *Index, typed ...string) (int, error) {
	g := guessing{src: src, f: f}
	for _, e := range f.entries {
		g.add(f.snap.Name(e.id))
	}
	for i := range f.suspects.list {
		g.add(f.snap.Name(f.suspects.list[i].id))
	}
	before := f.proofs.len()
	err := g.run(ctx, typed)
	return f.proofs.len() - before, err
}

// GuessOne is Guess for one entry, which need not be in the snapshot, and
// returns its call as Flask.Call does.
func GuessOne(ctx context.Context, src Source, f *Index, key []byte, typed ...string) (call string, ok bool, err error) {
	g := guessing{src: src, f: f}
	g.add(key)
	err = g.run(ctx, typed)
	call, ok = f.Call(key)
	return call, ok, err
}

// GuessKeys is Guess for some entries, which need not be in the snapshot.
func GuessKeys(ctx context.Context, src Source, f *Index, keys [][]byte) error {
	g := guessing{src: src, f: f}
	for _, key := range keys {
		g.add(key)
	}
	return g.run(ctx, nil)
}

// guessing is one Guess.
type guessing struct {
	*flaskcaching.Guesser
	src     Source
	f       *Index
	open    []openEntry
	learned *words // from values
}

// openEntry is an entry whose call is not known.
type openEntry struct {
	name  []byte
	entry Entry
}

// add notes an entry to be looked for.
func (g *guessing) add(name []byte) {
	entry, ok := g.f.Entry(name)
	if !ok || len(g.open) == maxGuessed {
		return
	}
	if _, known := g.f.proven(entry); !known {
		g.open = append(g.open, openEntry{name, entry})
	}
}

func (g *guessing) run(ctx context.Context, typed []string) error {
	if len(g.open) == 0 {
		return nil
	}
	w := newWords()
	for _, word := range typed {
		w.split(word)
	}
	w.names(ctx, g.f)
	g.Guesser = flaskcaching.NewGuesser(guessInts, w.list...)
	for i := range g.f.memvers {
		if m := &g.f.memvers[i]; m.instance == "" {
			g.AddFunction(flaskcaching.FunctionRef{Function: m.name})
		}
	}
	for _, o := range g.open {
		g.AddTarget(string(o.entry.Digest), o.entry.Owner.FunctionRef)
	}
	g.keep(g.Run(ctx))
	if g.Remaining() == 0 {
		return nil
	}
	g.bySignatures(ctx, w.list)
	g.learned = newWords()
	err := g.otherValues(ctx)
	if err == nil {
		err = g.ownValues(ctx)
	}
	if err == nil {
		g.SetWords(g.learned.list)
		g.keep(g.Run(ctx))
		g.bySignatures(ctx, g.learned.list)
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return err
}

// keep notes what was found.
func (g *guessing) keep(found []flaskcaching.GuessedCall) {
	for _, call := range found {
		g.f.proofs.put(call.Digest, provenCall{call.Function, call.Args})
	}
	if len(found) > 0 {
		g.f.noteFormerVersions()
	}
}

// ownValues tries the words of an entry's value as its arguments.
func (g *guessing) ownValues(ctx context.Context) error {
	var names [][]byte
	var read []openEntry
	orphans := 0
	for _, o := range g.open {
		if _, known := g.f.proven(o.entry); known || len(read) == guessValues {
			continue
		}
		if !o.entry.Live {
			if orphans++; orphans > guessOrphans {
				continue
			}
		}
		read = append(read, o)
		names = append(names, o.name)
	}
	err := g.src.Heads(ctx, names, guessHead, func(i int, head []byte, err error) {
		if err != nil || len(head) == 0 {
			return
		}
		entry := read[i].entry
		list := wordsIn(head)
		for _, word := range list {
			g.learned.add(word)
		}
		g.TryWords(ctx, string(entry.Digest), entry.Owner.FunctionRef, list)
	})
	return err
}

// otherValues collects the words in the values of the app's other keys.
func (g *guessing) otherValues(ctx context.Context) error {
	var names [][]byte
	for id := range uint32(g.f.snap.IDCount()) {
		if len(names) == otherValues || id%namesStep == 0 && ctx.Err() != nil {
			break
		}
		name := g.f.snap.Name(id)
		if _, own := g.f.PrefixOf(name); !own || !g.f.snap.IsAlive(id) || IsVersionName(name) {
			continue
		}
		if _, entry := g.f.Entry(name); !entry {
			names = append(names, name)
		}
	}
	return g.src.Heads(ctx, names, otherHead, func(_ int, head []byte, err error) {
		if err != nil {
			return
		}
		for _, word := range wordsIn(head) {
			g.learned.add(word)
		}
	})
}
