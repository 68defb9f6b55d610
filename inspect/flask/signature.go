package flask

import (
	"slices"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// signatures looks for the results of a typed call by the signatures that the
// source of the app has. It reports whether that answers for the call: every
// function of that name is in the source, and all that its keys depend on is known.
func (c *caller) signatures() bool {
	app := c.f.opt.App
	typed := c.t.Function
	if c.t.ObjectName != "" {
		typed = c.t.ObjectName + "." + typed
	}
	functions := app.named(typed)
	if app != nil && c.t.ObjectName != "" && len(functions) == 0 {
		functions = app.named(c.t.Function)
	}
	if len(functions) == 0 {
		return false
	}
	all := true
	for i := range c.to {
		t := &c.to[i]
		fn, ok := app.Function(t.name)
		if !ok {
			all = all && t.m == nil
			continue
		}
		all = c.signature(t, fn) && all
	}
	return all
}

// signature tries a call of one function, or of its method on one object.
func (c *caller) signature(t *callTarget, fn *AppFunction) (certain bool) {
	certain = fn.Open == ""
	selves := []value.Value{value.Nil}
	switch {
	case fn.Def.IsMethod():
		if len(t.self) == 0 {
			return certain && t.m != nil // the version of the method without an object
		}
		selves = selves[:0]
		for _, r := range c.objects(t.m) {
			selves = append(selves, flaskcaching.Repr(r))
		}
		certain = certain && len(selves) == 1
	case len(fn.Def.Params) > 0 && fn.Def.Params[0].Name == "cls":
		class, _, _ := CutLast(t.name)
		selves[0] = flaskcaching.Repr("<class '" + class + "'>")
	default:
		selves = nil
	}
	calls, exact := c.exactCalls()
	certain = certain && exact
	for _, call := range calls {
		if selves == nil {
			certain = c.signedCall(t, fn, call, certain) && certain
			continue
		}
		for _, self := range selves {
			with := call
			with.Args = append([]value.Value{self}, call.Args...)
			certain = c.signedCall(t, fn, with, certain) && certain
		}
	}
	return certain
}

// objects are the reprs that the object of a method may have.
func (c *caller) objects(m *memver) []string {
	return append([]string{m.instance}, ObjectReprs(m.instance, m.name)...)
}

// maxSigned limits the calls that one typed call may stand for.
const maxSigned = 2000

// exactCalls returns the calls that a typed call may stand for: enum members have
// values that are not known, variables may be anything. exact is true if it is one.
func (c *caller) exactCalls() (calls []flaskcaching.Call, exact bool) {
	call := c.t.Call
	exact = true
	lists := make([][]string, 0, len(call.Args)+len(call.Kwargs))
	one := func(v value.Value) {
		reprs := flaskcaching.ReprsOf(v)
		if len(reprs) == 0 {
			reprs = []string{"None"}
			exact = false
		}
		exact = exact && len(reprs) == 1
		lists = append(lists, reprs)
	}
	for _, a := range call.Args {
		one(a)
	}
	for _, k := range call.Kwargs {
		one(k.Value)
	}
	product(lists, func(reprs []string) bool {
		next := flaskcaching.Call{Kwargs: slices.Clone(call.Kwargs)}
		for i, a := range call.Args {
			next.Args = append(next.Args, exactly(a, reprs[i]))
		}
		for i := range next.Kwargs {
			next.Kwargs[i].Value = exactly(next.Kwargs[i].Value, reprs[len(call.Args)+i])
		}
		calls = append(calls, next)
		return len(calls) < maxSigned
	})
	return calls, exact
}

// exactly returns a value with a repr.
func exactly(v value.Value, repr string) value.Value {
	if r, err := flaskcaching.PyRepr(v); err == nil && r == repr {
		return v
	}
	return flaskcaching.Repr(repr)
}

// signedCall looks for the results of one call, and adds its usual key if there
// is none.
func (c *caller) signedCall(t *callTarget, fn *AppFunction, call flaskcaching.Call, certain bool) bool {
	found, first := false, signed{}
	ok := fn.callsBy(t.name, call, func(s signed) {
		if first.text == "" {
			first = s
		}
		c.n++
		for _, k := range c.keys[s.digest] {
			found = true
			c.hitBy(t, s, k)
		}
	})
	if !ok || found || first.text == "" {
		return ok
	}
	versions, prefix := t.versions, c.allPrefixes()[0]
	switch {
	case t.m != nil && t.versions == "":
		certain = false // there is one that cannot be read
	case t.m != nil:
		prefix = t.m.prefix
	default:
		certain = certain && !c.f.opt.Partial
	}
	if versions == "" {
		versions = "??????"
		if known := c.f.opt.Prefixes; len(known) > 0 {
			prefix = known[0]
		}
	}
	c.add(Candidate{
		Key: []byte(prefix + first.digest + versions), Certain: certain,
		Call: t.name + "(" + first.call + ")", Rule: first.rule,
	})
	return true
}

// hitBy notes a result with the digest of a call by its signature.
func (c *caller) hitBy(t *callTarget, s signed, k resultKey) {
	if c.hits[string(k.name)] {
		return
	}
	c.hits[string(k.name)] = true
	c.f.proofs.put(s.digest, provenCall{t.name, s.call})
	stale := !k.live && c.f.Status(k.name).State == Stale
	c.add(Candidate{
		Key: k.name, Exists: true, Stale: stale, Certain: k.live || stale, Call: t.name + "(" + s.call + ")", Rule: s.rule,
	})
}

// routed adds the keys that a request has by the routes of the source.
func (s *finder) routed(t flaskcaching.Input) {
	app := s.f.opt.App
	if app == nil {
		return
	}
	for _, r := range app.Routes {
		if !r.Path.MatchString(t.Path) || r.Open != "" {
			continue
		}
		for _, prefix := range s.allPrefixes() {
			for _, next := range []bool{false, true} {
				rules := appRules(r.Hash, r.Source, next, false)
				rules.Prefix = prefix
				key, rule := rules.Named(r.KeyPrefix, t.Path), "@cached(key_prefix="+flaskcaching.Quote(r.KeyPrefix)+")"
				if r.KeyPrefix == flaskcaching.ViewPrefix+"%s" {
					rule = "@cached()"
				}
				if r.Query {
					key, rule = rules.Query(t.Path, t.Query), "@cached(query_string=True)"
				}
				s.add(Candidate{Key: key, Call: t.Path, Rule: rule + ", by its source"})
			}
		}
	}
}
