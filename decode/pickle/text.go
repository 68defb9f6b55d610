package pickle

import (
	"bytes"
	"unicode/utf8"

	"cacheview/decode/value"
)

// cutLine returns data up to the first newline, and whether there is one.
func cutLine(data []byte) ([]byte, bool) {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		return nil, false
	}
	return data[:i], true
}

// line is cutLine for data that was found to have a newline.
func line(data []byte) []byte {
	l, _ := cutLine(data)
	return l
}

// textAtom reads the opcodes whose argument is a line, and checks that the
// line means something.
func (m *machine) textAtom(op byte) (atom, ok bool) {
	l, ok := m.takeLine()
	if !ok {
		return false, false
	}
	switch op {
	case opInt, opLong:
		return m.textInt(op, l)
	case opFloat:
		return false, m.textFloat(l)
	case opGlobal:
		_, ok := m.takeLine()
		return ok, ok && m.named(ref(m.at))
	}
	if int64(len(l)) > m.maxText {
		return false, m.fail(value.Limit, "the text is too long")
	}
	switch op {
	case opString:
		if !isQuoted(l) {
			return false, m.fail(value.Corrupt, "the string is not quoted")
		}
		if !checkEscapes(l[1 : len(l)-1]) {
			return false, m.fail(value.Corrupt, "bad escape in a string")
		}
	case opUnicode:
		if !checkRawUnicode(l) {
			return false, m.fail(value.Corrupt, "bad escape in a text")
		}
	}
	return true, true
}

// text returns the payload of a text, bytes, or Python 2 str: a view into
// data unless it has to be unescaped.
func (t *table) text(r ref) []byte {
	if isNode(r) {
		return t.nodeBytes(t.node(r))
	}
	s := t.span(r)
	switch t.data[r] {
	case opString:
		return unescape(s[1 : len(s)-1])
	case opUnicode:
		return rawUnicode(s)
	}
	return s
}

// nodeBytes is the payload of a bytes or bytearray that a call made.
func (t *table) nodeBytes(n *node) []byte {
	if n.a == none {
		return nil
	}
	s := t.text(n.a)
	if n.flags&flagLatin1 != 0 {
		return toLatin1(s)
	}
	return s
}

// isText says whether r is a str for Python: text that is UTF-8, lone
// surrogates included, or a Python 2 str that is ASCII.
func (t *table) isText(r ref) bool {
	switch t.kind(r) {
	case kStr:
		return t.data[r] == opUnicode || validWTF8(t.span(r))
	case kStr8:
		return isASCII(t.text(r))
	}
	return false
}

// maxFoldName is longer than any name that is folded or known.
const maxFoldName = 64

// shortName is globalName for comparing: the names are empty when the module
// or the name is so long that it cannot be one that is known.
func (t *table) shortName(r ref) (module, name []byte) {
	if isNode(r) {
		n := t.node(r)
		if len(t.span(n.a)) > maxFoldName || len(t.span(n.b)) > maxFoldName {
			return nil, nil
		}
		return t.text(n.a), t.text(n.b)
	}
	head := t.data[r+1:]
	module, ok := cutLine(head[:min(len(head), maxFoldName)])
	if !ok {
		return nil, nil
	}
	head = head[len(module)+1:]
	if name, ok = cutLine(head[:min(len(head), maxFoldName)]); !ok {
		return nil, nil
	}
	return module, name
}

// globalName returns the module and the name of a kGlobal.
func (t *table) globalName(r ref) (module, name []byte) {
	if isNode(r) {
		n := t.node(r)
		return t.text(n.a), t.text(n.b)
	}
	module = line(t.data[r+1:])
	name = line(t.data[int(r)+2+len(module):])
	return toValid(module), toValid(name)
}

// toValid replaces what is not UTF-8 as Python's errors="replace" does: one
// replacement for the longest start of a character.
func toValid(s []byte) []byte {
	if utf8.Valid(s) {
		return s
	}
	out := make([]byte, 0, len(s)+8)
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		if r == utf8.RuneError && n == 1 {
			n = brokenLen(s)
		}
		out = utf8.AppendRune(out, r)
		s = s[n:]
	}
	return out
}

// brokenLen is the length of the broken character at the start of s: the lead
// byte and the bytes after it that could have continued it.
func brokenLen(s []byte) int {
	low, high, want := byte(0x80), byte(0xbf), 0
	switch c := s[0]; {
	case c >= 0xc2 && c <= 0xdf:
		want = 2
	case c >= 0xe0 && c <= 0xef:
		want = 3
	case c >= 0xf0 && c <= 0xf4:
		want = 4
	}
	switch s[0] {
	case 0xe0:
		low = 0xa0
	case 0xed:
		high = 0x9f
	case 0xf0:
		low = 0x90
	case 0xf4:
		high = 0x8f
	}
	n := 1
	for n < want && n < len(s) && s[n] >= low && s[n] <= high {
		low, high = 0x80, 0xbf
		n++
	}
	return n
}

func isASCII(s []byte) bool {
	for _, c := range s {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// surrogateAt says whether s starts with a lone surrogate as Python's
// "surrogatepass" writes it.
func surrogateAt(s []byte) bool {
	return len(s) >= 3 && s[0] == 0xed && s[1] >= 0xa0 && s[1] <= 0xbf && s[2] >= 0x80 && s[2] <= 0xbf
}

// validWTF8 says whether s is UTF-8, lone surrogates allowed.
func validWTF8(s []byte) bool {
	if utf8.Valid(s) {
		return true
	}
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		if r == utf8.RuneError && n <= 1 {
			if !surrogateAt(s) {
				return false
			}
			n = 3
		}
		s = s[n:]
	}
	return true
}

// isNarrow says whether every character of a text is below U+0100.
func isNarrow(s []byte) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < utf8.RuneSelf:
		case c == 0xc2 || c == 0xc3:
			i++
		default:
			return false
		}
	}
	return true
}

// isNarrowUTF8 says whether s is UTF-8 and isNarrow.
func isNarrowUTF8(s []byte) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < utf8.RuneSelf {
			continue
		}
		if s[i]&^1 != 0xc2 || i+1 == len(s) || s[i+1]&0xc0 != 0x80 {
			return false
		}
		i++
	}
	return true
}

// toLatin1 encodes a narrow text, one byte a character.
func toLatin1(s []byte) []byte {
	if isASCII(s) {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf && i+1 < len(s) {
			i++
			c = c<<6 | s[i]&0x3f
		}
		out = append(out, c)
	}
	return out
}
