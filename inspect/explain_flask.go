package inspect

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/keyname"
	"cacheview/inspect/keyspace"
)

// flaskExplainer adds to an explanation what only the versions of a database
// tell.
type flaskExplainer struct {
	c   *Client
	f   *Flask
	x   *Explanation
	key Key // what is known of the key beside its name
}

// explainFlask explains a key of an app that f knows; it leaves any other as
// it is.
func (c *Client) explainFlask(ctx context.Context, x *Explanation, f *Flask, key Key) error {
	e := flaskExplainer{c: c, f: f, x: x, key: key}
	if entry, ok := f.take(x.Key); ok {
		return e.entry(ctx, entry)
	}
	k, ok := f.parse(x.Key)
	if !ok {
		return nil
	}
	if x.Framework != flaskFramework {
		// A prefix of its own, which the name alone does not tell.
		if x.Framework != "" && (x.Certain || k.Kind == flaskcaching.Manual) {
			return nil
		}
		byName := keyname.Explain([]byte(flaskcaching.DefaultPrefix + k.Name))
		x.Framework, x.Kind, x.Parts, x.Invalidate = byName.Framework, byName.Kind, byName.Parts, byName.Invalidate
		x.Certain = k.Kind != flaskcaching.Manual
	}
	e.prefix(k.Prefix)
	switch k.Kind {
	case flaskcaching.Memver:
		e.memver(k)
	case flaskcaching.Fragment:
		x.TTL = "the timeout in its {% cache %} tag, from when it was stored; reading does not renew it"
	case flaskcaching.Manual:
		x.TTL = "the timeout that was given with it, else CACHE_DEFAULT_TIMEOUT (300 s unless the app sets it)"
	case flaskcaching.View, flaskcaching.Query, flaskcaching.Named:
		x.TTL = "the timeout of @cached, from when it was stored; reading does not renew it"
	}
	return nil
}

// flaskFramework is the name of the library in explanations.
const flaskFramework = "flask-caching"

// prefix puts the app's prefix first.
func (e *flaskExplainer) prefix(prefix string) {
	for i := range e.x.Parts {
		if e.x.Parts[i].Name == "prefix" {
			e.x.Parts[i].Text = prefix
			return
		}
	}
	e.x.Parts = append([]keyname.Part{{Name: "prefix", Text: prefix}}, e.x.Parts...)
}

// entry explains a memoized result.
func (e *flaskExplainer) entry(ctx context.Context, entry takenEntry) error {
	x, o := e.x, entry.owner
	x.Framework, x.Kind, x.Certain = flaskFramework, string(flaskcaching.Memoize), true
	versions := string(x.Key[len(o.Prefix)+digestLen:])
	x.Parts = []keyname.Part{{Name: "prefix", Text: o.Prefix}, {Name: "hash", Text: string(entry.digest)}, {Name: "memver", Text: versions}}
	x.Function, x.Instance = o.Function, o.Instance
	proven, known := e.f.proven(entry)
	if known {
		x.Call = proven.String()
		x.Function = proven.function
	}
	if entry.orphan {
		x.Stale = true
		x.Why = "no memver key holds its version " + versions + ": the function was invalidated or its version ran out, and no call can hit this again"
		x.TTL = "nothing but its time to live removes it" + e.ends()
		x.Invalidate = "nothing in the app can: its key is never asked for again; delete it here"
		return nil
	}
	x.Why = fmt.Sprintf("its version %s is the one that %s holds", versions[:versionLen], o.Memver)
	x.Invalidate = invalidateCall(x.Function, x.Instance, proven.args, known)
	return e.entryTTL(ctx, entry)
}

