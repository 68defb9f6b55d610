package flask

import (
	"slices"
	"strings"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// caller looks for the results of one typed call.
type caller struct {
	*finder
	t    flaskcaching.Input
	to   []callTarget
	keys map[string][]resultKey // of the functions, by digest
	hits map[string]bool        // keys that were added
	// found has the functions with a live result of the call.
	found map[*memver]bool
	n     int // forms that were tried
	text  []byte
	last  int // results in keys
}

// callTarget is a function, or its method on one object, that the call may be of.
type callTarget struct {
	m        *memver // nil when the function has no version now
	name     string  // module.qualname
	self     []string
	extra    []string // arguments of other calls, which may be defaults
	most     int      // arguments of other calls
	versions string   // empty when not known
}

// resultKey is a result whose digest is known.
type resultKey struct {
	name   []byte
	live   bool
	method bool
}

// targets finds the functions of that name.
func (c *caller) targets() {
	typed := c.t.Function
	if c.t.ObjectName != "" {
		typed = c.t.ObjectName + "." + typed
	}
	for i := range c.f.memvers {
		m := &c.f.memvers[i]
		if !sameFunction(m.name, typed) && !(m.instance != "" && c.t.ObjectName == "" && sameMethod(m.name, typed)) {
			continue
		}
		t := callTarget{m: m, name: m.name}
		if m.readable() {
			t.versions = string(m.version[:])
		}
		if m.instance != "" {
			at, ok := c.f.functionAt(m)
			if !ok || !m.readable() || !c.f.memvers[at].readable() {
				continue
			}
			t.versions = string(c.f.memvers[at].version[:]) + t.versions
			t.self = c.selves(m)
			if c.t.ObjectName != "" && !fitsObject(m.instance, c.t) {
				continue
			}
		}
		c.to = append(c.to, t)
	}
	for i := range c.to {
		c.to[i].extra, c.to[i].most = c.learned(c.to[i])
	}
	if len(c.to) > 0 {
		return
	}
	// No version: the module is one of those that are known, or usual.
	for _, fn := range c.f.opt.App.named(typed) {
		c.to = append(c.to, callTarget{name: fn.Names[0]})
	}
	if len(c.to) > 0 {
		return
	}
	names := []string{c.t.Function, "__main__." + c.t.Function, "app." + c.t.Function}
	for i := range c.f.memvers {
		if module, _, ok := CutLast(c.f.memvers[i].name); ok {
			names = append(names, module+"."+c.t.Function)
		}
	}
	for _, n := range uniqueStrings(names) {
		c.to = append(c.to, callTarget{name: n})
	}
}

// sameMethod reports whether typed is obj.method of a method: the name of a
// variable before the method's name.
func sameMethod(name, typed string) bool {
	_, method, ok := CutLast(name)
	object, typedMethod, dotted := CutLast(typed)
	return ok && dotted && method == typedMethod && object != "" && !strings.Contains(object, ".") && 'a' <= object[0] && object[0] <= 'z'
}

// fitsObject reports whether the repr of an object, cleaned or not, may be that
// of the object that a typed call makes: it has the class or the arguments.
func fitsObject(instance string, t flaskcaching.Input) bool {
	cleaned := strings.ToLower(clean(instance))
	args := 0
	has := func(v value.Value) bool {
		return slices.ContainsFunc(flaskcaching.ReprsOf(v), func(repr string) bool {
			text := clean(strings.ToLower(repr)) // without the quotes
			return text != "" && strings.Contains(cleaned, text)
		})
	}
	for _, a := range t.Object.Args {
		if has(a) {
			args++
		}
	}
	for _, k := range t.Object.Kwargs {
		if has(k.Value) {
			args++
		}
	}
	given := len(t.Object.Args) + len(t.Object.Kwargs)
	return given == 0 || args > 0
}

// selves are the reprs that the object of a method may have: as it is in the
// name of its version, or what Flask-Caching 2.5 has made that name from.
func (c *caller) selves(m *memver) []string {
	list := []string{flaskcaching.Quote(m.instance)}
	for _, r := range ObjectReprs(m.instance, m.name) {
		list = append(list, flaskcaching.Quote(r))
	}
	return list
}

// index collects the results of the targets by their digests, and those without
// a live version.
func (c *caller) index() {
	c.keys = map[string][]resultKey{}
	function := map[int32]bool{}
	for _, t := range c.to {
		if t.m != nil {
			if at, ok := c.f.memverAt(t.m.key); ok {
				function[at] = true
			}
		}
	}
	for _, e := range c.f.entries {
		if !function[e.function] && !(e.instance >= 0 && function[e.instance]) {
			continue
		}
		name := c.f.snap.Name(e.id)
		length := entryLen
		if e.instance >= 0 {
			length = methodLen
		}
		if c.f.snap.IsAlive(e.id) {
			c.last++
			if len(c.results) < 50 {
				c.results = append(c.results, name)
			}
			digest := string(name[len(name)-length:][:digestLen])
			c.keys[digest] = append(c.keys[digest], resultKey{name, true, e.instance >= 0})
		}
	}
	for i := range c.f.suspects.list {
		s := &c.f.suspects.list[i]
		if name := c.f.snap.Name(s.id); c.f.snap.IsAlive(s.id) {
			digest := string(name[s.prefix:][:digestLen])
			c.keys[digest] = append(c.keys[digest], resultKey{name: name})
		}
	}
}

// run tries the forms of the call, for each target.
func (c *caller) run() {
	pos, kw := c.reprs(c.t.Call, false)
	if certain := c.signatures(); certain || c.foundLive() {
		if !c.foundLive() && len(c.keys) > 0 {
			c.others(pos, kw)
		}
		return
	}
	for _, t := range c.to {
		c.missing(t, pos, kw)
	}
	if len(c.keys) == 0 {
		return
	}
	c.pass(pos, kw, "", maxForms)
	if !c.foundLive() {
		c.ignored(pos, kw)
	}
	if !c.foundLive() {
		c.others(pos, kw)
	}
}

// reprs are the reprs that the typed arguments may have. A variable may be
// anything, and is None where it is ignored.
func (c *caller) reprs(call flaskcaching.Call, others bool) (pos, kw [][]string) {
	one := func(v value.Value) []string {
		list := flaskcaching.ReprsOf(v)
		if others {
			list = append(list, flaskcaching.OtherReprs(v)...)
		}
		if len(list) == 0 {
			list = []string{"None"}
		}
		return list
	}
	for _, a := range call.Args {
		pos = append(pos, one(a))
	}
	for _, k := range call.Kwargs {
		kw = append(kw, one(k.Value))
	}
	return pos, kw
}

// fewForms limits the forms of the less likely passes, and those for which the
// hash functions are tried that apps seldom set.
const fewForms = 5_000

// pass tries the forms with some alternatives of each argument, up to a limit.
func (c *caller) pass(pos, kw [][]string, how string, limit int) {
	for _, t := range c.to {
		for _, self := range c.selfForms(t) {
			start := c.n
			args := pos
			if self != "" {
				args = append([][]string{{self}}, pos...)
				if len(c.t.Call.Args) > 0 && c.t.Call.Args[0].Kind() == value.Text && flaskcaching.Quote(c.t.Call.Args[0].Text()) == self {
					args = append([][]string{{self}}, pos[1:]...)
				}
			}
			forms(args, c.t.Call.Kwargs, kw, t.extra, t.most, how, func() bool { return c.found[t.m] }, func(form callForm) bool {
				c.n++
				c.try(t, form, c.n-start < fewForms)
				return c.n-start < max(limit/max(len(c.to), 1), 1000) && c.n < 2*maxForms
			})
		}
	}
}

// selfForms are the first arguments that the library adds: the object, the class
// of a class method, or none.
func (c *caller) selfForms(t callTarget) []string {
	if len(t.self) > 0 {
		return t.self
	}
	list := []string{""}
	if class, _, ok := CutLast(t.name); ok && strings.Contains(class, ".") {
		list = append(list, flaskcaching.Quote("<class '"+class+"'>"))
	}
	return list
}

// learned are arguments of other calls of the function behind the first ones,
// which may be its defaults, and how many arguments its calls have.
func (c *caller) learned(t callTarget) (extra []string, most int) {
	count := map[string]int{}
	c.f.proofs.each(func(call provenCall) {
		if call.function != t.name || len(count) > 1000 {
			return
		}
		args := flaskcaching.SplitArgs(call.args)
		most = max(most, len(args))
		for i, a := range args {
			if i > 0 && !strings.Contains(a, "=") {
				count[a]++
			}
		}
	})
	for a := range count {
		extra = append(extra, a)
	}
	sortByCount(extra, count)
	return extra[:min(len(extra), 12)], most
}

// ignored tries None for each subset of the arguments, as args_to_ignore has it.
func (c *caller) ignored(pos, kw [][]string) {
	n := len(pos) + len(kw)
	if n == 0 || n > 6 {
		return
	}
	for mask := 1; mask < 1<<n; mask++ {
		p, k := make([][]string, len(pos)), make([][]string, len(kw))
		for i := range n {
			list := [][]string{{"None"}}
			switch {
			case i < len(pos) && mask>>i&1 == 0:
				list[0] = pos[i]
			case i >= len(pos) && mask>>i&1 == 0:
				list[0] = kw[i-len(pos)]
			}
			if i < len(pos) {
				p[i] = list[0]
			} else {
				k[i-len(pos)] = list[0]
			}
		}
		c.pass(p, k, "with args_to_ignore", fewForms)
		if c.foundLive() {
			return
		}
	}
}

// others tries what an argument is easily taken for.
func (c *caller) others(pos, kw [][]string) {
	otherPos, otherKw := c.reprs(c.t.Call, true)
	c.pass(otherPos, otherKw, other, 2*fewForms)
}

const other = "other"

// try looks for the results with the digest of a form.
func (c *caller) try(t callTarget, form callForm, all bool) {
	for braces := range 2 {
		if braces == 1 && len(form.rest) == 0 {
			return
		}
		c.text = form.appendText(c.text[:0], t.name, braces == 1)
		digestsOf(c.text, func(hash, digest string) bool {
			for _, k := range c.keys[digest] {
				c.hit(t, form, hash, digest, k)
			}
			return all || hash != "SHA-256"
		})
	}
}
