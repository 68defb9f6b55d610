package decode

import (
	"unicode/utf8"

	"cacheview/decode/value"
)

// Literal returns v on one line, in the words of its notation and made
// printable, of at most max runes; what is longer ends in "…". It looks at no
// more of v than it shows, so that a million items cost what the first few do.
func Literal(v value.Value, max int) string {
	if max <= 0 {
		return ""
	}
	// A rune is four bytes at most, so more bytes than this are more runes
	// than max.
	w := literalWriter{room: 4*max + 4}
	w.value(v)
	return cutRunes(w.dst, max)
}

// cutRunes returns b, or its first max-1 runes and an ellipsis.
func cutRunes(b []byte, max int) string {
	if len(b) <= max || utf8.RuneCount(b) <= max {
		return string(b)
	}
	at := 0
	for range max - 1 {
		_, size := utf8.DecodeRune(b[at:])
		at += size
	}
	return string(b[:at]) + "…"
}

// literalWriter writes on one line until room is used up.
type literalWriter struct {
	dst    []byte
	room   int // bytes after which nothing more need be written
	around value.Ancestors
}

func (w *literalWriter) full() bool { return len(w.dst) >= w.room }

// DoubtMark follows a member that can be read in another way, too.
const DoubtMark = " (?)"

func (w *literalWriter) value(v value.Value) {
	w.certain(v)
	if v.HasDoubt() {
		w.dst = append(w.dst, DoubtMark...)
	}
}

// certain writes v without its mark.
func (w *literalWriter) certain(v value.Value) {
	s, ok := shapeOf(v)
	if !ok {
		w.dst = appendScalar(w.dst, v, w.room-len(w.dst))
		return
	}
	if w.around.Above(v.ID()) > 0 {
		w.dst = append(w.dst, cycleMark...)
		return
	}
	w.around.Push(v.ID())
	w.dst = append(w.dst, s.open...)
	n := s.len()
	for i := 0; i < n && !w.full(); i++ {
		if i == s.main {
			w.dst = append(w.dst, s.inner...)
		}
		if i > 0 || s.inner != "" && s.main == 0 {
			w.dst = append(w.dst, ", "...)
		}
		w.child(s.child(i))
	}
	if n == s.main {
		w.dst = append(w.dst, s.inner...)
	}
	w.dst = append(w.dst, s.close...)
	w.around.Pop()
}

// cycleMark stands for a container inside itself, as in Python.
const cycleMark = "..."

func (w *literalWriter) child(c labelled) {
	switch {
	case c.keyed:
		w.value(c.key)
		w.dst = append(w.dst, ": "...)
	case c.name != "":
		w.dst = append(append(w.dst, c.name...), '=')
	}
	w.value(c.value)
}

// isMoment reports whether a tag is of a point in time written in ISO 8601.
func isMoment(tag string) bool {
	switch tag {
	case "datetime", "date", "time", "timezone":
		return true
	}
	return false
}

// appendMoment writes 2024-02-29T23:59:58 with a space for people.
func appendMoment(dst []byte, s string) []byte {
	if len(s) > 10 && s[10] == 'T' {
		dst = AppendPrintable(dst, s[:10])
		dst = append(dst, ' ')
		s = s[11:]
	}
	return AppendPrintable(dst, s)
}
