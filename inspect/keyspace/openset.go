package keyspace

import "maps"

// An OpenSet says which nodes of a tree are open. It never changes: With makes
// another. The zero value has all nodes folded.
type OpenSet struct {
	all    bool
	except map[string]bool
}

// AllOpen returns the set of all nodes there may ever be.
func AllOpen() OpenSet { return OpenSet{all: true} }

// OpenPrefixes returns the set of these nodes. A prefix ends in its delimiter.
func OpenPrefixes(prefixes ...string) OpenSet {
	o := OpenSet{except: make(map[string]bool, len(prefixes))}
	for _, p := range prefixes {
		o.except[p] = true
	}
	return o
}

// Has reports whether the node of prefix is open.
func (o OpenSet) Has(prefix []byte) bool { return o.except[string(prefix)] != o.all }

// With returns the set with one node opened or folded.
func (o OpenSet) With(prefix []byte, open bool) OpenSet {
	if o.Has(prefix) == open {
		return o
	}
	except := maps.Clone(o.except)
	if except == nil {
		except = make(map[string]bool, 1)
	}
	if open == o.all {
		delete(except, string(prefix))
	} else {
		except[string(prefix)] = true
	}
	return OpenSet{o.all, except}
}
