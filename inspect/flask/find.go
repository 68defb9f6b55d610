package flask

import (
	"slices"
	"strings"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// Candidate is a key that a typed call or request may have.
type Candidate struct {
	Key    []byte
	Exists bool // in the snapshot
	// Stale is true for the result of a call under a version that is no more.
	Stale bool
	Call  string // in full: app.square(4), /page?x=1
	Rule  string // by which it would be written, for people
}

// Find returns the keys that a call or a request would have in each of the apps,
// those that exist first. What is typed is square(4), app.square(4, unit="cm"),
// Basket.total('<Basket 7>', 2) or /page?x=1&y=2; a function may be named
// without its module. Keys by rules that only some versions of the library or
// of Python have are there as well as those by the usual ones; arguments that
// defaults add are there only when such a key exists. A call of a function that
// has no version now has no key, but stale results of it are found.
//
// It passes over the names of the snapshot once. An error is a
// *flaskcaching.CallError, which says where the text cannot be read.
func (f *Index) Find(typed string) ([]Candidate, error) {
	t, err := flaskcaching.ParseTyped(typed)
	if err != nil {
		return nil, err
	}
	s := finder{f: f, at: map[string]int{}}
	if t.Path != "" {
		s.request(t, typed)
	} else if err := s.call(t); err != nil {
		return nil, err
	}
	s.look(t.Path)
	slices.SortStableFunc(s.list, func(a, b found) int { return a.rank() - b.rank() })
	var list []Candidate
	for _, c := range s.list {
		if !c.Exists && c.onlyIfThere {
			continue
		}
		list = append(list, c.Candidate)
		if c.Exists && c.digest != "" {
			f.proofs.put(c.digest, c.proof)
		}
	}
	return list, nil
}

// found is a candidate with what it would prove.
type found struct {
	Candidate
	onlyIfThere bool
	digest      string
	proof       provenCall
}

func (c found) rank() int {
	switch {
	case c.Exists && !c.Stale:
		return 0
	case c.Exists:
		return 1
	}
	return 2
}

// finder collects the candidates of one Find.
type finder struct {
	f    *Index
	list []found
	at   map[string]int // in list, by key
	lost map[string]found
}

func (s *finder) add(c found) {
	if _, ok := s.at[string(c.Key)]; !ok {
		s.at[string(c.Key)] = len(s.list)
		s.list = append(s.list, c)
	}
}

// prefixes are those of the apps, the default one first.
func (s *finder) prefixes() []string {
	list := []string{flaskcaching.DefaultPrefix}
	for _, p := range s.f.prefixes {
		if p != flaskcaching.DefaultPrefix {
			list = append(list, p)
		}
	}
	return list
}

// ruleSets are the rules that an app may have.
var ruleSets = []struct {
	name string
	flaskcaching.Rules
}{
	{"md5", flaskcaching.Rules{}},
	{"sha256, Flask-Caching 2.5", flaskcaching.Rules{Next: true}},
}

// spellings are what flaskcaching.Rules.Texts returns, in its order.
var spellings = []string{"", ", Python 3.12 and later", ", the named arguments in order as parameters"}

func (s *finder) request(t flaskcaching.Typed, typed string) {
	for _, prefix := range s.prefixes() {
		for _, rules := range ruleSets {
			r := rules.Rules
			r.Prefix = prefix
			keys := r.Keys(t)
			s.add(found{Candidate: Candidate{Key: keys[0], Call: t.Path, Rule: "@cached()"}})
			s.add(found{Candidate: Candidate{Key: keys[1], Call: strings.TrimSpace(typed), Rule: "@cached(query_string=True), " + rules.name}})
		}
	}
}

// call adds the keys of a call: of each function of that name, on each object
// when the object was not typed.
func (s *finder) call(t flaskcaching.Typed) error {
	s.lost = map[string]found{}
	if err := s.texts(t.Function, t.Call, nil, false, nil); err != nil {
		return err
	}
	for i := range s.f.memvers {
		m := &s.f.memvers[i]
		if m.name != t.Function && !strings.HasSuffix(m.name, "."+t.Function) {
			continue
		}
		if m.instance != "" {
			if err := s.method(m, t.Call); err != nil {
				return err
			}
			continue
		}
		// The calls of a method have a second version in their keys.
		if err := s.texts(m.name, t.Call, m, s.f.hasInstances(m), m.version[:]); err != nil {
			return err
		}
		for _, more := range [][]value.Value{
			{value.Nil}, {value.OfBool(true)}, {value.OfBool(false)}, {value.Nil, value.Nil}, {value.Nil, value.Nil, value.Nil},
		} {
			call := t.Call
			call.Args = append(slices.Clone(call.Args), more...)
			if err := s.texts(m.name, call, m, true, m.version[:]); err != nil {
				return err
			}
		}
		if class, _, ok := CutLast(m.name); ok {
			call := t.Call
			call.Args = append([]value.Value{value.OfText("<class '" + class + "'>")}, call.Args...)
			if err := s.texts(m.name, call, m, true, m.version[:]); err != nil {
				return err
			}
		}
	}
	return nil
}

// method adds the keys of a call on one object. The object is the first
// argument, as its repr, or left out.
func (s *finder) method(m *memver, call flaskcaching.Call) error {
	at, ok := s.f.functionAt(m)
	if !ok {
		return nil
	}
	self := value.OfText(m.instance)
	typed := len(call.Args) > 0 && call.Args[0].Kind() == value.Text && call.Args[0].Text() == m.instance
	call.Args = slices.Clone(call.Args)
	if typed {
		call.Args[0] = self
	} else {
		call.Args = append([]value.Value{self}, call.Args...)
	}
	function := &s.f.memvers[at]
	return s.texts(m.name, call, m, !typed, append(slices.Clone(function.version[:]), m.version[:]...))
}

// texts adds the keys of a call by all rules. Without a memver there is no
// version to make a key with, and only stale results are looked for.
func (s *finder) texts(function string, call flaskcaching.Call, m *memver, onlyIfThere bool, versions []byte) error {
	args, err := writeArgs(call)
	if err != nil {
		return err
	}
	for _, rules := range ruleSets {
		texts, err := rules.Texts(function, call)
		if err != nil {
			return err
		}
		for i, text := range texts {
			c := found{
				Candidate:   Candidate{Call: function + "(" + args + ")", Rule: "@memoize, " + rules.name + spellings[i%len(spellings)]},
				onlyIfThere: onlyIfThere, digest: rules.Digest(text), proof: provenCall{function, args},
			}
			s.lost[c.digest] = c
			if m != nil {
				r := rules.Rules
				r.Prefix = m.prefix
				c.Key = r.Memoize(text, string(versions))
				s.add(c)
			}
		}
	}
	return nil
}

// writeArgs writes the arguments of a call as a program would.
func writeArgs(call flaskcaching.Call) (string, error) {
	parts := make([]string, 0, len(call.Args)+len(call.Kwargs))
	for _, a := range call.Args {
		repr, err := flaskcaching.PyRepr(a)
		if err != nil {
			return "", err
		}
		parts = append(parts, repr)
	}
	for _, a := range call.Kwargs {
		repr, err := flaskcaching.PyRepr(a.Value)
		if err != nil {
			return "", err
		}
		parts = append(parts, a.Name+"="+repr)
	}
	return strings.Join(parts, ", "), nil
}

// look finds out which candidates exist, which stale results are of the call,
// and which keys have the path of a request in them.
func (s *finder) look(path string) {
	for id := range uint32(s.f.snap.Len()) {
		name := s.f.snap.Name(id)
		if i, ok := s.at[string(name)]; ok {
			s.list[i].Exists = s.list[i].Exists || s.f.snap.Live(id)
			continue
		}
		if path == "" || len(name) <= len(path) || string(name[len(name)-len(path):]) != path || !s.f.snap.Live(id) {
			continue
		}
		if k, ok := s.f.Parse(name); ok && k.Kind == flaskcaching.Named && k.Path == path {
			s.list = append(s.list, found{Candidate: Candidate{
				Key: name, Exists: true, Call: path, Rule: "@cached(key_prefix=" + flaskcaching.Quote(strings.TrimSuffix(k.Name, path)+"%s") + ")",
			}})
		}
	}
	for i := range s.f.suspects.list {
		p := &s.f.suspects.list[i]
		name := s.f.snap.Name(p.id)
		if !s.f.snap.Live(p.id) {
			continue
		}
		if c, ok := s.lost[string(name[p.prefix:p.prefix+digestLen])]; ok {
			c.Key, c.Exists, c.Stale = name, true, true
			s.list = append(s.list, c)
		}
	}
}
