package pickle

import (
	"bytes"
	"unicode/utf8"
)

func validUTF8(s []byte) bool { return utf8.Valid(s) }

// qualified returns module.name; with a colon between them when a dot would
// not tell where the module ends.
func (t *table) qualified(r ref) []byte {
	mod, name := t.globalName(r)
	sep := byte('.')
	if bytes.IndexByte(name, '.') >= 0 || bytes.IndexByte(mod, ':') >= 0 {
		sep = ':'
	}
	full := make([]byte, 0, len(mod)+1+len(name))
	full = append(full, mod...)
	full = append(full, sep)
	return append(full, name...)
}

const hexDigits = "0123456789abcdef"

// appendString writes valid UTF-8 as a JSON string.
func appendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	done := 0
	for i, c := range s {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[done:i]...)
		done = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, `\u00`...)
			dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
		}
	}
	dst = append(dst, s[done:]...)
	return append(dst, '"')
}

// escapeCost is what appendString writes beyond the text itself.
func escapeCost(s []byte) int {
	n := 0
	for _, c := range s {
		switch {
		case c >= ' ':
			if c == '"' || c == '\\' {
				n++
			}
		case c == '\n' || c == '\r' || c == '\t':
			n++
		default:
			n += 5
		}
	}
	return n
}

// plainKeys says whether a dict can be written as a JSON object: every key a
// short, valid text that does not start with $ and occurs once.
func (t *table) plainKeys(flat []ref) bool {
	for i := 0; i < len(flat); i += 2 {
		k := flat[i]
		switch t.kind(k) {
		case kStr, kStr8:
		default:
			return false
		}
		if t.isBig(k) {
			return false
		}
		s := t.text(k)
		if len(s) > 0 && s[0] == '$' {
			return false
		}
		if t.kind(k) == kStr8 && !isASCII(s) || !utf8.Valid(s) {
			return false
		}
	}
	return t.distinct(flat)
}

// distinct says whether the texts at even places are all different.
func (t *table) distinct(flat []ref) bool {
	const few = 16
	if len(flat) <= 2*few {
		for i := 2; i < len(flat); i += 2 {
			s := t.text(flat[i])
			for j := 0; j < i; j += 2 {
				if flat[i] == flat[j] || bytes.Equal(s, t.text(flat[j])) {
					return false
				}
			}
		}
		return true
	}
	seen := make(map[string]struct{}, len(flat)/2)
	for i := 0; i < len(flat); i += 2 {
		seen[string(t.text(flat[i]))] = struct{}{}
		if len(seen) != i/2+1 {
			return false
		}
	}
	return true
}
