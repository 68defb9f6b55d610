package inspect

import (
	"context"
	"maps"

	"cacheview/inspect/flask"
	"cacheview/inspect/keyspace"
)

// Calls tells which call is behind a key, and when a result stops being
// reached. It is of the moment when it was made. It is safe for concurrent use.
type Calls struct {
	f      *FlaskIndex
	expiry map[string]int64 // of version keys
}

// CallInfo is what is known of the call behind a key. Texts are not yet made
// safe for a terminal.
type CallInfo struct {
	Call     string // proven; empty when it is not known
	Function string // module.qualname; empty when it is not known
	// Expiry is the effective expiry of a live result, the earlier one of its
	// own and its version's, as keyspace.Meta.Expiry. It is
	// keyspace.UnknownExpiry for other keys.
	Expiry int64
}

// Calls reads the expiry of the version keys of f.
func (c *Client) Calls(ctx context.Context, f *FlaskIndex) (*Calls, error) {
	var names [][]byte
	for _, fn := range f.Functions() {
		names = append(names, fn.Memver)
	}
	metas, err := c.Meta(ctx, names, false)
	if err != nil {
		return nil, err
	}
	calls := &Calls{f: f, expiry: make(map[string]int64, len(metas))}
	for _, m := range metas {
		if m.Exists {
			calls.expiry[string(m.Name)] = m.Meta.Expiry
		}
	}
	return calls, nil
}

// Of returns what is known of a key with an expiry.
func (c *Calls) Of(name []byte, expiry int64) CallInfo {
	info := CallInfo{Expiry: keyspace.UnknownExpiry}
	e, ok := c.f.Entry(name)
	if !ok {
		if fn, ok := c.f.Function(string(name)); ok && flask.IsVersionName(name) && fn.Unreadable == "" {
			info.Function = fn.Name
		}
		return info
	}
	info.Function = e.Owner.Function
	if call, ok := c.f.ProvenCall(name); ok {
		info.Call, info.Function = call.String(), call.Function
	}
	if e.Live {
		info.Expiry = c.effective(e, expiry)
	}
	return info
}

// effective returns the earliest of an expiry and those of the versions in the
// name of a result.
func (c *Calls) effective(e flask.Entry, expiry int64) int64 {
	for _, key := range c.f.VersionKeys(e) {
		if at := c.expiry[string(key)]; at > 0 && expiry != keyspace.UnknownExpiry && (expiry == keyspace.NoExpiry || at < expiry) {
			expiry = at
		}
	}
	return expiry
}

// Effective returns when a key with an expiry stops being reached: for a live
// result the earlier one of its own expiry and its version's, and for any other
// key its expiry.
func (c *Calls) Effective(name []byte, expiry int64) int64 {
	if e, ok := c.f.Entry(name); ok && e.Live {
		return c.effective(e, expiry)
	}
	return expiry
}

// With returns Calls with newer expiries of the version keys among keys.
func (c *Calls) With(keys []Key) *Calls {
	next := &Calls{f: c.f, expiry: maps.Clone(c.expiry)}
	for _, k := range keys {
		if _, ok := c.expiry[string(k.Name)]; ok && k.Exists {
			next.expiry[string(k.Name)] = k.Meta.Expiry
		}
	}
	return next
}

// IsVersionName reports whether a key is named like one that holds a version.
func IsVersionName(name []byte) bool { return flask.IsVersionName(name) }

// NeedsCalls reports whether Calls may tell something about a key.
func NeedsCalls(name []byte) bool { return flask.IsVersionName(name) || flask.IsResultName(name) }
