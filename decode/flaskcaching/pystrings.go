package flaskcaching

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"cacheview/decode/value"
)

// atString reports whether a quoted text starts here, a prefix included.
func (p *literals) atString() bool {
	s := strings.TrimLeft(p.s[p.at:min(p.at+3, len(p.s))], "bBrRuU")
	return s != "" && (s[0] == '\'' || s[0] == '"')
}

// text reads a str or bytes in one pair of quotes.
func (p *literals) text() (value.Value, error) {
	start := p.at
	var raw, isBytes bool
	for p.s[p.at] != '\'' && p.s[p.at] != '"' {
		switch p.s[p.at] | 0x20 {
		case 'r':
			raw = true
		case 'b':
			isBytes = true
		}
		p.at++
	}
	quote := p.s[p.at]
	p.at++
	var b []byte
	for p.at < len(p.s) {
		c := p.s[p.at]
		p.at++
		switch {
		case c == quote && isBytes:
			return value.NewBytes(string(b)), nil
		case c == quote && !utf8.Valid(b):
			return value.NewText(string(b)).WithTag("wtf8"), nil
		case c == quote:
			return value.NewText(string(b)), nil
		case c != '\\' || p.at == len(p.s):
			b = append(b, c)
		case raw:
			b = append(b, c, p.s[p.at])
			p.at++
		default:
			var err error
			if b, err = p.escape(b, isBytes); err != nil {
				return value.Nil, err
			}
		}
	}
	p.at = start
	return value.Nil, p.errorf("the closing %c is missing", quote)
}

// simpleEscapes are the escapes of one character.
var simpleEscapes = map[byte]byte{
	'n': '\n', 't': '\t', 'r': '\r', '\\': '\\', '\'': '\'', '"': '"', '0': 0,
	'a': '\a', 'b': '\b', 'f': '\f', 'v': '\v',
}

// escape reads what follows a backslash. An escape that Python does not know
// keeps its backslash there too.
func (p *literals) escape(b []byte, isBytes bool) ([]byte, error) {
	c := p.s[p.at]
	p.at++
	if e, ok := simpleEscapes[c]; ok {
		return append(b, e), nil
	}
	size := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
	if size == 0 || isBytes && c != 'x' {
		return append(b, '\\', c), nil
	}
	n, err := strconv.ParseUint(p.s[p.at:min(p.at+size, len(p.s))], 16, 32)
	if err != nil || p.at+size > len(p.s) || n > utf8.MaxRune {
		return b, p.errorf("%d hexadecimal digits are wanted", size)
	}
	p.at += size
	switch {
	case isBytes:
		return append(b, byte(n)), nil
	case 0xd800 <= n && n < 0xe000: // a lone surrogate, as three bytes
		return append(b, 0xed, 0x80|byte(n>>6)&0x3f, 0x80|byte(n)&0x3f), nil
	}
	return utf8.AppendRune(b, rune(n)), nil
}
