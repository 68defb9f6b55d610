package decode

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"

	"cacheview/decode/value"
)

// jsonRows are JSON (RFC 8259) and lines of it. NaN, Infinity and -Infinity
// are read too, since Python writes them. Numbers alone are no JSON: they are
// counters or text.
var jsonRows = []row{
	{name: "json", trust: sound, sniff: sniffJSON, read: readJSON},
	{name: "ndjson", trust: sound, sniff: sniffNDJSON, parse: parseNDJSON},
}

const jsonSpace = " \t\r\n"

var byteOrderMark = []byte("\xef\xbb\xbf")

func sniffJSON(in *input) (string, bool) {
	raw := bytes.TrimLeft(bytes.TrimPrefix(in.raw, byteOrderMark), jsonSpace)
	if len(raw) < 2 {
		return "", false
	}
	switch raw[0] {
	case '{':
		return "an object that parses to its last byte", true
	case '[':
		return "an array that parses to its last byte", true
	case '"':
		return "one quoted string", true
	case 't', 'f', 'n':
		return "a JSON word", isJSONWord(bytes.TrimRight(raw, jsonSpace))
	}
	return "", false
}

func isJSONWord(raw []byte) bool {
	switch string(raw) {
	case "true", "false", "null":
		return true
	}
	return false
}

func readJSON(in *input) reading {
	v, n, err := parseJSON(in.raw, in.lim)
	rd := reading{value: v, n: n, err: err}
	if err == nil && v.Kind() != value.Seq && v.Kind() != value.Map && v.Kind() != value.Text {
		rd.trust = weak
	}
	return rd
}

// parseJSON reads one JSON text and the space around it.
func parseJSON(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	s, err := newJSONScanner("json", raw, lim)
	if err == nil {
		s.pos += len(raw) - len(bytes.TrimPrefix(raw, byteOrderMark))
		err = s.value()
		s.space()
	}
	return s.p.root(), s.pos, err
}

// jsonScanner checks the grammar in one pass and packs what it finds.
type jsonScanner struct {
	p   *packer
	raw []byte
	pos int
}

func newJSONScanner(format string, raw []byte, lim value.Limits) (*jsonScanner, *value.Error) {
	p, err := newPacker(format, raw, lim)
	p.leaf = jsonLeaf
	s := &jsonScanner{p: p, raw: raw}
	if err == nil && !utf8.Valid(raw) {
		err = s.p.fail(value.Corrupt, validPrefix(raw), "not UTF-8")
	}
	return s, err
}

func (s *jsonScanner) space() {
	for s.pos < len(s.raw) && (s.raw[s.pos] == ' ' || s.raw[s.pos] == '\n' || s.raw[s.pos] == '\r' || s.raw[s.pos] == '\t') {
		s.pos++
	}
}

// unexpected is the error at the current byte.
func (s *jsonScanner) unexpected(want string) *value.Error {
	if s.pos >= len(s.raw) {
		return s.p.fail(value.Truncated, s.pos, "ends before "+want)
	}
	return s.p.fail(value.Corrupt, s.pos, "expected "+want)
}

func (s *jsonScanner) value() *value.Error {
	s.space()
	start := s.pos
	if s.pos >= len(s.raw) {
		return s.unexpected("a value")
	}
	var err *value.Error
	switch c := s.raw[s.pos]; {
	case c == '{':
		return s.object()
	case c == '[':
		return s.array()
	case c == '"':
		err = s.text()
	case c == '-' || c >= '0' && c <= '9':
		err = s.number()
	default:
		err = s.word()
	}
	if err != nil {
		return err
	}
	return s.p.scalar(start)
}

func (s *jsonScanner) array() *value.Error {
	start := s.pos
	mark, err := s.p.open(start)
	s.pos++
	for first := true; err == nil; first = false {
		if s.done(']') {
			break
		}
		if !first {
			if err = s.comma("',' or ']'"); err != nil {
				break
			}
		}
		at := len(s.p.stack)
		if err = s.value(); err != nil {
			err = s.p.inItem(err, listBox, mark, at)
		}
	}
	return firstError(err, s.p.close(listBox, start, mark))
}

func (s *jsonScanner) object() *value.Error {
	start := s.pos
	mark, err := s.p.open(start)
	s.pos++
	for first := true; err == nil; first = false {
		if s.done('}') {
			break
		}
		if !first {
			if err = s.comma("',' or '}'"); err != nil {
				break
			}
		}
		err = s.member(mark)
	}
	return firstError(err, s.p.close(mapBox, start, mark))
}

// member reads "key": value of the object opened at mark.
func (s *jsonScanner) member(mark int) *value.Error {
	s.space()
	key := s.pos
	if key >= len(s.raw) || s.raw[key] != '"' {
		return s.unexpected("a key in quotes")
	}
	if err := s.text(); err != nil {
		return err
	}
	if err := s.p.scalar(key); err != nil {
		return err
	}
	s.space()
	if s.pos >= len(s.raw) || s.raw[s.pos] != ':' {
		return s.unexpected("':'")
	}
	s.pos++
	at := len(s.p.stack)
	if err := s.value(); err != nil {
		return s.p.inItem(err, mapBox, mark, at)
	}
	return nil
}

