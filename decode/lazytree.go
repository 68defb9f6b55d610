package decode

import (
	"math"

	"cacheview/decode/value"
)

// packed is a parsed tree kept as tables: four bytes for a scalar, sixteen
// more for a container. Values are made from it, and from the bytes, when they
// are asked for, so that a million items cost four megabytes and not a hundred.
type packed struct {
	raw   []byte
	boxes []box
	kids  []ref // the children of all boxes
	// leaf reads the scalar that starts at off; the parser has already read
	// it once, so it cannot fail.
	leaf func(p *packed, off int) value.Value
	// key reads the key of an entry where keys are not written like values;
	// nil where they are.
	key func(p *packed, off int) value.Value
	// special makes the value of a box of kind specialBox.
	special func(p *packed, b box) value.Value
	// identified gives every container an identity: one may hold itself.
	identified bool
}

// ref is the offset of a scalar, or with boxRef set the number of a box.
type ref uint32

const boxRef ref = 1 << 31

// boxKind is what a container is.
type boxKind uint8

const (
	listBox boxKind = iota
	mapBox
	specialBox
)

// box is one container: n children from kids[first], keys and values in turn
// for a map.
type box struct {
	off   uint32 // where it starts in raw
	first uint32
	n     uint32
	kind  boxKind
}

func (p *packed) value(r ref) value.Value {
	if r&boxRef == 0 {
		return p.leaf(p, int(r))
	}
	v := p.container(p.boxes[r&^boxRef])
	if p.identified {
		v = v.WithID(uint32(r&^boxRef) + 1)
	}
	return v
}

func (p *packed) container(b box) value.Value {
	switch b.kind {
	case listBox:
		return value.NewSeq(packedItems{p, b.first, b.n})
	case mapBox:
		return value.NewMap(packedPairs{p, b.first, b.n / 2})
	}
	return p.special(p, b)
}

func (p *packed) keyValue(r ref) value.Value {
	if p.key != nil {
		return p.key(p, int(r))
	}
	return p.value(r)
}

type packedItems struct {
	p        *packed
	first, n uint32
}

func (s packedItems) Len() int { return int(s.n) }

func (s packedItems) At(i int) value.Value { return s.p.value(s.p.kids[int(s.first)+i]) }

type packedPairs struct {
	p        *packed
	first, n uint32
}

func (s packedPairs) Len() int { return int(s.n) }

func (s packedPairs) KeyAt(i int) value.Value { return s.p.keyValue(s.p.kids[int(s.first)+2*i]) }

func (s packedPairs) At(i int) (key, val value.Value) {
	at := int(s.first) + 2*i
	return s.p.keyValue(s.p.kids[at]), s.p.value(s.p.kids[at+1])
}

// packer builds a packed tree while a parser reads, and counts what it costs.
type packer struct {
	packed
	format string
	lim    value.Limits
	stack  []ref // finished children of the open containers
	depth  int
	nodes  int
}

// newPacker starts a tree over raw. Input that a ref cannot address is refused.
func newPacker(format string, raw []byte, lim value.Limits) (*packer, *value.Error) {
	p := &packer{packed: packed{raw: raw}, format: format, lim: lim.OrDefault()}
	if len(raw) > math.MaxInt32 {
		return p, p.fail(value.Limit, 0, "more than 2 GB")
	}
	return p, nil
}

func (p *packer) fail(kind value.ErrorKind, off int, detail string) *value.Error {
	return &value.Error{Format: p.format, Kind: kind, Offset: off, Detail: detail}
}

// push adds a finished child.
func (p *packer) push(r ref) *value.Error {
	if p.nodes++; p.nodes > p.lim.Nodes {
		return p.fail(value.Limit, int(r&^boxRef), "too many values")
	}
	p.stack = append(p.stack, r)
	return nil
}

// scalar adds the scalar at off.
func (p *packer) scalar(off int) *value.Error { return p.push(ref(off)) }

// open enters a container that starts at off; close must follow, whatever
// happens between.
func (p *packer) open(off int) (mark int, err *value.Error) {
	if p.depth++; p.depth > p.lim.Depth {
		err = p.fail(value.Limit, off, "nested too deep")
	}
	return len(p.stack), err
}

// close makes what was pushed since mark the children of a container. A key
// without a value is left out.
func (p *packer) close(kind boxKind, off, mark int) *value.Error {
	p.depth--
	children := p.stack[mark:]
	if kind == mapBox {
		children = children[:len(children)&^1]
	}
	b := box{off: uint32(off), first: uint32(len(p.kids)), n: uint32(len(children)), kind: kind}
	p.kids = append(p.kids, children...)
	p.stack = p.stack[:mark]
	p.boxes = append(p.boxes, b)
	return p.push(boxRef | ref(len(p.boxes)-1))
}

// root returns the value that was pushed, Nil when there is none yet.
func (p *packer) root() value.Value {
	p.lim.Meter.Add(p.nodes)
	if len(p.stack) == 0 {
		return value.Nil
	}
	return p.value(p.stack[0])
}

// inItem adds to an error's path in which child of the container opened at
// mark it happened; at is what len(p.stack) was before that child.
func (p *packer) inItem(err *value.Error, kind boxKind, mark, at int) *value.Error {
	label := value.Label{Index: at - mark}
	if kind == mapBox {
		if (at-mark)%2 == 0 {
			return err // in a key
		}
		label = value.Label{Kind: value.KeyLabel, Key: p.keyValue(p.stack[at-1])}
	}
	if len(err.Path) < maxErrorPath {
		err.Path = label.String() + err.Path
	}
	return err
}

// maxErrorPath keeps the path of an error deep inside readable.
const maxErrorPath = 200
