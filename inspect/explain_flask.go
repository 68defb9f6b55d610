package inspect

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/keyname"
	"cacheview/inspect/flask"
	"cacheview/inspect/keyspace"
)

// flaskExplainer adds to an explanation what only the versions of a database
// tell.
type flaskExplainer struct {
	c   *Client
	f   *FlaskIndex
	x   *Explanation
	key Key    // what is known of the key beside its name
	raw []byte // the start of its value; empty when it was not read
}

// explainFlask explains a key of an app that f knows; it leaves any other as
// it is.
func (c *Client) explainFlask(ctx context.Context, x *Explanation, f *FlaskIndex, key Key, raw []byte) error {
	e := flaskExplainer{c: c, f: f, x: x, key: key, raw: raw}
	if entry, ok := f.Entry(x.Key); ok && e.isString() {
		return e.entry(ctx, entry)
	}
	k, ok := f.Parse(x.Key)
	if !ok || !e.isString() {
		return nil
	}
	if x.Framework != flaskFramework {
		// A prefix of its own, which the name alone does not tell.
		if x.Framework != "" && (x.Certain || k.Kind == flaskcaching.Manual) {
			return nil
		}
		sample := keyname.Sample{Layers: x.Layers, Head: raw}
		if x.Exists {
			sample.Type = keyspace.String.String()
		}
		byName := keyname.Explain([]byte(flaskcaching.DefaultPrefix+k.Name), sample)
		if byName.Framework != flaskFramework {
			return nil
		}
		x.Framework, x.Kind, x.Parts, x.Invalidate = byName.Framework, byName.Kind, byName.Parts, byName.Invalidate
		x.Support = byName.Reason
		x.Certain = k.Kind != flaskcaching.Manual && byName.Grade.Certain()
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

// isString reports whether the key can be one of the library: it writes strings
// only. The type of a key that does not exist, or cannot be read, is unknown.
func (e *flaskExplainer) isString() bool {
	return !e.x.Exists || e.key.Meta.Type == keyspace.UnknownType || e.key.Meta.Type == keyspace.String
}

// entry explains a memoized result, or what may be one.
func (e *flaskExplainer) entry(ctx context.Context, entry flask.Entry) error {
	x, o := e.x, entry.Owner
	x.Framework, x.Kind, x.Certain = flaskFramework, string(flaskcaching.Memoize), true
	x.Parts = []keyname.Part{{Name: "prefix", Text: o.Prefix}, {Name: "hash", Text: string(entry.Digest)}, {Name: "memver", Text: entry.Versions}}
	x.Function, x.Instance = o.Function, o.Instance
	call, known := e.f.ProvenCall(x.Key)
	if known {
		x.Call, x.Function = call.String(), call.Function
	}
	if !entry.Live {
		e.notLive(e.f.Status(x.Key), o.Prefix)
		return nil
	}
	x.Why = fmt.Sprintf("its version %s is the one that %s holds", entry.Versions[:6], o.Memver)
	x.Support = x.Why
	x.Invalidate = deleteResult(string(x.Key[len(o.Prefix):]), x.Function, x.Instance, call.Args)
	return e.entryTTL(ctx, entry)
}

// notLive explains a key without a live version.
func (e *flaskExplainer) notLive(status flask.Status, prefix string) {
	x := e.x
	if status.State == flask.Stale && len(e.raw) > 0 && !flask.WrittenByLibrary(e.raw) && !e.f.OwnSerializer(prefix) {
		status = flask.Status{State: flask.Possible, Reason: "its value is not written as Flask-Caching writes values"}
	}
	if status.State == flask.Stale {
		x.Stale, x.Why = true, status.Reason+", and no call can reach this again"
		x.Support = status.Reason
		x.TTL = "only its own TTL removes it" + e.ends()
		x.Invalidate = "nothing in the app removes it: its key is never read again. Run cacheview clear --orphans"
		return
	}
	x.Possible, x.Certain, x.Reason = true, false, status.Reason
	x.TTL = "the timeout that was given with it" + e.ends()
	x.Invalidate = ""
}

// replacedNow notes that the version of an entry has changed since the keys were
// listed.
func (e *flaskExplainer) replacedNow(why string) {
	e.x.Stale, e.x.Why = true, why
	e.x.TTL = "only its own TTL removes it" + e.ends()
}

// entryTTL says when an entry ends: with its own TTL or, before that, with a
// version in its name.
func (e *flaskExplainer) entryTTL(ctx context.Context, entry flask.Entry) error {
	e.x.TTL = "the timeout of @memoize, from when it was stored; reading does not renew it"
	names := e.f.VersionKeys(entry)
	metas, err := e.c.Meta(ctx, names, false)
	if err != nil {
		return err
	}
	for i, name := range names {
		now, err := flask.VersionNow(ctx, e.c, name)
		switch {
		case IsDisconnected(err) || ctx.Err() != nil:
			return err
		case err != nil:
			e.x.Possible, e.x.Certain, e.x.Reason, e.x.Why = true, false, err.Error(), ""
			return nil
		case now == "":
			e.replacedNow(fmt.Sprintf("its version is gone with %s since the keys were listed", name))
			return nil
		case now != entry.Versions[6*i:6*i+6]:
			e.replacedNow(fmt.Sprintf("%s holds another version since the keys were listed", name))
			return nil
		}
	}
	for _, m := range metas {
		switch own := e.key.Meta.Expiry; {
		case m.Meta.Expiry > 0 && (own == keyspace.NoExpiry || own > m.Meta.Expiry+sameMoment):
			e.x.TTL += fmt.Sprintf("; but its version %s expires before it, in %s, and then no call can reach it", m.Name, until(m))
		}
	}
	e.x.EffectiveExpiry = effectiveExpiry(e.key, metas)
	return nil
}

// effectiveExpiry returns when a result stops being reached: at its own expiry,
// or at the earlier one of a version in its name.
func effectiveExpiry(key Key, versions []Key) int64 {
	at := key.Meta.Expiry
	for _, m := range versions {
		if m.Exists && m.Meta.Expiry > 0 && at != keyspace.UnknownExpiry && (at == keyspace.NoExpiry || at > m.Meta.Expiry) {
			at = m.Meta.Expiry
		}
	}
	return at
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
	fn, ok := e.f.Function(string(x.Key))
	if !ok {
		return
	}
	x.Entries, x.Bytes, x.Sized = fn.Entries, fn.Bytes, fn.Sized
	if fn.Unreadable != "" {
		x.Certain, x.Invalidate = false, ""
		x.Reason = "its version cannot be read, so it is unknown which results belong to it: " + fn.Unreadable
	}
	if x.Exists && e.key.Meta.Expiry > 0 && fn.Unreadable == "" {
		x.TTL += fmt.Sprintf("; when it ends, in %s, no call can reach any of its %d results, however fresh", until(e.key), fn.Entries)
	}
	if fn.Unreadable == "" {
		x.Invalidate = deleteVersion(k.Name, k.Function, k.Instance)
	}
}
