package decode

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"cacheview/decode/value"
)

// TextOptions steer AppendText. The zero value is for a terminal of 80 columns.
type TextOptions struct {
	// Width is the column that a line should not pass when its container can
	// be broken; 0 means 80.
	Width int
	// Limits bound Output (zero is 64 MB), Depth, and Nodes (zero is a
	// million: more than that nobody reads).
	Limits value.Limits
}

// maxTextNodes is how many values a text for people shows.
const maxTextNodes = 1 << 20

const indentStep = 2

// maxIndent keeps what is a thousand levels deep from being mostly blanks.
const maxIndent = 200

// AppendText appends v indented, in the words of its notation and made
// printable, without a final newline. A container that fits the width stays on one line.
// A text of several lines at the root is written in triple quotes, line by
// line. Where a limit is reached the text ends in "…".
func AppendText(dst []byte, v value.Value, opt TextOptions) []byte {
	dst, _ = AppendTextCut(dst, v, opt)
	return dst
}

// AppendTextCut is AppendText, and reports whether a limit was reached.
func AppendTextCut(dst []byte, v value.Value, opt TextOptions) (out []byte, cut bool) {
	if opt.Limits.Nodes == 0 {
		opt.Limits.Nodes = maxTextNodes
	}
	lim := renderLimits(opt.Limits)
	w := textWriter{dst: dst, width: opt.Width, room: int(lim.Output), depth: lim.Depth, nodes: lim.Nodes}
	if w.width <= 0 {
		w.width = 80
	}
	w.start, w.line = len(dst), len(dst)
	if v.Kind() == value.Text && v.Tag() == "" && strings.Contains(v.Text(), "\n") {
		w.block(v.Text(), strings.Repeat(string(quoteFor("", v.Notation())), 3))
	} else {
		w.value(v, 0, 0)
	}
	if w.cut {
		w.dst = append(w.dst, "…"...)
	}
	return w.dst, w.cut
}

type textWriter struct {
	dst    []byte
	start  int // where this text begins in dst
	line   int // where the current line begins in dst
	width  int
	room   int // bytes that may be written
	depth  int
	nodes  int
	around value.Ancestors
	cut    bool // a limit was reached
}

// full reports whether a limit was reached, and remembers it.
func (w *textWriter) full() bool {
	if len(w.dst)-w.start >= w.room || w.nodes <= 0 || w.around.Len() > w.depth {
		w.cut = true
	}
	return w.cut
}

// value writes v at the current place; after is how many columns must stay free
// behind it on its last line. A mark follows what is ambiguous.
func (w *textWriter) value(v value.Value, indent, after int) {
	if !v.HasDoubt() {
		w.certain(v, indent, after)
		return
	}
	w.certain(v.WithDoubt(false), indent, after+len(DoubtMark))
	w.dst = append(w.dst, DoubtMark...)
}

// certain writes v without its mark.
func (w *textWriter) certain(v value.Value, indent, after int) {
	w.nodes--
	if w.full() {
		return
	}
	s, ok := shapeOf(v)
	if !ok {
		room := w.room - (len(w.dst) - w.start)
		w.cut = len(v.Text()) > room
		w.dst = appendScalar(w.dst, v, room)
		return
	}
	if w.around.Above(v.ID()) > 0 {
		w.dst = append(w.dst, cycleMark...)
		return
	}
	if w.fits(v, after) {
		return
	}
	w.around.Push(v.ID())
	w.dst = append(w.dst, s.open...)
	n := s.len()
	for i := 0; i < n && !w.full(); i++ {
		if i == s.main && s.inner != "" {
			w.dst = append(bytes.TrimSuffix(w.dst, []byte(",")), s.inner...)
			w.dst = append(w.dst, ',')
		}
		w.newline(indent + indentStep)
		w.child(s.child(i), indent+indentStep)
		w.dst = append(w.dst, ',')
	}
	if n > 0 {
		if s.notation == value.Plain { // JSON has no comma behind the last
			w.dst = bytes.TrimSuffix(w.dst, []byte(","))
		}
		w.newline(indent)
	}
	if n == s.main {
		w.dst = append(w.dst, s.inner...)
	}
	w.dst = append(w.dst, strings.TrimPrefix(s.close, ",")...)
	w.around.Pop()
}

// fits writes v on the rest of the line if there is room for it.
func (w *textWriter) fits(v value.Value, after int) bool {
	left := w.width - utf8.RuneCount(w.dst[w.line:]) - after
	if left <= 0 {
		return false
	}
	one := literalWriter{dst: w.dst, room: len(w.dst) + 4*left + 4, around: w.around}
	one.value(v)
	w.around = one.around
	added := one.dst[len(w.dst):]
	if len(added) > 4*left || utf8.RuneCount(added) > left {
		return false
	}
	w.dst = one.dst
	return true
}

func (w *textWriter) child(c labelled, indent int) {
	switch {
	case c.keyed:
		w.value(c.key, indent, 2)
		w.dst = append(w.dst, ": "...)
	case c.name != "":
		w.dst = append(append(w.dst, c.name...), '=')
	}
	w.value(c.value, indent, 1)
}

func (w *textWriter) newline(indent int) {
	w.dst = append(w.dst, '\n')
	w.line = len(w.dst)
	for range min(indent, maxIndent) {
		w.dst = append(w.dst, ' ')
	}
}

// block writes text of several lines between triple quotes.
func (w *textWriter) block(s, quotes string) {
	if len(s) > w.room {
		s, w.cut = clip(s, w.room), true
	}
	w.dst = append(append(w.dst, quotes...), '\n')
	for line := range strings.Lines(s) {
		w.dst = AppendPrintable(w.dst, strings.TrimSuffix(line, "\n"))
		w.dst = append(w.dst, '\n')
	}
	if !strings.HasSuffix(s, "\n") {
		w.dst = w.dst[:len(w.dst)-1]
	}
	w.dst = append(w.dst, quotes...)
}
