package inspect

import (
	"bytes"
	"context"

	"cacheview/decode/keyname"
	"cacheview/inspect/keyspace"
)

// NonCacheKeys is how many keys of a plan are no cache entries, by name and value.
type NonCacheKeys struct {
	Role keyname.Role
	Keys int
	Like []byte // one of them
}

const (
	// nonCacheAll is up to how many keys of a plan all have their values looked
	// at. Of more, a sample is: nonCacheStrings of the strings and
	// nonCacheOthers of the collections whose names have the same shape, and
	// nonCacheReads at most.
	nonCacheAll     = 2000
	nonCacheStrings = 20
	nonCacheOthers  = 100
	nonCacheReads   = 6000
)

// nonCache counts the keys of a plan that are no cache entries. It reads values,
// all of them in a small plan. In a large one the keys of one shape and type
// stand for each other where those that were read all have the same role.
type nonCache struct {
	total  int
	reads  int
	found  map[keyname.Role]*NonCacheKeys
	shapes map[string]*shapeRoles
}

// shapeRoles is what the values of one shape were found to be for.
type shapeRoles struct {
	reads int
	role  keyname.Role
	known bool // role is that of at least one value
	mixed bool // the values that were read have several roles
}

func newNonCache(total int) *nonCache {
	return &nonCache{total: total, found: map[keyname.Role]*NonCacheKeys{}, shapes: map[string]*shapeRoles{}}
}

// add looks at some keys of the plan.
func (n *nonCache) add(ctx context.Context, c *Client, keys []Key) error {
	var read, rest []Key
	shapes := make([]*shapeRoles, 0, len(keys))
	var unread []*shapeRoles
	for _, k := range keys {
		if !k.Exists {
			continue
		}
		s := n.shape(k)
		if n.wants(k, s) {
			s.reads++
			n.reads++
			read, shapes = append(read, k), append(shapes, s)
		} else {
			rest, unread = append(rest, k), append(unread, s)
		}
	}
	samples, err := c.Samples(ctx, read)
	if err != nil {
		return err
	}
	for i, k := range read {
		role := keyname.RoleOf(k.Name, samples[i])
		s := shapes[i]
		s.mixed = s.mixed || s.known && s.role != role
		s.role, s.known = role, true
		n.count(k.Name, role)
	}
	for i, k := range rest {
		role := keyname.RoleOf(k.Name, keyname.Sample{Type: k.Meta.Type.String()})
		if s := unread[i]; !s.mixed && s.known {
			role = s.role
		}
		n.count(k.Name, role)
	}
	return nil
}

// wants reports whether a value is to be read.
func (n *nonCache) wants(k Key, s *shapeRoles) bool {
	switch {
	case n.total <= nonCacheAll:
		return true
	case n.reads >= nonCacheReads:
		return false
	case k.Meta.Type == keyspace.String:
		return s.reads < nonCacheStrings
	}
	return s.reads < nonCacheOthers
}

func (n *nonCache) count(name []byte, role keyname.Role) {
	if role <= keyname.Entry {
		return
	}
	if n.found[role] == nil {
		n.found[role] = &NonCacheKeys{Role: role, Like: name}
	}
	n.found[role].Keys++
}

// shape returns the keys that a key stands for: those of its type whose names
// begin with the same word and have the same delimiters.
func (n *nonCache) shape(k Key) *shapeRoles {
	const delims = ":/.|"
	name := make([]byte, 0, 32)
	name = append(name, byte(k.Meta.Type))
	first, rest := k.Name, []byte(nil)
	if at := bytes.IndexAny(k.Name, delims); at >= 0 {
		first, rest = k.Name[:at], k.Name[at:]
	}
	if bytes.ContainsAny(first, "0123456789") {
		name = append(name, '#')
	} else {
		name = append(name, first...)
	}
	for _, b := range rest[:min(len(rest), 256)] {
		if bytes.IndexByte([]byte(delims), b) >= 0 {
			name = append(name, b)
		}
	}
	s := n.shapes[string(name)]
	if s == nil {
		s = &shapeRoles{}
		n.shapes[string(name)] = s
	}
	return s
}

// list returns what was counted, in the order of keyname.Beside, and how many
// values were read where that is not all.
func (n *nonCache) list() (all []NonCacheKeys, sampled int) {
	for _, role := range keyname.NonCacheRoles() {
		if b := n.found[role]; b != nil {
			all = append(all, *b)
		}
	}
	if n.reads < n.total {
		sampled = n.reads
	}
	return all, sampled
}
