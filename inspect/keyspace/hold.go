package keyspace

import "hash/maphash"

// held is the key that stays in the index although it was removed, because
// somebody looks at it.
type held struct {
	on   bool
	name string
	gone bool // it was removed
	free bool // it need not stay: the user removes it
}

// expiredAt is the expiry of a held key that had none, or not yet.
const expiredAt = 1

// Hold keeps one key in the index: when it is removed it stays, with an expiry in
// the past, until another key is held. A nil name holds none. Hold reports
// whether a removed key left the index now.
func (x *Index) Hold(name []byte) (left bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	h := &x.held
	if h.on && name != nil && h.name == string(name) {
		return false
	}
	left = x.dropGone()
	*h = held{on: name != nil, name: string(name)}
	return left
}

// dropGone takes the held key out if it was removed.
func (x *Index) dropGone() (left bool) {
	h := &x.held
	if !h.gone {
		return false
	}
	h.gone = false
	hash := maphash.String(x.seed, h.name)
	s := x.set.shard(hash)
	slot, ok := x.find(s, hash, []byte(h.name))
	if ok {
		x.remove(s.ids[slot])
	}
	return ok
}

// Release lets the held key go when it is removed, if it is that of name: the
// user removes it.
func (x *Index) Release(name []byte) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.held.on || x.held.name != string(name) {
		return
	}
	x.held.free = true
	x.dropGone()
}

// HeldGone reports whether the held key was removed.
func (x *Index) HeldGone() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.held.gone
}

// keepHeld marks the held key as removed; false for any other.
func (x *Index) keepHeld(id uint32) bool {
	h := &x.held
	if !h.on || h.free || h.name != string(x.now.Name(id)) {
		return false
	}
	h.gone = true
	m := x.now.Meta(id)
	m.Expiry = expiredAt
	x.now.setMeta(id, m)
	x.now.metas++
	return true
}

// heldReturned notes that a key is there.
func (x *Index) heldReturned(name []byte) {
	if x.held.gone && x.held.name == string(name) {
		x.held.gone = false
	}
}
