package ui

import "cacheview/inspect/keyspace"

// markLimit bounds what is marked at once: marks are for choosing by hand, and
// everything that matches has keys of its own.
const markLimit = 10_000

// mark marks the key under the cursor, or every key of the prefix, and goes to
// the next row. What is all marked is unmarked.
func (p *keyPane) mark() {
	r, ok := p.current()
	if !ok {
		return
	}
	names := p.keysOf(r)
	on := true
	for _, name := range names {
		_, marked := p.marks[string(name)]
		on = on && marked
	}
	for _, name := range names {
		if on {
			delete(p.marks, string(name))
		} else {
			p.marks[string(name)] = struct{}{}
		}
	}
	p.anchor, p.anchored = p.cursor, true
	p.moveTo(p.cursor + 1)
}

// keysOf are the keys that a row stands for, at most markLimit.
func (p *keyPane) keysOf(r keyspace.Row) [][]byte {
	switch {
	case r.Leaf:
		return [][]byte{p.snap.Name(r.ID)}
	case r.Group:
		ids := p.rows.GroupKeys(r.Prefix)
		var names [][]byte
		for _, id := range ids[:min(len(ids), markLimit)] {
			names = append(names, p.snap.Name(id))
		}
		return names
	}
	var names [][]byte
	for id := range p.rows.KeysWithPrefix(r.Prefix) {
		if names = append(names, p.snap.Name(id)); len(names) == markLimit {
			break
		}
	}
	return names
}

// markRange marks all keys from the row that was marked last to the one under
// the cursor.
func (p *keyPane) markRange() {
	from := p.cursor
	if p.anchored {
		from = min(p.anchor, p.len()-1)
	}
	p.markRows(min(from, p.cursor), max(from, p.cursor)+1)
	p.anchor, p.anchored = p.cursor, true
}

func (p *keyPane) markAll() { p.markRows(0, p.len()) }

func (p *keyPane) markRows(from, to int) {
	for i := max(from, 0); i < min(to, from+markLimit, p.len()); i++ {
		if r := p.rows.At(i); r.Leaf {
			p.marks[string(p.snap.Name(r.ID))] = struct{}{}
		}
	}
}

// markedKeys are the marked names, in the order of their bytes.
func (p *keyPane) markedKeys() [][]byte { return sortedNames(p.marks) }
