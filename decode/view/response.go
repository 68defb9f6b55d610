package view

import (
	"mime"
	"strings"
	"unicode/utf8"

	"cacheview/decode/value"
)

// ofResponse is the body of a stored web response (Werkzeug, Flask, Django,
// requests) whose Content-Type is text or JSON, in its charset; and the rows of
// a multi-dict.
func ofResponse(o object) (View, bool) {
	if w, ok := multiDict(o); ok {
		return w, true
	}
	if results := get(o.state, "_result_cache"); results.Kind() == value.Seq && strings.HasSuffix(o.class, "QuerySet") {
		return ofSeq(results, maxDepth)
	}
	if items := get(o.state, "#items"); items.Kind() == value.Seq && strings.HasSuffix(o.class, "Collection") {
		return ofSeq(items, maxDepth)
	}
	if o.state.Kind() != value.Map || o.class == "" {
		return View{}, false
	}
	body, ok := body(o.state)
	if !ok {
		return View{}, false
	}
	headers := headerList(o.state)
	if enc := header(headers, "content-encoding"); enc != "" && enc != "identity" {
		if !utf8.ValidString(body) {
			return View{}, false
		}
	}
	kind, params, err := mime.ParseMediaType(header(headers, "content-type"))
	if err != nil || !isTextual(kind) {
		return View{}, false
	}
	charset := strings.ToLower(params["charset"])
	if charset == "" || charset == "utf-8" || charset == "utf8" || charset == "us-ascii" {
		return OfText(body), utf8.ValidString(body)
	}
	return ofEncoded(body, charset)
}

// isTextual reports whether a media type is text for people.
func isTextual(kind string) bool {
	switch kind {
	case "application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded",
		"application/x-ndjson", "application/yaml", "application/graphql-response+json", "image/svg+xml":
		return true
	}
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml")
}

// body joins the parts of a body: "response" of Werkzeug, "_container" of
// Django, "_content" of requests.
func body(state value.Value) (string, bool) {
	for _, name := range [...]string{"response", "_container", "_content"} {
		parts, ok := field(state, name)
		if !ok {
			continue
		}
		if parts.Kind() == value.Bytes || parts.Kind() == value.Text {
			return parts.Text(), true
		}
		if parts.Kind() != value.Seq {
			return "", false
		}
		var b strings.Builder
		for i := range parts.Len() {
			part := item(parts, i)
			if part.Kind() != value.Bytes && part.Kind() != value.Text || b.Len() > maxBody {
				return "", false
			}
			b.WriteString(part.Text())
		}
		return b.String(), true
	}
	return "", false
}

// maxBody bounds a body that is joined from parts.
const maxBody = 32 << 20

// headerList finds the headers, as pairs or as a store of (name, value).
func headerList(state value.Value) value.Value {
	h, ok := field(state, "headers")
	if !ok {
		h = get(state, "_headers")
	}
	if inner := objectOf(h).state; h.Kind() == value.Object && inner.Kind() == value.Map {
		h = inner
	}
	if list := get(h, "_list"); list.Kind() == value.Seq {
		return list
	}
	if store := get(h, "_store"); store.Kind() == value.Map {
		return store
	}
	return h
}

// header returns the value of a header, empty without one.
func header(list value.Value, name string) string {
	for i := range min(list.Len(), 256) {
		pair := item(list, i)
		if list.Kind() == value.Map {
			k, v := list.Pairs().At(i)
			pair = v
			if v.Kind() == value.Text {
				pair = value.NewSeq(value.List{k, v})
			}
		}
		if strings.EqualFold(item(pair, 0).Text(), name) {
			return item(pair, 1).Text()
		}
	}
	return ""
}

// multiDict is a mapping of keys to several values, a row for each.
func multiDict(o object) (View, bool) {
	name := o.name()
	data := o.state
	switch {
	case strings.HasSuffix(name, "MultiDict") && data.Kind() == value.Map:
	case name == "QueryDict" || name == "MultiValueDict":
		if inner := get(data, "_data"); inner.Kind() == value.Map {
			data = inner
		}
	case strings.HasSuffix(name, "MultiDict") && o.arg(0).Kind() == value.Seq:
		return pairRows(o.arg(0))
	case name == "Headers" && get(data, "_list").Kind() == value.Seq:
		return pairRows(get(data, "_list"))
	default:
		return View{}, false
	}
	var rows List
	for i := range min(data.Len(), maxColumns) {
		k, list := data.Pairs().At(i)
		if list.Kind() != value.Seq {
			return View{}, false
		}
		for j := range list.Len() {
			rows = append(rows, []value.Value{Cell(k), Cell(item(list, j))})
		}
	}
	return OfTable([]string{"key", "value"}, rows), data.Kind() == value.Map
}

func pairRows(list value.Value) (View, bool) {
	for i := range list.Len() {
		if item(list, i).Len() != 2 || item(list, i).Kind() != value.Seq {
			return View{}, false
		}
	}
	return OfTable([]string{"key", "value"}, rowsOf{list.Len(), func(i int) []value.Value {
		pair := item(list, i)
		return []value.Value{Cell(item(pair, 0)), Cell(item(pair, 1))}
	}}), true
}
