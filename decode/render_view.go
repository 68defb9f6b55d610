package decode

import (
	"math"

	"cacheview/decode/value"
	views "cacheview/decode/view"
)

// View returns the view of the value: what its users know it as. It returns
// false for a value that is known by its structure.
func (r Result) View() (views.View, bool) {
	if r.Shown != nil {
		return *r.Shown, true
	}
	return views.Of(r.Value)
}

// AppendView appends the JSON member "view": {"kind":"table", "columns": [...],
// "rows": [[...]]} or {"kind":"text", "text": "..."}. Where a limit is reached
// the error is a *value.Error of kind Limit, and the view has
// "truncated": true.
func AppendView(dst []byte, v views.View, lim value.Limits) ([]byte, error) {
	lim = renderLimits(lim)
	w := jsonWriter{dst: dst, end: len(dst) + int(min(lim.Output, math.MaxInt-int64(len(dst)))), depth: lim.Depth, nodes: lim.Nodes}
	w.raw(`{"kind":`)
	w.text(string(v.Kind))
	if v.Kind == views.TextKind {
		w.raw(`,"text":`)
		w.text(v.Text)
	} else {
		w.raw(`,"columns":[`)
		for i, name := range v.Columns {
			if i > 0 {
				w.raw(",")
			}
			w.text(name)
		}
		w.raw(`],"rows":[`)
		for i := range v.Len() {
			if w.full() {
				break
			}
			if i > 0 {
				w.raw(",")
			}
			w.items(value.List(v.Rows.At(i)))
		}
		w.raw("]")
	}
	if w.err != nil {
		w.raw(`,"truncated":true`)
		w.raw("}")
		return w.dst, w.err
	}
	w.raw("}")
	return w.dst, nil
}
