package inspect

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cacheview/decode/keyname"
	"cacheview/inspect/flask"
	"cacheview/inspect/keyspace"
)

// Filter is the selection language of all commands: every condition that is set
// must hold. The server is asked for as few names as it can tell apart, and every
// key is compared here, whatever the server answers. A condition that cannot be
// checked does not hold: such keys are counted, see Selected.Unknown.
type Filter struct {
	Prefixes      [][]byte // the name starts with one of these bytes; none means any
	Match         string   // a glob, as Redis matches
	Exclude       []string // globs that the name does not match
	Type          keyspace.Type
	NoTTL         bool
	ExpiresWithin time.Duration
	LargerThan    int64         // bytes; -1 for any
	Idle          time.Duration // not used for at least this time
	Function      string        // results and version of a memoized function
	Framework     string
	Stale         bool   // memoized results that no call can reach, proven
	Grep          string // in the decoded value
	// Proven leaves out keys of which the framework is only likely.
	// They are changed: the server's word for their type is not enough either.
	Proven bool
	// WithSize has the sizes read though no condition needs them.
	WithSize bool
	// WithMeta has types and expiries read though no condition needs them.
	WithMeta bool
}

// NeedsIndex reports whether Selector.Use must be called before Pick.
func (f *Filter) NeedsIndex() bool { return f.Function != "" || f.Stale }

// IsEmpty reports whether every key fits.
func (f *Filter) IsEmpty() bool {
	any := len(f.Prefixes) == 0
	for _, p := range f.Prefixes {
		any = any || len(p) == 0
	}
	return any && strings.Trim(f.Match, "*") == "" && len(f.Exclude) == 0 && f.onlyNames()
}

// onlyNames reports whether nothing but names is compared.
func (f *Filter) onlyNames() bool {
	return f.Type == keyspace.UnknownType && !f.NoTTL && f.ExpiresWithin == 0 && f.LargerThan < 0 && f.Idle == 0 &&
		f.Function == "" && f.Framework == "" && !f.Stale && f.Grep == ""
}

// Selected counts what a Selector did.
type Selected struct {
	Matched int
	// Searched values were compared with Filter.Grep, Partly of them only their
	// beginning, because they are large.
	Searched, Partly int
	// Unknown keys were left out because a condition could not be checked. Why is
	// the first reason.
	Unknown int
	Why     string
}

// Selector applies a Filter to batches of names. It is used by one goroutine at a
// time.
type Selector struct {
	c       *Client
	f       Filter
	match   func([]byte) bool // nil without a glob
	exclude []func([]byte) bool
	index   *FlaskIndex
	name    string // of the function in the index
	typed   bool   // the server leaves out other types
	sum     Selected
	// Progress is called while values are searched; it may be nil.
	Progress func(Selected)
}

// NewSelector prepares a filter. Its error is a FunctionError for a function that
// is not in the index, which may be nil unless Filter.NeedsIndex.
func (c *Client) NewSelector(f Filter, index *FlaskIndex) (*Selector, error) {
	s := &Selector{c: c, f: f, index: index}
	if f.Match != "" {
		s.match = keyspace.MatchGlob(f.Match)
	}
	for _, glob := range f.Exclude {
		s.exclude = append(s.exclude, keyspace.MatchGlob(glob))
	}
	if f.Function != "" {
		fn, err := index.Named(f.Function)
		if err != nil {
			return nil, err
		}
		s.name = fn.Name
	}
	return s, nil
}

// Selected returns what was counted so far.
func (s *Selector) Selected() Selected { return s.sum }

// Scan returns what SCAN is to be asked for: the beginning that all prefixes have in
// common, the glob, and the type where the server can tell it.
func (s *Selector) Scan() ScanOptions {
	opt := ScanOptions{Match: s.f.Match, Prefix: commonStart(s.f.Prefixes)}
	if s.c.Server().ScansByType() {
		opt.Type = s.f.Type
		s.typed = s.f.Type != keyspace.UnknownType && !s.f.Proven
	}
	return opt
}

// commonStart returns the beginning that all texts have in common.
func commonStart(list [][]byte) []byte {
	if len(list) == 0 {
		return nil
	}
	start := list[0]
	for _, p := range list[1:] {
		n := 0
		for n < len(start) && n < len(p) && start[n] == p[n] {
			n++
		}
		start = start[:n]
	}
	return bytes.Clone(start)
}

// Fits reports whether a name fits.
func (s *Selector) Fits(name []byte) bool {
	starts := len(s.f.Prefixes) == 0
	for _, p := range s.f.Prefixes {
		starts = starts || bytes.HasPrefix(name, p)
	}
	if !starts || s.match != nil && !s.match(name) {
		return false
	}
	for _, excluded := range s.exclude {
		if excluded(name) {
			return false
		}
	}
	if s.f.Stale && !s.index.Orphan(name) {
		return false
	}
	return s.f.Function == "" || s.isOf(name)
}

