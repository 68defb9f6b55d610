package insight

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"cacheview/decode/keyname"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// SurveySource is what a survey needs of a server; *inspect.Client is one.
type SurveySource interface {
	Meta(ctx context.Context, names [][]byte, withSize bool) ([]inspect.Key, error)
	ExactSizes(ctx context.Context, keys []inspect.Key) error
	Digests(ctx context.Context, keys []inspect.Key) ([]inspect.Digest, error)
	Samples(ctx context.Context, keys []inspect.Key) ([]keyname.Sample, error)
}

// Options say how thorough a survey is. The zero value is a good one.
type Options struct {
	Prefix []byte // only keys that start with these bytes, literally
	Depth  int    // how many segments a prefix has; 0 means 1
	Delims string // characters that end a segment; "" means ":"
	// Exact looks at every key, and at every member of a collection.
	Exact bool
	// Duplicates reads the strings that are looked at, to find equal ones.
	Duplicates bool
	// Seed chooses the sample.
	Seed uint64
	// Seen may be nil; it is called with each key that was looked at.
	Seen func(inspect.Key)
	// Progress may be nil; it is called with the number of keys looked at.
	Progress func(done, total int)
}

const (
	// countAll is up to how many keys are all looked at.
	countAll = 20_000
	// sampleOf is how many keys are looked at of each prefix and function of a
	// larger database.
	sampleOf = 1000
	lookAt   = 2000 // keys between two calls of Progress
)

// cellKey is what can be told from a name at no cost. The keys of a cell are
// sampled together.
type cellKey struct {
	prefix, function string
	orphan, possible bool
}

// cell is a stratum of the sample.
type cell struct {
	cellKey
	keys   int
	ids    []uint32 // to look at
	looked int      // of these, those that were still there
}

// stands tells for how many keys those stand that were looked at. What was gone
// when its turn came, or had no turn, is taken for gone everywhere.
func (c *cell) stands() (keys, looked int) {
	return c.keys - (len(c.ids)-c.looked)*c.keys/max(len(c.ids), 1), c.looked
}

// Survey works out what the keys of a snapshot cost and when they expire, by
// prefix, framework and function. Up to 20,000 keys are all looked at; of more,
// 1,000 of each prefix and function, at random, and what follows from them has
// its margin. flask may be nil; then only readable names have functions. When
// ctx ends while keys are looked at, the report is Partial, beside the error.
func Survey(ctx context.Context, ask SurveySource, snap *keyspace.Snapshot, flask *inspect.FlaskIndex, opt Options) (*Report, error) {
	if opt.Depth < 1 {
		opt.Depth = 1
	}
	if opt.Delims == "" {
		opt.Delims = ":"
	}
	cells, total, err := strata(ctx, snap, flask, opt)
	if err != nil {
		return nil, err
	}
	t := newTally(total)
	looks := 0
	for _, c := range cells {
		looks += len(c.ids)
	}
	done := 0
	fail := func(err error) (*Report, error) {
		if ctx.Err() == nil || t.looked == 0 {
			return nil, err
		}
		r := t.report()
		r.Exact, r.Partial = false, true
		return r, err
	}
	for _, c := range cells {
		for ids := range slices.Chunk(c.ids, lookAt) {
			if ctx.Err() != nil {
				return fail(context.Cause(ctx))
			}
			keys, err := lookUp(ctx, ask, snap, ids, opt.Exact)
			if err != nil {
				return fail(err)
			}
			var digests []inspect.Digest
			if opt.Duplicates {
				if digests, err = ask.Digests(ctx, keys); err != nil {
					return fail(fmt.Errorf("duplicates: %w", err))
				}
			}
			samples, err := ask.Samples(ctx, keys)
			if err != nil {
				return fail(err)
			}
			t.add(c, keys, samples, digests)
			if opt.Seen != nil {
				for _, k := range keys {
					opt.Seen(k)
				}
			}
			if done += len(ids); opt.Progress != nil {
				opt.Progress(done, looks)
			}
		}
	}
	return t.report(), nil
}

func lookUp(ctx context.Context, ask SurveySource, snap *keyspace.Snapshot, ids []uint32, exact bool) ([]inspect.Key, error) {
	names := make([][]byte, len(ids))
	for i, id := range ids {
		names[i] = snap.Name(id)
	}
	keys, err := ask.Meta(ctx, names, true)
	if err != nil {
		return nil, err
	}
	if exact {
		err = ask.ExactSizes(ctx, keys)
	}
	return keys, err
}

// strata sorts the names of a snapshot into cells and draws the sample of each
// by Vitter's algorithm R, in one pass. It returns the cells in a fixed order.
func strata(ctx context.Context, snap *keyspace.Snapshot, flask *inspect.FlaskIndex, opt Options) ([]*cell, int, error) {
	rng := rand.New(rand.NewPCG(opt.Seed, 0x9e3779b97f4a7c15))
	byKey := map[cellKey]*cell{}
	var cells []*cell
	total := 0
	prefixes := inspect.PrefixesOf(flask)
	all := opt.Exact || snap.KeyCount() <= countAll
	for id := range uint32(snap.IDCount()) {
		if id%10_000 == 0 && ctx.Err() != nil {
			return nil, 0, context.Cause(ctx)
		}
		if !snap.IsAlive(id) {
			continue
		}
		name := snap.Name(id)
		if !bytes.HasPrefix(name, opt.Prefix) {
			continue
		}
		total++
		k := cellKey{prefix: string(prefixes.Segments(name, opt.Delims, opt.Depth))}
		if flask != nil {
			if o, ok := flask.Owner(name); ok {
				k.function = o.Function
			}
			status := flask.Status(name)
			k.orphan, k.possible = status.State == inspect.ResultStale, status.State == inspect.ResultPossible
		}
		c := byKey[k]
		if c == nil {
			c = &cell{cellKey: k}
			byKey[k] = c
			cells = append(cells, c)
		}
		c.keys++
		if all || len(c.ids) < sampleOf {
			c.ids = append(c.ids, id)
		} else if at := rng.IntN(c.keys); at < sampleOf {
			c.ids[at] = id
		}
	}
	return cells, total, nil
}

// Classify returns the framework that wrote a key and the function whose
// result it is, as far as its name, or the app's other keys, tell.
func Classify(name []byte, flask *inspect.FlaskIndex) (framework, function string) {
	if flask != nil {
		if o, ok := flask.Owner(name); ok {
			return "flask-caching", o.Function
		}
		if flask.Orphan(name) {
			return "flask-caching", ""
		}
	}
	k := keyname.Explain(name, keyname.Sample{})
	if k.Kind != "memver" {
		function, _ = k.Part("function")
	}
	return k.Framework, function
}

// timeLeft is what is left of a key's time to live when it was looked at, 0
// when it has none.
func timeLeft(k inspect.Key) keyspace.TTL {
	if k.Meta.Expiry <= 0 {
		return 0
	}
	return max(keyspace.TTLAt(k.Meta.Expiry, k.At), 1)
}