// entryTTL says when an entry ends: with its own time to live or, before that,
// with a version in its name.
func (e *flaskExplainer) entryTTL(ctx context.Context, entry takenEntry) error {
	e.x.TTL = "the timeout of @memoize, from when it was stored; reading does not renew it"
	names := [][]byte{entry.owner.Memver}
	if at, ok := e.f.instanceAt(entry.owner); ok {
		names = append(names, e.f.memvers[at].key)
	}
	metas, err := e.c.Meta(ctx, names, false)
	if err != nil {
		return err
	}
	now, err := e.c.readVersions(ctx, names)
	if err != nil {
		return err
	}
	for _, m := range now {
		if at, ok := e.f.memverAt(m.key); ok && m.version != e.f.memvers[at].version {
			e.x.Stale = true
			e.x.Why = fmt.Sprintf("%s holds another version since the keys were listed", m.key)
			e.x.TTL = "nothing but its time to live removes it" + e.ends()
			return nil
		}
	}
	for _, m := range metas {
		switch own := e.key.Meta.Expiry; {
		case !m.Exists:
			e.x.Stale = true
			e.x.Why = fmt.Sprintf("its version is gone with %s since the keys were listed", m.Name)
			e.x.TTL = "nothing but its time to live removes it" + e.ends()
			return nil
		case m.Meta.Expiry > 0 && (own == keyspace.NoExpiry || own > m.Meta.Expiry+sameMoment):
			e.x.TTL += fmt.Sprintf("; but its version %s runs out before it, in %s, and then no call can hit it", m.Name, until(m))
			return nil
		}
	}
	return nil
}

// sameMoment is by how much, in milliseconds, two keys that one call has written
// with the same timeout may differ.
const sameMoment = 1000

// ends says when the key goes away by itself.
func (e *flaskExplainer) ends() string {
	switch {
	case !e.x.Exists || e.key.Meta.Expiry == keyspace.UnknownExpiry:
		return ""
	case e.key.Meta.Expiry == keyspace.NoExpiry:
		return ", and it has none: it stays for ever"
	}
	return ", in " + until(e.key)
}

func until(k Key) string {
	left := keyspace.TTLAt(k.Meta.Expiry, k.At)
	if left > keyspace.Year {
		return strconv.FormatInt(int64(left/keyspace.Year), 10) + " years"
	}
	return left.Duration().Round(time.Second).String()
}

// memver explains a version.
func (e *flaskExplainer) memver(k flaskcaching.Key) {
	x := e.x
	x.Kind, x.Certain = string(flaskcaching.Memver), true
	x.Function, x.Instance = k.Function, k.Instance
	x.Parts = []keyname.Part{{Name: "prefix", Text: k.Prefix}, {Name: "function", Text: k.Function}}
	if k.Instance != "" {
		x.Parts = append(x.Parts, keyname.Part{Name: "instance", Text: k.Instance})
	}
	x.TTL = "the timeout of @memoize, set when the version was first written and not renewed by calls (Flask-Caching up to 2.4)"
	at, ok := e.f.memverAt(x.Key)
	if !ok {
		return
	}
	m := &e.f.memvers[at]
	x.Entries, x.Bytes, x.Sized = m.entries, m.bytes, m.sized
	if x.Exists && e.key.Meta.Expiry > 0 {
		x.TTL += fmt.Sprintf("; when it ends, in %s, no call can hit any of its %d results, however fresh", until(e.key), m.entries)
	}
	what := shortName(k.Function)
	if k.Instance != "" {
		_, method, _ := cutLast(what)
		what = "obj." + method
	}
	x.Invalidate = fmt.Sprintf("cache.delete_memoized(%s) writes a new version, cache.delete_memoized_verhash(%s) deletes it; its results stay until they expire", what, what)
}

// invalidateCall is the statement that removes one result.
func invalidateCall(function, instance, args string, known bool) string {
	name := shortName(function)
	if class, _, ok := cutLast(function); ok {
		// The class of a class method was hashed as its repr.
		if rest, ok := strings.CutPrefix(args, flaskcaching.Quote("<class '"+class+"'>")); ok {
			args = shortName(class) + rest
		}
	}
	switch {
	case instance != "" && known:
		_, args, _ = strings.Cut(args, flaskcaching.Quote(instance))
		return "cache.delete_memoized(" + name + ", obj" + args + ") where obj is " + instance
	case instance != "":
		return "cache.delete_memoized(" + name + ", obj, arguments) where obj is " + instance
	case !known:
		return "cache.delete_memoized(" + name + ", arguments), or cache.delete_memoized(" + name + ") for all of its results"
	case args == "":
		return "cache.delete_memoized(" + name + ")"
	}
	return "cache.delete_memoized(" + name + ", " + args + ")"
}

// cutLast cuts a dotted name before its last part.
func cutLast(name string) (before, last string, ok bool) {
	at := strings.LastIndexByte(name, '.')
	if at < 0 {
		return "", name, false
	}
	return name[:at], name[at+1:], true
}
