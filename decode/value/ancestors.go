package value

// Ancestors are the containers around a node, by their ids, outermost first:
// how a walker finds a container inside itself. The zero value has none. It
// costs the same per level however deep the walker is.
type Ancestors struct {
	ids []uint32
	at  map[uint32]int // where each id is, from the first deep level on
}

// shallow is the number of levels that are searched one by one.
const shallow = 32

// Push enters a container; id is 0 for one without an identity.
func (a *Ancestors) Push(id uint32) {
	a.ids = append(a.ids, id)
	if len(a.ids) <= shallow || id == 0 {
		return
	}
	if a.at == nil {
		a.at = map[uint32]int{}
	}
	a.at[id] = len(a.ids) - 1
}

// Pop leaves the container that was entered last.
func (a *Ancestors) Pop() {
	last := len(a.ids) - 1
	if last >= shallow {
		delete(a.at, a.ids[last])
	}
	a.ids = a.ids[:last]
}

// Len returns the number of containers around.
func (a *Ancestors) Len() int { return len(a.ids) }

// Above returns how many levels above the node the container with this id is,
// from 1; 0 when it is not around the node, or when id is 0.
func (a *Ancestors) Above(id uint32) int {
	if id == 0 {
		return 0
	}
	for i, other := range a.ids[:min(len(a.ids), shallow)] {
		if other == id {
			return len(a.ids) - i
		}
	}
	if i, ok := a.at[id]; ok {
		return len(a.ids) - i
	}
	return 0
}
