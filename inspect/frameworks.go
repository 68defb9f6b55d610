package inspect

import (
	"context"
	"slices"
	"strings"

	"cacheview/decode"
	"cacheview/decode/evidence"
	"cacheview/decode/keyname"
	"cacheview/inspect/django"
	"cacheview/inspect/framework"
	"cacheview/inspect/keyspace"
	"cacheview/inspect/laravel"
)

// Found is a key that a page, a call or a tag has in a framework other than
// Flask-Caching.
type Found = framework.Found

// Frameworks is what the keys of a database say of the frameworks that have an
// index of their own, by keyname.Key.Framework.
type Frameworks struct {
	indexes map[string]framework.Index
}

// frameworkValue is how much of a value an index is given.
const (
	frameworkValue = 256 << 10
	frameworkRows  = 1000
)

// HasIndex reports whether an index of all keys may tell more of an explained key.
func (x *Explanation) HasIndex() bool {
	return x.Framework == django.Name || x.Framework == laravel.Name
}

// Frameworks fills an index for each framework from the names of a snapshot and
// the few values that it wants. A value that cannot be read is left out.
func (c *Client) Frameworks(ctx context.Context, snap *keyspace.Snapshot) (*Frameworks, error) {
	f, err := indexFrameworks(ctx, snap)
	if err != nil {
		return nil, err
	}
	for _, index := range f.indexes {
		for _, name := range index.Wants() {
			w, err := c.Read(ctx, name, ReadOptions{Limit: frameworkValue, Rows: frameworkRows})
			if IsDisconnected(err) || ctx.Err() != nil {
				return nil, err
			}
			if err != nil {
				continue
			}
			members := make([][]byte, 0, len(w.Rows))
			for _, r := range w.Rows {
				members = append(members, r.Value)
			}
			index.AddValue(name, innerValue(name, w.Raw), members)
		}
	}
	return f, nil
}

// FrameworkGroups is Frameworks for groups of keys alone, which need only short
// strings. It reads them in a few pipelines.
func (c *Client) FrameworkGroups(ctx context.Context, snap *keyspace.Snapshot) (*Frameworks, error) {
	f, err := indexFrameworks(ctx, snap)
	if err != nil {
		return nil, err
	}
	for _, index := range f.indexes {
		wants := index.Wants()
		if err := c.Heads(ctx, wants, groupValue, func(i int, head []byte, err error) {
			if err == nil && len(head) > 0 && len(head) < groupValue {
				index.AddValue(wants[i], innerValue(wants[i], head), nil)
			}
		}); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// groupValue is more than the strings have that tell groups.
const groupValue = 256

// indexFrameworks fills the indexes from the names of a snapshot.
func indexFrameworks(ctx context.Context, snap *keyspace.Snapshot) (*Frameworks, error) {
	f := &Frameworks{indexes: map[string]framework.Index{django.Name: django.New(), laravel.Name: laravel.New()}}
	for id := range uint32(snap.IDCount()) {
		if id%10_000 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if !snap.IsAlive(id) {
			continue
		}
		name := snap.Name(id)
		for _, index := range f.indexes {
			index.Add(name)
		}
	}
	return f, nil
}

// innerValue is a value inside its wrappers.
func innerValue(name, raw []byte) []byte {
	if len(raw) == 0 {
		return nil
	}
	return decode.Decode(raw, decode.Options{Key: name}).Inner
}

// IsForeignCall reports whether a typed text is no call and no path of
// Flask-Caching: the whole address of a page, or a call of Laravel's cache.
func IsForeignCall(text string) bool {
	lower := strings.ToLower(strings.TrimSpace(text))
	for _, start := range []string{"http://", "https://", "cache()->"} {
		if strings.HasPrefix(lower, start) {
			return true
		}
	}
	return strings.Contains(lower, "cache::")
}

// Candidates is Find with the keys as those of a call of Flask-Caching.
func (f *Frameworks) Candidates(text string) FoundCall {
	list, _ := f.Find(text)
	found := FoundCall{Tried: "the keys of this address or call, under every prefix and version that exists"}
	for _, k := range list {
		found.List = append(found.List, Candidate{Key: k.Key, Exists: k.Exists, Certain: k.Grade.Certain(), Call: k.Call, Rule: k.Rule})
	}
	slices.SortStableFunc(found.List, func(a, b Candidate) int {
		switch {
		case a.Exists == b.Exists:
			return 0
		case a.Exists:
			return -1
		}
		return 1
	})
	return found
}

// Find returns the keys that a typed page or call has. It reports false if the
// text means nothing to any framework.
func (f *Frameworks) Find(text string) (list []Found, understood bool) {
	for _, index := range f.indexes {
		found, ok := index.Find(text)
		understood = understood || ok
		list = append(list, found...)
	}
	return list, understood
}

// Explain adds what the index of a key's framework tells. candidates are texts
// that may be behind a hash.
func (f *Frameworks) Explain(x *Explanation, candidates []string) {
	index, ok := f.indexes[x.Framework]
	if !ok || !x.Certain && x.Exists {
		return
	}
	k := keyname.Key{Framework: x.Framework, Kind: x.Kind, Parts: x.Parts}
	d := index.Explain(x.Key, k, candidates)
	x.Parts = append(x.Parts, d.Parts...)
	if d.Call != "" {
		x.Call = d.Call
	}
	if d.TTL != "" {
		x.TTL = d.TTL
	}
	if d.Why != "" {
		x.Why = d.Why
	}
	if d.Invalidate != "" && x.Certain {
		x.Invalidate = d.Invalidate
	}
	switch {
	case !x.Exists:
	case d.Left.Grade == evidence.Proven:
		x.Stale, x.Why = true, d.Left.Reason
	case d.Left.Grade == evidence.Likely:
		x.Possible, x.Reason = true, d.Left.Reason
	}
}
