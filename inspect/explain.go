package inspect

import (
	"context"
	"errors"
	"slices"
	"strings"

	"cacheview/decode"
	"cacheview/decode/keyname"
	"cacheview/inspect/flask"
	"cacheview/inspect/keyspace"
)

// Explanation says what a key is, in words for people. Texts that come from
// the server are not yet made safe for a terminal.
type Explanation struct {
	Key    []byte
	Exists bool
	// Framework wrote the key, empty when no convention fits. Certain is true
	// if that is proven by name and value; Support says by what.
	Framework string
	Certain   bool
	Support   string
	Layers    []string       // of the value, outermost first
	Kind      string         // what the framework keeps there: "view", "memoize", "session"
	Parts     []keyname.Part // of the name, in order
	Function  string         // module.qualname of a memoized function
	Instance  string         // repr of the object, for a method
	Call      string         // the call whose result it is, proven: app.square(4)
	// Stale is true when the application cannot reach the key any more; Why
	// says why, or why it is still reached.
	Stale bool
	Why   string
	// Possible is true for a key that is possibly a left-over result, of which
	// it is not proven that the application cannot reach it. Reason then says
	// why that is not known.
	Possible bool
	Reason   string
	// EffectiveExpiry is when a result stops being reached, in Unix
	// milliseconds: the earlier of its own expiry and its version's. It has the
	// special values of keyspace.Meta.Expiry, and is 0 for other keys.
	EffectiveExpiry int64
	TTL             string // how its time to live comes about and what that means now
	// Invalidate is how the application would be rid of it.
	Invalidate string
	// Of a version: the results that die with it, and the size of Sized of
	// them.
	Entries int
	Bytes   int64
	Sized   int
	// Where is the place of the key in a cluster, nil elsewhere.
	Where *Where
}

// Where is the place of a key in a cluster.
type Where struct {
	Slot int    // the hash slot
	Node string // the address of the master that has the slot
}

// explainBytes is how much of a value is read to tell which framework wrote it.
const explainBytes = 64 << 10

// explainRows is how many members of a collection are read for that.
const explainRows = 50

// Explain says what a key is: by its name, by the layers of its value, and for
// Flask-Caching by f, which may be nil when nothing is known of the app. A key
// that does not exist is explained by its name.
func (c *Client) Explain(ctx context.Context, key []byte, f *FlaskIndex) (Explanation, error) {
	w, err := c.Read(ctx, key, ReadOptions{Limit: explainBytes, Rows: explainRows})
	gone := errors.Is(err, ErrNoKey)
	if IsDisconnected(err) || ctx.Err() != nil {
		return Explanation{Key: key}, err
	}
	var sample keyname.Sample
	switch {
	case err == nil:
		sample = windowSample(w)
		if sample.Layers == nil && len(w.Raw) > 0 {
			sample.Layers = decode.Decode(w.Raw, decode.Options{Key: key}).Names()
		}
	case !gone && w.Type != keyspace.UnknownType:
		sample.Type = w.Type.String() // which may not be read
	}
	k := keyname.Explain(key, sample)
	x := Explanation{
		Key: key, Exists: !gone, Framework: k.Framework, Certain: k.Grade.Certain(), Support: k.Reason, Layers: sample.Layers,
		Kind: k.Kind, Parts: k.Parts, Invalidate: k.Invalidate,
	}
	x.Function, _ = k.Part("function")
	if args, ok := k.Part("args"); ok && k.Framework == flaskFramework {
		x.Call = flask.ReadableCall(x.Function, args)
	}
	if x.Where, err = c.where(ctx, key); err != nil || f == nil {
		return x, err
	}
	err = c.explainFlask(ctx, &x, f, w.Key, w.Raw)
	return x, err
}

// NeedsFlask reports whether a Flask may say more of the key than its name and
// its value did: when it looks like a result or a version of Flask-Caching, or
// its value is written as the library does and its name is of no known app, or
// its name has a prefix that the configuration gives to an app.
func (c *Client) NeedsFlask(x *Explanation) bool {
	switch {
	case flask.IsVersionName(x.Key), flask.IsResultName(x.Key):
		return true
	case x.Framework == flaskFramework:
		return false
	}
	return slices.Contains(x.Layers, flaskFramework) || slices.ContainsFunc(c.keyPrefixes(), func(prefix string) bool {
		return strings.HasPrefix(string(x.Key), prefix)
	})
}

// keyPrefixes returns the prefixes that the configuration gives to apps.
func (c *Client) keyPrefixes() []string {
	if c.cfg.App == nil {
		return c.cfg.KeyPrefixes
	}
	return slices.Concat(c.cfg.KeyPrefixes, c.cfg.App.Prefixes)
}
