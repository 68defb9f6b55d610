package decode

import (
	"math"
	"strings"
	"unicode/utf8"

	"cacheview/decode/value"
)

// notationOf is the notation of a value by the format that it was kept in. Text
// and bytes as they are have no words of their own: the body of a web response
// stands in those of the object around it.
func notationOf(layers []Layer) value.Notation {
	if len(layers) == 0 {
		return value.Inherited
	}
	switch format := layers[len(layers)-1].Name; format {
	case "text", "binary", "empty", "ascii-int", "string":
		return value.Inherited
	case "ruby-marshal":
		return value.Ruby
	default:
		if strings.HasPrefix(format, "pickle") {
			return value.Python
		}
		return value.Plain
	}
}

// words are how a notation calls what has no digits.
type words struct{ null, yes, no, nan, infinity string }

var notations = map[value.Notation]words{
	value.Plain:  {"null", "true", "false", "NaN", "Infinity"},
	value.Python: {"None", "True", "False", "nan", "inf"},
	value.Ruby:   {"nil", "true", "false", "NaN", "Infinity"},
}

// appendWord appends a null, a bool, or a float without digits; ok is false for
// every other value.
func appendWord(dst []byte, v value.Value) (_ []byte, ok bool) {
	say := notations[v.Notation()]
	f := 0.0
	if v.Kind() == value.Float {
		f = v.Float()
	}
	switch {
	case v.Kind() == value.Null:
		return append(dst, say.null...), true
	case v.Kind() == value.Bool && v.Bool():
		return append(dst, say.yes...), true
	case v.Kind() == value.Bool:
		return append(dst, say.no...), true
	case math.IsNaN(f):
		return append(dst, say.nan...), true
	case math.IsInf(f, -1):
		return append(append(dst, '-'), say.infinity...), true
	case math.IsInf(f, 1):
		return append(dst, say.infinity...), true
	}
	return dst, false
}

// appendQuoted appends a text in quotes: as Python's repr chooses them, or as
// JSON writes it.
func appendQuoted(dst []byte, s string, n value.Notation) []byte {
	if n != value.Python {
		return appendJSONString(dst, s)
	}
	quote := quoteFor(s, n)
	dst = append(dst, quote)
	dst = appendPrintable(dst, s, quote)
	return append(dst, quote)
}

// appendSurrogates appends a text with lone surrogates, which are three bytes
// each in s (WTF-8), as the \ud800 by which Python and JSON write them.
func appendSurrogates(dst []byte, s string, n value.Notation) []byte {
	quote := quoteFor(s, n)
	dst = append(dst, quote)
	for s != "" {
		end := 0
		for end < len(s) && !isSurrogate(s[end:]) {
			end++
		}
		dst = appendPrintable(dst, s[:end], quote)
		if s = s[end:]; s != "" {
			dst = appendHex(append(dst, `\u`...), uint32(s[0]&15)<<12|uint32(s[1]&63)<<6|uint32(s[2]&63), 4)
			s = s[3:]
		}
	}
	return append(dst, quote)
}

// isSurrogate reports whether s starts with a surrogate in three bytes.
func isSurrogate(s string) bool {
	return len(s) >= 3 && s[0] == 0xed && s[1] >= 0xa0 && s[1] <= 0xbf && s[2] >= 0x80 && s[2] <= 0xbf
}

// appendBytes appends s as b'...'.
func appendBytes(dst []byte, s string, n value.Notation) []byte {
	quote := quoteFor(s, n)
	dst = append(dst, 'b', quote)
	for i := range len(s) {
		if s[i] < utf8.RuneSelf {
			dst = appendASCII(dst, s[i], quote)
		} else {
			dst = appendHex(append(dst, '\\', 'x'), uint32(s[i]), 2)
		}
	}
	return append(dst, quote)
}

// quoteFor is the quote that stands around s.
func quoteFor(s string, n value.Notation) byte {
	if n != value.Python || strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		return '"'
	}
	return '\''
}
