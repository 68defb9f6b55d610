package inspect

import (
	"bytes"
	"context"
	"slices"
	"strconv"
)

// vectorNumbers limits the numbers of all vectors of one window.
const vectorNumbers = 20_000

// vectors reads the elements of a vector set with their vectors and attributes.
// The server lists elements in order since VRANGE; before, a bounded number is
// drawn at random, and Window.More stays false.
func (v *valueReader) vectors(ctx context.Context) error {
	if err := v.total(ctx, "vcard"); err != nil {
		return err
	}
	first := v.opt.From == Cursor{}
	if first {
		r, err := v.ask(ctx, "vinfo", v.name)
		if err == nil {
			v.facts(r)
			err = r.err
		}
		if err = v.optional(err, "vinfo"); err != nil {
			return err
		}
	}
	names, err := v.elements(ctx)
	if err != nil {
		return err
	}
	dim := int64(1)
	for _, f := range v.w.Facts {
		if f.Name == "vector-dim" {
			dim = max(number(f.Text, 1), 1)
		}
	}
	for i, name := range names {
		row := Member{Field: name.text, Cut: name.cut()}
		if int64(i+1)*dim <= vectorNumbers {
			if row.Vector, err = v.vector(ctx, name.text); err != nil {
				return err
			}
		}
		if row.Value, err = v.attribute(ctx, name.text); err != nil {
			return err
		}
		v.w.Rows = append(v.w.Rows, row)
		v.w.Next.last = string(name.text)
	}
	return nil
}

// elements lists names of a vector set.
func (v *valueReader) elements(ctx context.Context) ([]token, error) {
	rows := min(int64(v.opt.Rows), defaultRows)
	start := "-"
	if v.opt.From.last != "" {
		start = "(" + v.opt.From.last
	}
	ordered := !v.c.noRange.Load()
	var r *tokenReader
	var err error
	if ordered {
		r, err = v.ask(ctx, "vrange", v.name, start, "+", rows)
		if unsupported(err) {
			v.c.noRange.Store(true)
			ordered = false
		}
	}
	if !ordered {
		r, err = v.ask(ctx, "vrandmember", v.name, rows)
	}
	if err != nil {
		return nil, err
	}
	var names []token
	for range r.array() {
		names = append(names, r.text())
	}
	if ordered {
		v.w.More = int64(len(names)) == rows && rows < v.w.Total
	} else {
		slices.SortFunc(names, func(a, b token) int { return bytes.Compare(a.text, b.text) })
		v.w.Sampled = int64(len(names)) < v.w.Total
	}
	return names, r.err
}

// vector reads the numbers of an element; nil when it is gone.
func (v *valueReader) vector(ctx context.Context, name []byte) ([]float64, error) {
	r, err := v.ask(ctx, "vemb", v.name, name)
	if err != nil {
		return nil, err
	}
	if len(r.rest) > 0 && r.rest[0].kind != '*' {
		return nil, nil
	}
	n := r.array()
	list := make([]float64, 0, n)
	for range n {
		f, err := strconv.ParseFloat(string(r.text().text), 64)
		if err != nil {
			return nil, errReply
		}
		list = append(list, f)
	}
	return list, r.err
}

// attribute reads the JSON that an element has; nil without one.
func (v *valueReader) attribute(ctx context.Context, name []byte) ([]byte, error) {
	r, err := v.ask(ctx, "vgetattr", v.name, name)
	if err != nil {
		return nil, v.optional(err, "vgetattr")
	}
	t := r.text()
	if t.n < 0 || t.kind == '_' {
		return nil, nil
	}
	return t.text, r.err
}

// Similar is an element of a vector set and its similarity, 1 for the same.
type Similar struct {
	Element []byte
	Score   float64
}

// Similar returns the n elements of a vector set that are most like one of them.
func (c *Client) Similar(ctx context.Context, key, element []byte, n int) ([]Similar, error) {
	w, err := c.head(ctx, key)
	if err != nil {
		return nil, KeyError{Op: "read", Key: key, Err: err}
	}
	v := valueReader{c: c, name: key, opt: ReadOptions{Limit: defaultLimit}, w: &w}
	r, err := v.ask(ctx, "vsim", key, "ele", element, "withscores", "count", n)
	if err != nil {
		return nil, KeyError{Op: "read", Key: key, Err: err}
	}
	var list []Similar
	for range r.array() / 2 {
		s := Similar{Element: r.text().text}
		if s.Score, err = strconv.ParseFloat(string(r.text().text), 64); err != nil {
			return nil, KeyError{Op: "read", Key: key, Err: errReply}
		}
		list = append(list, s)
	}
	return list, r.err
}