// done takes the closing bracket if it is next.
func (s *jsonScanner) done(bracket byte) bool {
	s.space()
	if s.pos < len(s.raw) && s.raw[s.pos] == bracket {
		s.pos++
		return true
	}
	return false
}

func (s *jsonScanner) comma(want string) *value.Error {
	if s.pos >= len(s.raw) || s.raw[s.pos] != ',' {
		return s.unexpected(want)
	}
	s.pos++
	return nil
}

// text passes a quoted string and checks its escapes.
func (s *jsonScanner) text() *value.Error {
	start := s.pos
	for s.pos++; s.pos < len(s.raw); s.pos++ {
		switch c := s.raw[s.pos]; {
		case c == '"':
			s.pos++
			return nil
		case c < ' ':
			return s.p.fail(value.Corrupt, s.pos, "control character in a string")
		case c == '\\':
			n := escapeLen(s.raw[s.pos:])
			if n == 0 {
				return s.badEscape()
			}
			s.pos += n - 1
		}
	}
	return s.p.fail(value.Truncated, start, "string without an end")
}

func (s *jsonScanner) badEscape() *value.Error {
	kind := value.Corrupt
	if left := s.raw[s.pos:]; len(left) < 2 || left[1] == 'u' && len(left) < 6 {
		kind = value.Truncated
	}
	return s.p.fail(kind, s.pos, "bad escape in a string")
}

// escapeLen returns the length of the escape that b starts with, 0 if it is
// none.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(b[2:]); ok {
			return 6
		}
	}
	return 0
}

// number passes a number as RFC 8259 writes it.
func (s *jsonScanner) number() *value.Error {
	start := s.pos
	if s.raw[s.pos] == '-' {
		s.pos++
		if bytes.HasPrefix(s.raw[s.pos:], []byte("Infinity")) {
			s.pos += len("Infinity")
			return nil
		}
	}
	whole := s.digits()
	if whole == 0 {
		return s.unexpected("a digit")
	}
	if whole > 1 && s.raw[s.pos-whole] == '0' {
		return s.p.fail(value.Corrupt, start, "number with a leading zero")
	}
	if s.pos < len(s.raw) && s.raw[s.pos] == '.' {
		s.pos++
		if s.digits() == 0 {
			return s.unexpected("a digit")
		}
	}
	if s.pos < len(s.raw) && s.raw[s.pos]|0x20 == 'e' {
		s.pos++
		if s.pos < len(s.raw) && (s.raw[s.pos] == '+' || s.raw[s.pos] == '-') {
			s.pos++
		}
		if s.digits() == 0 {
			return s.unexpected("a digit")
		}
	}
	return nil
}

func (s *jsonScanner) digits() int {
	start := s.pos
	for s.pos < len(s.raw) && s.raw[s.pos] >= '0' && s.raw[s.pos] <= '9' {
		s.pos++
	}
	return s.pos - start
}

func (s *jsonScanner) word() *value.Error {
	for _, w := range [...]string{"true", "false", "null", "NaN", "Infinity"} {
		if left := s.raw[s.pos:]; bytes.HasPrefix(left, []byte(w)) {
			s.pos += len(w)
			return nil
		} else if len(left) < len(w) && bytes.HasPrefix([]byte(w), left) {
			return s.p.fail(value.Truncated, s.pos, "ends inside "+w)
		}
	}
	return s.unexpected("a value")
}

// jsonLeaf makes the scalar at off, which the scanner has passed.
func jsonLeaf(p *packed, off int) value.Value {
	raw := p.raw[off:]
	switch raw[0] {
	case '"':
		return unquoteJSON(raw)
	case 't':
		return value.NewBool(true)
	case 'f':
		return value.NewBool(false)
	case 'n':
		return value.Nil
	case 'N':
		return value.NewFloat(math.NaN())
	case 'I':
		return value.NewFloat(math.Inf(1))
	}
	return ofJSONNumber(raw)
}

// ofJSONNumber keeps every number as it is written. One that a reader with
// 64-bit floats would change (too many digits, too large, too small) is a
// decimal; others are numbers with their own digits and exponent.
func ofJSONNumber(raw []byte) value.Value {
	end, float := 1, false
	for end < len(raw) && bytes.IndexByte([]byte("0123456789+-.eE"), raw[end]) >= 0 {
		float = float || raw[end] == '.' || raw[end]|0x20 == 'e'
		end++
	}
	if raw[0] == '-' && end < len(raw) && raw[end] == 'I' {
		return value.NewFloat(math.Inf(-1))
	}
	s := view(raw[:end])
	if !float && s != "-0" {
		return ofDigits(s)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !sameDecimal(s, f) {
		return value.NewText(s).WithTag("decimal")
	}
	return value.NewNumber(f, s)
}

func firstError(a, b *value.Error) *value.Error {
	if a != nil {
		return a
	}
	return b
}
