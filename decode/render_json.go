package decode

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"cacheview/decode/value"
)

// AppendJSON appends the reading form of v, as one line of JSON: plain data is
// plain, everything else is {"$tag": ...}; a container inside itself is
// {"$cycle": N}, N counting outwards from 1. Only lim.Output (bytes; zero is 64
// MB), lim.Depth and lim.Nodes matter. When one is reached the error is a
// *value.Error of kind Limit, and what was appended is the first part of v,
// closed so that it is still JSON.
//
// The JSON is safe to print on a terminal: what Printable would escape is
// written as \uXXXX.
func AppendJSON(dst []byte, v value.Value, lim value.Limits) ([]byte, error) {
	lim = renderLimits(lim)
	w := jsonWriter{dst: dst, end: len(dst) + int(min(lim.Output, math.MaxInt-int64(len(dst)))), depth: lim.Depth, nodes: lim.Nodes}
	w.value(v)
	if w.err != nil {
		return w.dst, w.err
	}
	return w.dst, nil
}

// maxRendering is how many bytes a rendering may have unless it is told
// otherwise. A few hundred bytes of a value that shares its parts can say more
// than any machine holds, so this is less than what a decompression may make.
const maxRendering = 64 << 20

// minRendering is how many bytes the rendering of any value may have, however
// few bytes it was made from.
const minRendering = 8 << 20

func renderLimits(lim value.Limits) value.Limits {
	if lim.Output == 0 {
		lim.Output = maxRendering
	}
	return lim.OrDefault()
}

type jsonWriter struct {
	dst    []byte
	end    int // length of dst at which writing stops
	around value.Ancestors
	depth  int // how many more containers may be opened
	nodes  int // how many more values may be written
	err    *value.Error
}

// full reports whether a limit was reached: containers then close.
func (w *jsonWriter) full() bool {
	if w.err == nil && len(w.dst) >= w.end {
		w.stop("output is too large")
	}
	return w.err != nil
}

func (w *jsonWriter) stop(detail string) {
	if w.err == nil {
		w.err = &value.Error{Format: "json", Kind: value.Limit, Offset: len(w.dst), Detail: detail}
	}
}

// value writes any value, with its tag if it has one.
func (w *jsonWriter) value(v value.Value) {
	if w.nodes--; w.nodes < 0 {
		w.stop("too many values")
	}
	if up := w.around.Above(v.ID()); up > 0 {
		w.raw(`{"$cycle":`)
		w.dst = strconv.AppendInt(w.dst, int64(up), 10)
		w.dst = append(w.dst, '}')
		return
	}
	switch {
	case v.Kind() == value.Object:
		w.object(v)
	case v.Tag() != "" || len(v.Attrs()) > 0:
		w.tagged(v)
	default:
		w.plain(v)
	}
}

func (w *jsonWriter) plain(v value.Value) {
	switch v.Kind() {
	case value.Null:
		w.raw("null")
	case value.Bool:
		w.dst = strconv.AppendBool(w.dst, v.Bool())
	case value.Int:
		w.integer(v)
	case value.Float:
		if v.Text() != "" {
			w.raw(v.Text())
			return
		}
		w.float(v.Float())
	case value.Text:
		w.text(v.Text())
	case value.Bytes:
		w.raw(`{"$bytes":`)
		w.base64(v.Text())
		w.dst = append(w.dst, '}')
	case value.Seq:
		w.seq(v)
	case value.Map:
		w.mapping(v)
	}
}

func (w *jsonWriter) seq(v value.Value) {
	w.open(v)
	w.items(v.Items())
	w.close()
}

func (w *jsonWriter) items(items value.Items) {
	w.dst = append(w.dst, '[')
	n := 0
	if items != nil {
		n = items.Len()
	}
	for i := range n {
		if w.full() {
			break
		}
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		w.value(items.At(i))
	}
	w.dst = append(w.dst, ']')
}

func (w *jsonWriter) mapping(v value.Value) {
	w.open(v)
	w.entries(v)
	w.close()
}

