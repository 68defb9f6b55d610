package flask

// OrphanGroup is the name of the group of the results of which it is proven that
// no call can reach them, see Index.Status.
const OrphanGroup = "Stale results"

// Groups are the nodes of a tree of keys for the functions of Flask-Caching:
// a group has the results of a function, and its version, and is called as the
// function is: "app.square()". Stale results have one of their own.
type Groups struct {
	f     *Index
	names []string
	of    []int // the group of each memver
}

// Groups returns the groups; nil when there would be none.
func (f *Index) Groups() *Groups {
	if len(f.memvers) == 0 && len(f.suspects.list) == 0 {
		return nil
	}
	names, of := f.groupNames()
	return &Groups{f, append(names, OrphanGroup), of}
}

// GroupNames are the names of the functions, and OrphanGroup.
func (g *Groups) GroupNames() []string { return g.names }

// GroupOf returns the group of a key, which need not have been there when the
// functions were found; see keyspace.Groups.
func (g *Groups) GroupOf(name []byte) int {
	if at, ok := g.f.memverAt(name); ok {
		return g.of[at]
	}
	if len(name) < entryLen || !IsBase64(name[len(name)-entryLen:]) {
		return -1
	}
	if e, ok := g.f.versions.resolve(g.f.memvers, name); ok {
		return g.of[e.function]
	}
	if g.f.Orphan(name) {
		return len(g.names) - 1
	}
	return -1
}

// SortText returns the arguments of a result's call, so that the results of a
// function are in their order behind its versions. It is empty for a call that is
// not known.
func (g *Groups) SortText(name []byte) string {
	if at, ok := g.f.memverAt(name); ok {
		return "\x00" + g.f.memvers[at].instance
	}
	e, ok := g.f.Entry(name)
	if !ok {
		return ""
	}
	call, ok := g.f.proven(e)
	if !ok {
		return ""
	}
	return "(" + call.args
}

// groupNames returns the names of the groups of functions, and for each memver
// the number of its group. Functions of one name in two apps are told apart by
// the prefix.
func (f *Index) groupNames() (names []string, of []int) {
	prefixes := map[string]string{}
	twice := map[string]bool{}
	for i := range f.memvers {
		m := &f.memvers[i]
		if p, ok := prefixes[m.name]; ok && p != m.prefix {
			twice[m.name] = true
		}
		prefixes[m.name] = m.prefix
	}
	of = make([]int, len(f.memvers))
	number := map[string]int{}
	for i := range f.memvers {
		m := &f.memvers[i]
		name := m.name + "()"
		if twice[m.name] {
			name = m.prefix + name
		}
		n, ok := number[name]
		if !ok {
			n = len(names)
			names, number[name] = append(names, name), n
		}
		of[i] = n
	}
	return names, of
}
