package decode

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"

	"cacheview/decode/value"
)

// maxTree bounds what one input may become where all of it is held in memory.
// It counts in values, which take about a hundred bytes: 400 MB.
const maxTree = 4_000_000

// containerCost is what an empty container takes, in values.
const containerCost = 3

// cursor reads one input of a format that describes itself, front to back. The
// first error sticks: from then on every read returns zero and moves nothing,
// so that a parser checks err where it loops and nowhere else.
type cursor struct {
	raw    []byte
	text   string // raw, for values that are views into it
	pos    int
	format string
	lim    value.Limits
	depth  int
	nodes  int
	spent  int   // memory, in values
	made   int64 // bytes of text that are not views
	ids    uint32
	err    *value.Error
}

func newCursor(format string, raw []byte, lim value.Limits) cursor {
	return cursor{raw: raw, text: view(raw), format: format, lim: lim.OrDefault()}
}

// fail records the first error, about the item that starts at byte at.
func (c *cursor) fail(kind value.ErrorKind, at int, detail string, args ...any) {
	if c.err == nil {
		c.err = &value.Error{Format: c.format, Kind: kind, Offset: at, Detail: fmt.Sprintf(detail, args...)}
	}
}

func (c *cursor) corrupt(at int, detail string, args ...any) {
	c.fail(value.Corrupt, at, detail, args...)
}

// short says that the item at byte at goes on beyond the end of the input.
func (c *cursor) short(at int, what string) {
	c.fail(value.Truncated, at, "the input ends within %s", what)
}

// under adds one step to the path of the error, on the way out of a container.
func (c *cursor) under(l value.Label) {
	if c.err != nil && len(c.err.Path) < maxErrorPath {
		c.err.Path = l.String() + c.err.Path
	}
}

func (c *cursor) underIndex(i int)         { c.under(value.Label{Index: i}) }
func (c *cursor) underKey(key value.Value) { c.under(value.Label{Kind: value.KeyLabel, Key: key}) }
func (c *cursor) underPart(name string)    { c.under(value.Label{Kind: value.PartLabel, Part: name}) }

// left returns the number of bytes not read yet; none after an error.
func (c *cursor) left() int {
	if c.err != nil {
		return 0
	}
	return len(c.raw) - c.pos
}

// node counts one value and says whether there may be one more.
func (c *cursor) node() bool {
	if c.err != nil {
		return false
	}
	c.nodes++
	c.lim.Meter.Add(1)
	if c.nodes > c.lim.Nodes {
		c.fail(value.Limit, c.pos, "more than %d values", c.lim.Nodes)
		return false
	}
	return c.spend(1)
}

// spend counts memory, in values.
func (c *cursor) spend(n int) bool {
	if c.spent += n; c.spent > maxTree && c.err == nil {
		c.fail(value.Limit, c.pos, "more values than are held at once")
	}
	return c.err == nil
}

// list returns an empty list, and dict an empty map, that are paid for.
func (c *cursor) list() *growing {
	c.spend(containerCost)
	return &growing{}
}

func (c *cursor) dict() *growingMap {
	c.spend(containerCost)
	return &growingMap{}
}

// enter goes one container deeper; leave comes back.
func (c *cursor) enter() bool {
	if c.err != nil {
		return false
	}
	c.depth++
	if c.depth > c.lim.Depth {
		c.fail(value.Limit, c.pos, "more than %d levels deep", c.lim.Depth)
		c.depth--
		return false
	}
	return true
}

func (c *cursor) leave() { c.depth-- }

// remember says whether one more back reference may be kept when n are.
func (c *cursor) remember(n int) bool {
	if c.err == nil && n >= c.lim.Memo {
		c.fail(value.Limit, c.pos, "more than %d shared values", c.lim.Memo)
	}
	return c.spend(1)
}

// charge counts n bytes of text that had to be made.
func (c *cursor) charge(n int) bool {
	c.made += int64(n)
	c.lim.Meter.AddText(n)
	if c.err == nil && c.made > c.lim.Text {
		c.fail(value.Limit, c.pos, "more than %d bytes of converted text", c.lim.Text)
	}
	return c.err == nil
}

// id returns a new identity for a container.
func (c *cursor) id() uint32 {
	c.ids++
	return c.ids
}

// take returns the next n bytes as a view, or fails for the item at byte at.
func (c *cursor) take(n uint64, at int, what string) string {
	if c.err != nil {
		return ""
	}
	if n > uint64(len(c.raw)-c.pos) {
		c.short(at, what)
		return ""
	}
	s := c.text[c.pos : c.pos+int(n)]
	c.pos += int(n)
	return s
}

// byte returns the next byte.
func (c *cursor) byte(at int, what string) byte {
	if c.left() == 0 {
		c.short(at, what)
		return 0
	}
	c.pos++
	return c.raw[c.pos-1]
}

// peek returns the next byte without reading it, and whether there is one.
func (c *cursor) peek() (byte, bool) {
	if c.left() == 0 {
		return 0, false
	}
	return c.raw[c.pos], true
}

// fixed returns the next n bytes (at most 8), zeros after an error.
func (c *cursor) fixed(n, at int, what string) []byte {
	if s := c.take(uint64(n), at, what); len(s) == n {
		return c.raw[c.pos-n : c.pos]
	}
	return make([]byte, n)
}

// The numbers of fixed width, big endian and little endian.

func (c *cursor) be16(at int, what string) uint16 {
	return binary.BigEndian.Uint16(c.fixed(2, at, what))
}

func (c *cursor) be32(at int, what string) uint32 {
	return binary.BigEndian.Uint32(c.fixed(4, at, what))
}

func (c *cursor) be64(at int, what string) uint64 {
	return binary.BigEndian.Uint64(c.fixed(8, at, what))
}

func (c *cursor) le32(at int, what string) uint32 {
	return binary.LittleEndian.Uint32(c.fixed(4, at, what))
}

func (c *cursor) le64(at int, what string) uint64 {
	return binary.LittleEndian.Uint64(c.fixed(8, at, what))
}

func (c *cursor) beFloat(at int, what string) float64 { return math.Float64frombits(c.be64(at, what)) }

func (c *cursor) leFloat(at int, what string) float64 { return math.Float64frombits(c.le64(at, what)) }

// textOrBytes is s as text when it is UTF-8, else as bytes: what languages
// mean whose strings are bytes.
func textOrBytes(s string) value.Value {
	if utf8.ValidString(s) {
		return value.NewText(s)
	}
	return value.NewBytes(s)
}