// entries writes a map as an object when its keys allow it, else as
// {"$dict": [[k, v], ...]}.
func (w *jsonWriter) entries(v value.Value) {
	if !objectKeys(v.Pairs()) {
		w.raw(`{"$dict":`)
		w.pairs(v, false)
		w.dst = append(w.dst, '}')
		return
	}
	w.dst = append(w.dst, '{')
	for i := range v.Len() {
		if w.full() {
			break
		}
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		k, val := v.Pairs().At(i)
		w.text(k.Text())
		w.dst = append(w.dst, ':')
		w.value(val)
	}
	w.dst = append(w.dst, '}')
}

// objectKeys reports whether a map can be a JSON object: every key is a text
// that occurs once. It asks for the keys alone where Pairs can give them.
func objectKeys(p value.Pairs) bool {
	if p == nil {
		return true
	}
	keys, lone := p.(interface{ KeyAt(int) value.Value })
	var seen keySet
	for i := range p.Len() {
		var k value.Value
		if lone {
			k = keys.KeyAt(i)
		} else {
			k, _ = p.At(i)
		}
		if k.Kind() != value.Text || k.Tag() != "" || strings.HasPrefix(k.Text(), "$") || !utf8.ValidString(k.Text()) {
			return false
		}
		if !seen.add(k.Text()) {
			return false
		}
	}
	return true
}

// keySet finds a key that occurs twice. Most maps are small.
type keySet struct {
	few  [8]string
	n    int
	more map[string]struct{}
}

// add adds a key and reports whether it is new.
func (s *keySet) add(key string) bool {
	if s.n < len(s.few) {
		for _, other := range s.few[:s.n] {
			if other == key {
				return false
			}
		}
		s.few[s.n] = key
		s.n++
		return true
	}
	if s.more == nil {
		s.more = make(map[string]struct{}, 2*len(s.few))
		for _, other := range s.few {
			s.more[other] = struct{}{}
		}
	}
	n := len(s.more)
	s.more[key] = struct{}{}
	return len(s.more) > n
}

// pairs writes [[k, v], ...]; level says whether v counts as a container here.
func (w *jsonWriter) pairs(v value.Value, level bool) {
	if level {
		w.open(v)
		defer w.close()
	}
	w.dst = append(w.dst, '[')
	for i := range v.Len() {
		if w.full() {
			break
		}
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		k, val := v.Pairs().At(i)
		w.dst = append(w.dst, '[')
		w.value(k)
		w.dst = append(w.dst, ',')
		w.value(val)
		w.dst = append(w.dst, ']')
	}
	w.dst = append(w.dst, ']')
}

// open enters a container; past the depth limit nothing below it is written.
func (w *jsonWriter) open(v value.Value) {
	w.around.Push(v.ID())
	if w.around.Len() > w.depth {
		w.stop("containers are nested too deep")
	}
}

func (w *jsonWriter) close() { w.around.Pop() }

func (w *jsonWriter) raw(s string) { w.dst = append(w.dst, s...) }

// room cuts s to what may still be written.
func (w *jsonWriter) room(s string) string {
	left := max(w.end-len(w.dst), 0)
	if len(s) <= left {
		return s
	}
	w.stop("output is too large")
	for left > 0 && !utf8.RuneStart(s[left]) {
		left--
	}
	return s[:left]
}

func (w *jsonWriter) base64(s string) {
	if left := max(w.end-len(w.dst), 0) / 4 * 3; len(s) > left {
		w.stop("output is too large")
		s = s[:left]
	}
	w.dst = append(w.dst, '"')
	w.dst = base64.StdEncoding.AppendEncode(w.dst, []byte(s))
	w.dst = append(w.dst, '"')
}

func (w *jsonWriter) text(s string) {
	if !utf8.ValidString(s) {
		w.raw(`{"$bytes":`)
		w.base64(s)
		w.dst = append(w.dst, '}')
		return
	}
	w.dst = appendJSONString(w.dst, w.room(s))
}
