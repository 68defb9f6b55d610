package inspect

import "cacheview/inspect/keyspace"

// OrphanGroup is the name of the group of the entries that no call can hit any
// more, see Flask.Orphan.
const OrphanGroup = "never hit again"

// Groups puts each entry, and each version, into a group that is called as its
// function is, "app.square()", and the orphans into one of their own. It is nil
// when there is none of them.
func (f *Flask) Groups() *keyspace.Groups {
	if len(f.memvers) == 0 && len(f.orphans) == 0 {
		return nil
	}
	names, of := f.groupNames()
	groups := keyspace.NewGroups(f.snap, append(names, OrphanGroup))
	for _, id := range f.memvered {
		if at, ok := f.memverAt(f.snap.Name(id)); ok {
			groups.Put(id, of[at])
		}
	}
	for _, e := range f.entries {
		groups.Put(e.id, of[e.function])
	}
	for _, id := range f.orphans {
		groups.Put(id, len(names))
	}
	return groups
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
