package decode

import (
	"bytes"
	"strings"

	"cacheview/decode/value"
)

// php-msgpack writes an object as a map of its properties that begins with the
// key null: its class. An array that is a reference begins with null and 1
// (msgpack_pack.c). A dictionary may have the key null, too, so that one of the
// maps of a value has to prove it: by the class stdClass, a namespace, a
// property that is not public, or the mark of a reference.

// phpReference is the mark of an array that is a reference.
const phpReference = 1

// phpMaps are the maps of a value that begin with null.
type phpMaps struct {
	boxes  []int
	proven bool
}

// note keeps the container that was just closed if it may be PHP's.
func (m *phpMaps) note(p *packer) {
	i := len(p.boxes) - 1
	b := p.boxes[i]
	if b.kind != mapBox || b.n < 4 || p.kids[b.first]&boxRef != 0 || p.raw[p.kids[b.first]] != 0xc0 {
		return
	}
	mark := p.value(p.kids[b.first+1])
	class := mark.Kind() == value.Text && isPHPClass(mark.Text())
	if n, ok := mark.Int(); !class && (!ok || n != phpReference) {
		return
	}
	for at := b.first + 2; at < b.first+b.n; at += 2 {
		key := p.keyValue(p.kids[at])
		if class && key.Kind() != value.Text || key.Kind() != value.Text && key.Kind() != value.Int {
			return
		}
		m.proven = m.proven || class && strings.HasPrefix(key.Text(), "\x00")
	}
	m.proven = m.proven || !class || mark.Text() == "stdClass" || strings.Contains(mark.Text(), `\`)
	m.boxes = append(m.boxes, i)
}

// settle makes objects of the maps if one of them proves that they are.
func (m *phpMaps) settle(p *packer) {
	if !m.proven {
		return
	}
	for _, i := range m.boxes {
		p.boxes[i].kind = specialBox
	}
}

// isPHPClass reports whether a text is the name of a class.
func isPHPClass(s string) bool {
	for part := range strings.SplitSeq(strings.TrimPrefix(s, `\`), `\`) {
		if part == "" || part[0] >= '0' && part[0] <= '9' {
			return false
		}
		for i := range len(part) {
			if c := part[i]; c < 0x80 && c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}

// phpMap makes the value of such a map. The marks of properties that are not
// public are those of PHP's serialize().
func phpMap(p *packed, b box) value.Value {
	rest := value.NewMap(packedPairs{p, b.first + 2, b.n/2 - 1})
	mark := p.value(p.kids[b.first+1])
	if mark.Kind() != value.Text {
		return rest
	}
	props := phpProps{packedPairs{p, b.first + 2, b.n/2 - 1}, mark.Text()}
	return value.NewObject("object", mark.Text(), value.Attr{Name: "state", Value: value.NewMap(props)})
}

// phpProps are the properties of an object of a class. It is value.Pairs.
type phpProps struct {
	packedPairs
	class string
}

// KeyAt returns the name of property i.
func (p phpProps) KeyAt(i int) value.Value { return phpProperty(p.class, p.packedPairs.KeyAt(i)) }

// At returns property i.
func (p phpProps) At(i int) (key, val value.Value) {
	key, val = p.packedPairs.At(i)
	return phpProperty(p.class, key), val
}

// isPHPName reports whether bytes are the name of a property that is not
// public: the class or a star between two zero bytes, then the name.
func isPHPName(raw []byte) bool {
	if len(raw) < 4 || raw[0] != 0 {
		return false
	}
	owner, name, ok := bytes.Cut(raw[1:], []byte{0})
	return ok && isKeyName(name) && (string(owner) == "*" || isPHPClass(string(owner)))
}
