package inspect

import (
	"cacheview/decode/keyname"
	"cacheview/inspect/keyspace"
)

// Groups are nodes of a tree of keys: the functions of Flask-Caching, and the
// pages, fragments and tags of other frameworks. They implement keyspace.Ordered.
type Groups struct {
	flask *FlaskGroups // nil when there are none
	other *Frameworks  // nil when not known
	names []string
	of    map[string]int // numbers of the groups of other frameworks
}

// NewGroups returns the groups of the keys of a snapshot; nil when there are none.
// f and other may be nil.
func NewGroups(f *FlaskIndex, other *Frameworks, snap *keyspace.Snapshot) *Groups {
	g := &Groups{other: other, of: map[string]int{}}
	if f != nil {
		g.flask = f.Groups()
	}
	if g.flask != nil {
		g.names = g.flask.GroupNames()
	}
	for id := range uint32(snap.IDCount()) {
		if other == nil || len(g.of) == maxFrameworkGroups {
			break
		}
		if !snap.IsAlive(id) {
			continue
		}
		if name, ok := other.group(snap.Name(id)); ok {
			if _, known := g.of[name]; !known {
				g.of[name] = len(g.names)
				g.names = append(g.names, name)
			}
		}
	}
	if len(g.names) == 0 {
		return nil
	}
	return g
}

// maxFrameworkGroups limits the groups of other frameworks than Flask-Caching.
const maxFrameworkGroups = 1000

// GroupNames are the names of the groups.
func (g *Groups) GroupNames() []string { return g.names }

// GroupOf returns the number of the group of a key, or -1.
func (g *Groups) GroupOf(name []byte) int {
	if g.flask != nil {
		if n := g.flask.GroupOf(name); n >= 0 {
			return n
		}
	}
	if len(g.of) > 0 {
		if group, ok := g.other.group(name); ok {
			if n, ok := g.of[group]; ok {
				return n
			}
		}
	}
	return -1
}

// SortText returns the arguments of a result's call.
func (g *Groups) SortText(name []byte) string {
	if g.flask == nil {
		return ""
	}
	return g.flask.SortText(name)
}

// group returns the group of a key by its name.
func (f *Frameworks) group(name []byte) (string, bool) {
	k := keyname.Explain(name, keyname.Sample{})
	index, ok := f.indexes[k.Framework]
	if !ok {
		return "", false
	}
	return index.Group(name, k)
}
