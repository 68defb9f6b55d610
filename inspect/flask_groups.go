package inspect

// OrphanGroup is the name of the group of the entries that no call can hit any
// more, see Flask.Orphan.
const OrphanGroup = "never hit again"

// FlaskGroups are the nodes of a tree of keys for the functions of Flask-Caching:
// a group has the results of a function, and its version, and is called as the
// function is: "app.square()". The orphans have one of their own.
type FlaskGroups struct {
	f     *Flask
	names []string
	of    []int // the group of each memver
}

// Groups returns the groups; nil when there would be none.
func (f *Flask) Groups() *FlaskGroups {
	if len(f.memvers) == 0 && len(f.orphans) == 0 {
		return nil
	}
	names, of := f.groupNames()
	return &FlaskGroups{f, append(names, OrphanGroup), of}
}

// GroupNames are the names of the functions, and OrphanGroup.
func (g *FlaskGroups) GroupNames() []string { return g.names }

// GroupOf returns the group of a key, which need not have been there when the
// functions were found; see keyspace.Groups.
func (g *FlaskGroups) GroupOf(name []byte) int {
	if at, ok := g.f.memverAt(name); ok {
		return g.of[at]
	}
	if len(name) < entryLen || !isBase64(name[len(name)-entryLen:]) {
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

// groupNames returns the names of the groups of functions, and for each memver
// the number of its group. Functions of one name in two apps are told apart by
// the prefix.
func (f *Flask) groupNames() (names []string, of []int) {
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