// isOf reports whether a key is a result or the version of the function.
func (s *Selector) isOf(name []byte) bool {
	if o, ok := s.index.Owner(name); ok {
		return o.Function == s.name
	}
	fn, ok := s.index.Function(string(name))
	return ok && flask.IsVersionName(name) && fn.Name == s.name
}

// Pick returns those of the names that fit, with as much of their metadata as the
// filter needs. Keys that do not exist are left out if anything but names is
// compared.
func (s *Selector) Pick(ctx context.Context, names [][]byte) ([]Key, error) {
	var some [][]byte
	for _, name := range names {
		if s.Fits(name) {
			some = append(some, name)
		}
	}
	byName := s.f
	if s.typed {
		byName.Type = keyspace.UnknownType
	}
	if byName.onlyNames() && !s.f.WithMeta && !s.f.WithSize {
		keys := make([]Key, len(some))
		for i, name := range some {
			keys[i] = Key{Name: name, Exists: true, Meta: keyspace.Meta{Type: s.f.Type, Size: -1, Expiry: keyspace.UnknownExpiry}}
		}
		s.sum.Matched += len(keys)
		return keys, nil
	}
	keys, err := s.c.Meta(ctx, some, s.f.WithSize || s.f.LargerThan >= 0)
	if err != nil {
		return nil, err
	}
	keys = slices.DeleteFunc(keys, func(k Key) bool { return !k.Exists || !s.fitsMeta(k) })
	for _, step := range []func(context.Context, []Key) ([]Key, error){s.idle, s.framework, s.grep} {
		if keys, err = step(ctx, keys); err != nil {
			return nil, err
		}
	}
	s.sum.Matched += len(keys)
	return keys, nil
}

// unknown counts a key of which a condition could not be checked.
func (s *Selector) unknown(why string) bool {
	s.sum.Unknown++
	if s.sum.Why == "" {
		s.sum.Why = why
	}
	return false
}

// fitsMeta compares type, expiry and size.
func (s *Selector) fitsMeta(k Key) bool {
	f := &s.f
	why := "the server does not say"
	if k.Err != nil {
		why = k.Err.Error()
	}
	if f.Type != keyspace.UnknownType && k.Meta.Type != f.Type {
		if k.Meta.Type == keyspace.UnknownType {
			return s.unknown("type: " + why)
		}
		return false
	}
	if f.NoTTL || f.ExpiresWithin > 0 {
		switch k.Meta.Expiry {
		case keyspace.UnknownExpiry:
			return s.unknown("expiry: " + why)
		case keyspace.NoExpiry:
			if f.ExpiresWithin > 0 {
				return false
			}
		case keyspace.FieldsExpire:
			return false
		default:
			if f.NoTTL || keyspace.TTLAt(k.Meta.Expiry, k.At).Duration() > f.ExpiresWithin {
				return false
			}
		}
	}
	switch {
	case f.LargerThan < 0:
		return true
	case k.Meta.Size < 0, k.ByLength && k.Meta.Type != keyspace.String && k.Meta.Size <= f.LargerThan:
		// A number of members is no size in bytes.
		return s.unknown("size: there is no MEMORY USAGE")
	}
	return k.Meta.Size > f.LargerThan
}

// idle compares how long keys were not used.
func (s *Selector) idle(ctx context.Context, keys []Key) ([]Key, error) {
	if s.f.Idle == 0 {
		return keys, nil
	}
	var kept []Key
	for batch := range slices.Chunk(keys, MetaBatchSize) {
		replies, err := s.c.pipeline(ctx, len(batch), func(i int) []any { return []any{"object", "idletime", batch[i].Name} })
		if err != nil {
			return nil, fmt.Errorf("idle times: %w", err)
		}
		for i, r := range replies {
			n, err := r.number()
			switch text, terr := r.text(); {
			case terr == nil && text == nil: // gone
			case err != nil:
				s.unknown("idle time: " + strings.TrimSuffix(err.Error(), "."))
			case time.Duration(n)*time.Second >= s.f.Idle:
				kept = append(kept, batch[i])
			}
		}
	}
	return kept, nil
}

// framework compares who wrote keys, by name and value.
func (s *Selector) framework(ctx context.Context, keys []Key) ([]Key, error) {
	if s.f.Framework == "" {
		return keys, nil
	}
	samples, err := s.c.Samples(ctx, keys)
	if err != nil {
		return nil, err
	}
	var kept []Key
	for i, k := range keys {
		x := keyname.Explain(k.Name, samples[i])
		if strings.EqualFold(x.Framework, s.f.Framework) && (x.Grade.Certain() || !s.f.Proven) {
			kept = append(kept, k)
		}
	}
	return kept, nil
}
