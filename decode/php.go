package decode

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"cacheview/decode/value"
)

// PHP's serialize(), as ext/standard/var_unserializer.re reads it: one letter
// says the type, lengths count bytes, and R:n and r:n repeat the n-th value
// from the front (R a reference, r an object again).

// phpReader reads serialized PHP values.
type phpReader struct {
	cursor
	shared bool              // the input may hold references, so places are kept
	places chunked[phpPlace] // where value n+1 is
	links  []phpLink         // in the order of the input
}

// phpPlace is an element of an array or a property of an object.
type phpPlace struct {
	in *phpArray
	i  int
}

// phpLink is an element that repeats the value at another place. Links are
// filled in at the end, when every place holds its value.
type phpLink struct{ at, to phpPlace }

func newPHPReader(format string, raw []byte, lim value.Limits) *phpReader {
	return &phpReader{
		cursor: newCursor(format, raw, lim),
		shared: bytes.Contains(raw, []byte("R:")) || bytes.Contains(raw, []byte("r:")),
	}
}

// parsePHP reads the output of serialize().
func parsePHP(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	p := newPHPReader("php-serialize", raw, lim)
	var root phpArray
	if v, ok := p.value(&root); ok {
		root.vals.add(v)
	}
	return p.finish(&root), p.pos, p.err
}

// finish fills the links in and returns the only value of root.
func (p *phpReader) finish(root *phpArray) value.Value {
	linkPHP(p.links)
	if root.vals.Len() == 0 {
		return value.Nil
	}
	return root.vals.At(0)
}

// linkPHP goes forward, so that a link to a link finds that one filled in.
func linkPHP(links []phpLink) {
	for _, l := range links {
		if l.to.i < l.to.in.vals.Len() {
			*l.at.in.vals.slot(l.at.i) = *l.to.in.vals.slot(l.to.i)
		}
	}
}

// value reads one value, which becomes the next one of in. It returns false
// when an error left nothing worth showing.
func (p *phpReader) value(in *phpArray) (value.Value, bool) {
	at := p.pos
	if !p.node() {
		return value.Nil, false
	}
	letter := p.byte(at, "a value")
	here := phpPlace{in, in.vals.Len()}
	if p.shared && letter != 'R' && p.remember(p.places.Len()) {
		p.places.add(here)
	}
	var v value.Value
	switch letter {
	case 'N':
		p.expect(at, ";")
	case 'b':
		v = p.boolean(at)
	case 'i':
		v = p.integer(at)
	case 'd':
		v = p.float(at)
	case 's', 'S':
		p.expect(at, ":")
		v = textOrBytes(p.str(at, letter == 'S'))
		p.expect(at, ";")
	case 'a':
		return p.array(at)
	case 'O':
		return p.object(at)
	case 'C':
		return p.custom(at)
	case 'E':
		v = p.enum(at)
	case 'R', 'r':
		p.link(at, here, letter)
	default:
		p.corrupt(at, "%q is no type of value", letter)
	}
	return v, p.err == nil
}

// expect reads exactly s.
func (p *phpReader) expect(at int, s string) {
	for i := range len(s) {
		c, ok := p.peek()
		if p.err != nil {
			return
		}
		if !ok {
			p.short(at, "a value")
			return
		}
		if c != s[i] {
			p.corrupt(p.pos, "%q where %q belongs", c, s[i])
			return
		}
		p.pos++
	}
}

// maxPHPNumber is longer than any number that PHP writes.
const maxPHPNumber = 400

// until returns what stands before the next end, and reads that too.
func (p *phpReader) until(at int, end byte) string {
	if p.err != nil {
		return ""
	}
	rest := p.text[p.pos:min(p.pos+maxPHPNumber, len(p.text))]
	n := strings.IndexByte(rest, end)
	if n < 0 {
		if len(rest) == maxPHPNumber || strings.Trim(rest, "0123456789+-.eEINFA") != "" {
			p.corrupt(at, "no %q after a number", end)
		} else {
			p.short(at, "a number")
		}
		return ""
	}
	p.pos += n + 1
	return rest[:n]
}

// count reads an unsigned number and the byte after it.
func (p *phpReader) count(at int, end byte) uint64 {
	s := p.until(at, end)
	if p.err != nil {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "+"), 10, 63)
	if err != nil {
		p.corrupt(at, "%q is no length", s)
	}
	return n
}

func (p *phpReader) boolean(at int) value.Value {
	p.expect(at, ":")
	switch s := p.until(at, ';'); {
	case s == "0":
		return value.NewBool(false)
	case s == "1":
		return value.NewBool(true)
	default:
		p.corrupt(at, "%q is no boolean", s)
		return value.Nil
	}
}

func (p *phpReader) integer(at int) value.Value {
	p.expect(at, ":")
	s := p.until(at, ';')
	if p.err != nil {
		return value.Nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		p.corrupt(at, "%q is no 64-bit integer", s)
	}
	return value.NewInt(n)
}

// float reads what var_export writes: 0.1, 1.0E+25, INF, -INF, NAN.
func (p *phpReader) float(at int) value.Value {
	p.expect(at, ":")
	s := p.until(at, ';')
	if p.err != nil {
		return value.Nil
	}
	switch s {
	case "INF", "-INF", "NAN":
	default:
		if s == "" || strings.Trim(s, "0123456789+-.eE") != "" {
			p.corrupt(at, "%q is no float", s)
			return value.Nil
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && f == 0 {
		p.corrupt(at, "%q is no float", s)
	}
	return value.NewFloat(f)
}

// str reads length:"bytes". In the escaped form, which PHP 6 wrote, \xx is one
// byte in hex and the length counts what comes out.
func (p *phpReader) str(at int, escaped bool) string {
	n := p.count(at, ':')
	p.expect(at, `"`)
	var s string
	if escaped {
		s = p.unescape(n, at)
	} else {
		s = p.take(n, at, "a string")
	}
	p.expect(at, `"`)
	return s
}

func (p *phpReader) unescape(n uint64, at int) string {
	if p.err != nil || n > uint64(p.left()) {
		p.short(at, "a string")
		return ""
	}
	if !p.charge(int(n)) {
		return ""
	}
	out := make([]byte, 0, n)
	for uint64(len(out)) < n && p.err == nil {
		c := p.byte(at, "a string")
		if c == '\\' {
			b, err := strconv.ParseUint(p.take(2, at, "a string"), 16, 8)
			if err != nil {
				p.corrupt(at, "an escape that is not hex")
			}
			c = byte(b)
		}
		out = append(out, c)
	}
	return string(out)
}

// link reads the number of the value to repeat. Values are counted from 1.
func (p *phpReader) link(at int, here phpPlace, letter byte) {
	p.expect(at, ":")
	n := p.count(at, ';')
	if p.err != nil {
		return
	}
	if n == 0 || n > uint64(p.places.Len()) || letter == 'r' && n == uint64(p.places.Len()) {
		p.corrupt(at, "there is no value %d to refer to yet", n)
		return
	}
	p.links = append(p.links, phpLink{at: here, to: p.places.At(int(n - 1))})
}

// className is a class name as text: PHP takes any byte from 0x80 up.
func className(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, string(utf8.RuneError))
}
