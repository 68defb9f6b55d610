package store

import (
	"encoding/binary"
	"strconv"
)

// A stream is a list of nodes, each an ID and a listpack of entries, whose IDs
// are relative to it (t_stream.c, streamAppendItem). Here a node is one entry:
//
//	master entry: count, deleted, number of fields, the fields, 0
//	entry:        flags, ms, seq, number of fields, field and value..., lp-count
//
// Then come the number of entries, the last ID and the groups.

// appendStream writes a stream without what consumers have not acknowledged.
func (v value) appendStream(b []byte) ([]byte, error) {
	b = appendLen(b, uint64(len(v.entries)))
	for _, e := range v.entries {
		ms, seq, err := parseID(e.id)
		if err != nil {
			return nil, err
		}
		id := binary.BigEndian.AppendUint64(nil, ms)
		b = appendString(b, string(binary.BigEndian.AppendUint64(id, seq)))
		n := len(e.fields) / 2
		lp := newListpack()
		for _, x := range []int{1, 0, 0, 0} { // the master entry has no fields
			lp.int(x)
		}
		for _, x := range []int{0, 0, 0, n} { // no flags: fields of its own
			lp.int(x)
		}
		for _, s := range e.fields {
			lp.str(s)
		}
		lp.int(2*n + 4)
		b = appendString(b, string(lp.end()))
	}
	b = appendLen(b, uint64(len(v.entries)))
	var err error
	id := func(s string) {
		ms, seq, perr := parseID(s)
		if perr != nil {
			err = perr
		}
		b = appendLen(appendLen(b, ms), seq)
	}
	id(v.lastID)
	b = appendLen(b, uint64(len(v.groups)))
	for _, g := range v.groups {
		b = appendString(b, g.name)
		id(g.lastID)
		b = appendLen(appendLen(b, 0), 0) // nothing pending, no consumers
	}
	return b, err
}

// readStream reads what appendStream writes.
func (v *value) readStream(r *rdbReader) {
	for range r.length() {
		if r.bad {
			return
		}
		id := []byte(r.str())
		lp := listpack{b: []byte(r.str())}
		if len(id) != 16 || !lp.begin() {
			r.bad = true
			return
		}
		master, seq := binary.BigEndian.Uint64(id), binary.BigEndian.Uint64(id[8:])
		count := lp.number()
		deleted := lp.number()
		var names []string
		for range lp.number() {
			names = append(names, lp.next())
		}
		lp.next()
		for range count + deleted {
			if lp.bad {
				r.bad = true
				return
			}
			flags := lp.number()
			e := entry{}
			ms := master + uint64(lp.number())
			e.id = formatID(ms, seq+uint64(lp.number()))
			if flags&2 != 0 { // the fields of the master entry
				for _, name := range names {
					e.fields = append(e.fields, name, lp.next())
				}
			} else {
				for range lp.number() {
					e.fields = append(e.fields, lp.next(), lp.next())
					if lp.bad {
						break
					}
				}
			}
			lp.next()
			if flags&1 == 0 { // not deleted
				v.entries = append(v.entries, e)
			}
		}
		r.bad = r.bad || lp.bad
	}
	r.length() // entries
	id := func() string { return formatID(r.length(), r.length()) }
	v.lastID = id()
	for range r.length() {
		if r.bad {
			return
		}
		v.groups = append(v.groups, group{r.str(), id()})
		pending, consumers := r.length(), r.length()
		if pending != 0 || consumers != 0 {
			r.bad = true // they are not written here
		}
	}
}

// listpack is a list of small values in one string (listpack.c). Only the forms
// that are written here are read, and those of small integers.
type listpack struct {
	b   []byte
	n   int
	bad bool
}

const lpHeader = 6

func newListpack() *listpack { return &listpack{b: make([]byte, lpHeader)} }

func (lp *listpack) int(n int) {
	if n >= 0 && n < 1<<7 {
		lp.add([]byte{byte(n)})
		return
	}
	lp.add(binary.LittleEndian.AppendUint64([]byte{0xf4}, uint64(n)))
}

func (lp *listpack) str(s string) {
	var head []byte
	switch n := len(s); {
	case n < 1<<6:
		head = []byte{0x80 | byte(n)}
	case n < 1<<12:
		head = []byte{0xe0 | byte(n>>8), byte(n)}
	default:
		head = binary.LittleEndian.AppendUint32([]byte{0xf0}, uint32(n))
	}
	lp.add(append(head, s...))
}

// add appends an element and its length, which is read backwards.
func (lp *listpack) add(element []byte) {
	lp.b = append(append(lp.b, element...), backLen(len(element))...)
	lp.n++
}

// backLen has seven bits a byte, the highest first; all but the first byte have
// the highest bit set.
func backLen(n int) []byte {
	var b []byte
	for {
		b = append([]byte{byte(n & 0x7f)}, b...)
		if n >>= 7; n == 0 {
			break
		}
	}
	for i := 1; i < len(b); i++ {
		b[i] |= 0x80
	}
	return b
}

func (lp *listpack) end() []byte {
	lp.b = append(lp.b, 0xff)
	binary.LittleEndian.PutUint32(lp.b, uint32(len(lp.b)))
	binary.LittleEndian.PutUint16(lp.b[4:], uint16(min(lp.n, 0xffff)))
	return lp.b
}

// begin takes the header.
func (lp *listpack) begin() bool {
	if len(lp.b) <= lpHeader || int(binary.LittleEndian.Uint32(lp.b)) != len(lp.b) {
		return false
	}
	lp.b = lp.b[lpHeader:]
	return true
}

func (lp *listpack) number() int {
	n, err := strconv.Atoi(lp.next())
	if err != nil || n < 0 || n > len(lp.b) && n > 1<<40 {
		lp.bad = true
		return 0
	}
	return n
}

// next takes an element.
func (lp *listpack) next() string {
	if lp.bad || len(lp.b) == 0 {
		lp.bad = true
		return ""
	}
	first := lp.b[0]
	head, size, text := 1, 0, true
	at := func(n int) []byte {
		if n > len(lp.b) {
			lp.bad = true
			return make([]byte, 16)
		}
		return lp.b
	}
	value := 0
	switch {
	case first < 0x80:
		value, text = int(first), false
	case first < 0xc0:
		size = int(first & 0x3f)
	case first < 0xe0:
		value, text, head = int(int16(uint16(first&0x1f)<<11|uint16(at(2)[1])<<3)>>3), false, 2
	case first < 0xf0:
		size, head = int(first&0xf)<<8|int(at(2)[1]), 2
	case first == 0xf0:
		size, head = int(binary.LittleEndian.Uint32(at(5)[1:])), 5
	case first == 0xf1:
		value, text, head = int(int16(binary.LittleEndian.Uint16(at(3)[1:]))), false, 3
	case first == 0xf2:
		b := at(4)
		value, text, head = int(int32(uint32(b[1])<<8|uint32(b[2])<<16|uint32(b[3])<<24)>>8), false, 4
	case first == 0xf3:
		value, text, head = int(int32(binary.LittleEndian.Uint32(at(5)[1:]))), false, 5
	case first == 0xf4:
		value, text, head = int(binary.LittleEndian.Uint64(at(9)[1:])), false, 9
	default:
		lp.bad = true
	}
	whole := head + size
	back := len(backLen(whole))
	if lp.bad || whole+back > len(lp.b) {
		lp.bad = true
		return ""
	}
	s := string(lp.b[head:whole])
	lp.b = lp.b[whole+back:]
	if !text {
		return strconv.Itoa(value)
	}
	return s
}
