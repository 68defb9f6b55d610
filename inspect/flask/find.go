package flask

import (
	"bytes"
	"slices"
	"strings"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// Candidate is a key that a typed call or request may have.
type Candidate struct {
	Key    []byte // empty when the version that is a part of it is not known
	Exists bool   // in the snapshot
	// Stale is true for the result of a call under a version that is gone.
	Stale bool
	// Certain reports whether Exists is proven to answer for the call: a key
	// that exists has its digest; for one that does not, options and defaults
	// that are not known could have made another key.
	Certain bool
	Call    string // in full: app.square(4), /page?x=1
	// Other is true when Call is not what was typed, but easily taken for it:
	// user('1') for user(1).
	Other bool
	Rule  string // by which it would be written, for people
}

// Found is the answer of Find.
type Found struct {
	List []Candidate // live results first, then stale ones, then missing keys
	// Tried says in words which forms of the call were tried.
	Tried string
	// Results are live results of the function, to choose from when none of the
	// keys exists.
	Results [][]byte
}

// Exists reports whether a live key was found.
func (r Found) Exists() bool {
	return slices.ContainsFunc(r.List, func(c Candidate) bool { return c.Exists && !c.Stale })
}

// Find is FindAll with the candidates alone.
func (f *Index) Find(typed string) ([]Candidate, error) {
	found, err := f.FindAll(typed)
	return found.List, err
}

// FindAll returns the keys that a call or a request has, or would have, in each
// of the apps. What is typed is a call as it is in the source, square(4),
// search(q, page=2), Basket(7).total(), or a request, /page?x=1 or its whole
// URL; a function may be named without its module. The library fills in
// defaults and moves named arguments to their places, so arguments are tried in
// every order that fits, with usual defaults and with None for what is ignored.
//
// It passes over the names of the snapshot once. An error is a
// *flaskcaching.CallError, which says where the text cannot be read.
func (f *Index) FindAll(typed string) (Found, error) {
	t, err := flaskcaching.ParseInput(typed)
	if err != nil {
		return Found{}, err
	}
	s := finder{f: f, at: map[string]int{}}
	if t.Path != "" {
		s.request(t, typed)
	} else {
		s.call(t)
	}
	slices.SortStableFunc(s.list, func(a, b Candidate) int { return a.rank() - b.rank() })
	return Found{List: s.list, Tried: s.tried, Results: s.results}, nil
}

func (c Candidate) rank() int {
	switch {
	case c.Exists && !c.Stale && !c.Other:
		return 0
	case c.Exists && !c.Stale:
		return 1
	case c.Exists:
		return 2
	case len(c.Key) > 0:
		return 3
	}
	return 4
}

// finder collects the candidates of one FindAll.
type finder struct {
	f       *Index
	list    []Candidate
	at      map[string]int // in list, by key
	tried   string
	results [][]byte
}

func (s *finder) add(c Candidate) {
	if i, ok := s.at[string(c.Key)]; ok && len(c.Key) > 0 {
		if old := &s.list[i]; !old.Exists && c.Exists {
			*old = c
		}
		return
	}
	s.at[string(c.Key)] = len(s.list)
	s.list = append(s.list, c)
}

// allPrefixes are those of the apps, the default one first.
func (s *finder) allPrefixes() []string {
	list := []string{flaskcaching.DefaultPrefix}
	for _, p := range s.f.prefixes {
		if p != flaskcaching.DefaultPrefix {
			list = append(list, p)
		}
	}
	return list
}

// request adds the keys of a page.
func (s *finder) request(t flaskcaching.Input, typed string) {
	s.tried = "the path alone, the path with the query (MD5, SHA-1, SHA-2), and key prefixes with the path in them"
	rules := make([]flaskcaching.Rules, 0, len(hashes))
	for _, h := range hashes {
		rules = append(rules, flaskcaching.Rules{Hash: h.new})
	}
	call := t.Path
	if len(t.Query) > 0 {
		call = typed[strings.Index(typed, t.Path[:1]):]
	}
	s.routed(t)
	present := map[string]bool{}
	for _, prefix := range s.allPrefixes() {
		for i, r := range rules {
			r.Prefix = prefix
			next := r
			next.Next = true
			if i == 0 {
				s.add(Candidate{Key: r.View(t.Path), Call: t.Path, Rule: "@cached()"})
			}
			s.add(Candidate{Key: r.Query(t.Path, t.Query), Call: strings.TrimSpace(call), Rule: "@cached(query_string=True), " + hashes[i].name})
			s.add(Candidate{Key: next.Query(t.Path, t.Query), Call: strings.TrimSpace(call), Rule: "@cached(query_string=True), Flask-Caching 2.5, " + hashes[i].name})
		}
	}
	path := []byte(t.Path)
	for id := range uint32(s.f.snap.IDCount()) {
		name := s.f.snap.Name(id)
		if i, ok := s.at[string(name)]; ok {
			present[string(name)] = s.f.snap.IsAlive(id)
			s.list[i].Exists = s.list[i].Exists || s.f.snap.IsAlive(id)
			continue
		}
		at := bytes.Index(name, path)
		if at < 0 || !s.f.snap.IsAlive(id) {
			continue
		}
		s.named(name, at, t.Path)
	}
	kept := s.list[:0]
	missing := 0
	for _, c := range s.list {
		if !c.Exists {
			// Of what is missing only the usual forms are shown.
			if strings.Contains(c.Rule, "SHA-1") || strings.Contains(c.Rule, "SHA-2") && !strings.Contains(c.Rule, "256") || strings.Contains(c.Rule, "2.5, MD5") || strings.HasSuffix(c.Rule, "=True), SHA-256") {
				continue
			}
			missing++
		}
		c.Certain = c.Exists
		kept = append(kept, c)
	}
	s.list = kept
}

// named adds a key that has the path in its name by another rule: a key prefix
// with "%s", or the digest of the source behind the path.
func (s *finder) named(name []byte, at int, path string) {
	k, ok := s.f.Parse(name)
	if !ok || k.Path != path {
		return
	}
	switch {
	case k.Kind == flaskcaching.Named:
		s.add(Candidate{
			Key: name, Exists: true, Certain: true, Call: path,
			Rule: "@cached(key_prefix=" + flaskcaching.Quote(strings.TrimSuffix(k.Name, path)+"%s") + ")",
		})
	case k.Kind == flaskcaching.View && k.Digest != "":
		s.add(Candidate{Key: name, Exists: true, Certain: true, Call: path, Rule: "@cached(source_check=True)"})
	}
}

// call adds the keys of a call: of each function of that name, on each object
// that fits.
func (s *finder) call(t flaskcaching.Input) {
	c := caller{finder: s, t: t, hits: map[string]bool{}, found: map[*memver]bool{}}
	c.targets()
	c.index()
	c.run()
	c.describe()
}

// sameFunction reports whether the name of a function is the typed one, with or
// without its module, and by the cleaned names of Flask-Caching 2.5.
func sameFunction(name, typed string) bool {
	if name == typed || strings.HasSuffix(name, "."+typed) {
		return true
	}
	cleaned := clean(typed)
	return cleaned != typed && (name == cleaned || strings.HasSuffix(name, "."+cleaned))
}

// written writes the arguments of a call as they were typed.
func written(call flaskcaching.Call) string {
	var parts []string
	one := func(v value.Value) string {
		if reprs := flaskcaching.ReprsOf(v); len(reprs) == 1 {
			return reprs[0]
		}
		return v.Text()
	}
	for _, a := range call.Args {
		parts = append(parts, one(a))
	}
	for _, a := range call.Kwargs {
		parts = append(parts, a.Name+"="+one(a.Value))
	}
	return strings.Join(parts, ", ")
}
