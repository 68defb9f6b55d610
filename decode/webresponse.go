package decode

import (
	"strings"

	"cacheview/decode/value"
)

// UnwrapResponse returns a value as people look at it. A stored web response (Werkzeug,
// Flask, Django) becomes its status, headers and decoded body; anything else
// stays as it is. It is for screens: JSON keeps the reading itself.
func UnwrapResponse(v value.Value, opt Options) value.Value {
	state, ok := v.Attr("state")
	if v.Kind() != value.Object || v.Tag() != "object" || !ok || state.Kind() != value.Map {
		return v
	}
	body, ok := responseBody(state)
	if !ok {
		return v
	}
	var attrs []value.Attr
	for _, name := range []string{"_status", "status", "status_code", "_status_code"} {
		if s, ok := entry(state, name); ok && s.Kind() != value.Null {
			attrs = append(attrs, value.Attr{Name: "status", Value: s})
			break
		}
	}
	if h, ok := responseHeaders(state); ok {
		attrs = append(attrs, value.Attr{Name: "headers", Value: h})
	}
	r := Decode([]byte(body), Options{Key: opt.Key, Limits: opt.Limits})
	attrs = append(attrs, value.Attr{Name: "body", Value: r.Value})
	return value.NewObject("response", v.Text(), attrs...).WithNotation(v.Notation())
}

// entry finds a key in a map of few entries.
func entry(m value.Value, name string) (value.Value, bool) {
	p := m.Pairs()
	for i := range min(m.Len(), 64) {
		if k, v := p.At(i); k.Kind() == value.Text && k.Text() == name {
			return v, true
		}
	}
	return value.Nil, false
}

// responseBody joins the parts of the body, which Werkzeug keeps in "response"
// and Django in "_container".
func responseBody(state value.Value) (string, bool) {
	parts, ok := entry(state, "response")
	if !ok {
		parts, ok = entry(state, "_container")
	}
	if !ok || parts.Kind() != value.Seq {
		return "", false
	}
	var b strings.Builder
	for i := range parts.Len() {
		part := parts.Items().At(i)
		if part.Kind() != value.Bytes && part.Kind() != value.Text {
			return "", false
		}
		if parts.Len() == 1 {
			return part.Text(), true
		}
		b.WriteString(part.Text())
	}
	return b.String(), true
}

// responseHeaders flattens Werkzeug's list of pairs and Django's store of
// lower-case names with (name, value).
func responseHeaders(state value.Value) (value.Value, bool) {
	h, ok := entry(state, "headers")
	if !ok {
		h, ok = entry(state, "_headers")
	}
	if inner, has := h.Attr("state"); has {
		h = inner
	}
	if !ok || h.Kind() != value.Map {
		return value.Nil, false
	}
	var out value.Dict
	add := func(pair value.Value) {
		if pair.Kind() == value.Seq && pair.Len() == 2 {
			out = append(out, value.Pair{Key: pair.Items().At(0), Value: pair.Items().At(1)})
		}
	}
	if list, ok := entry(h, "_list"); ok && list.Kind() == value.Seq {
		for i := range list.Len() {
			add(list.Items().At(i))
		}
		return value.NewMap(out), true
	}
	if store, ok := entry(h, "_store"); ok && store.Kind() == value.Map {
		h = store
	}
	for i := range h.Len() {
		_, v := h.Pairs().At(i)
		add(v)
	}
	return value.NewMap(out), true
}
