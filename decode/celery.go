package decode

import (
	"bytes"
	"encoding/base64"
	"strings"

	"cacheview/decode/value"
	views "cacheview/decode/view"
)

// kombu, the transport of Celery, stores a message as JSON whose body is
// serialized once more: its content type, encoding and compression are in the
// message (kombu/transport/virtual/base.py, celery/app/amqp.py). The value
// stays the message. Its view is the call: task, id, args, kwargs. What loading
// the body would do is flagged like that of any other value.

// kombuTypes are the formats of bodies by their content type, and
// kombuCompressions those of compressed bodies.
var (
	kombuTypes = map[string]string{
		"application/json": "json", "application/x-python-serialize": "pickle",
		"application/x-msgpack": "msgpack", "application/x-yaml": "text", "application/text": "text", "text/plain": "text",
	}
	kombuCompressions = map[string]string{
		"application/x-gzip": "zlib", "gzip": "zlib", "zlib": "zlib", "application/x-bz2": "bz2", "bzip2": "bz2", "application/x-lzma": "xz",
		"application/x-brotli": "brotli", "application/zstd": "zstd",
	}
)

// addMessage gives a value that is a message of kombu, or a binding of its
// exchanges, the view of what it says.
func (d *decoder) addMessage(out *outcome) {
	if out.Err != nil || len(out.Layers) == 0 {
		return
	}
	switch out.Layers[len(out.Layers)-1].Name {
	case "json":
		d.addTask(out)
	case "text":
		if parts := strings.Split(out.Value.Text(), kombuSeparator); len(parts) == 3 && out.Value.Kind() == value.Text {
			cells := value.List{value.NewText(parts[0]), value.NewText(parts[1]), value.NewText(parts[2])}
			shown := views.OfTable([]string{"routing_key", "pattern", "queue"}, views.List{cells})
			out.Shown = &shown
		}
	}
}

// kombuSeparator is between the parts of a binding and of a queue with a
// priority.
const kombuSeparator = "\x06\x16"

func (d *decoder) addTask(out *outcome) {
	m := out.Value
	if m.Kind() != value.Map || m.Len() > 16 {
		return
	}
	body, ok := entry(m, "body")
	properties, ok2 := entry(m, "properties")
	kind, ok3 := entry(m, "content-type")
	if !ok || !ok2 || !ok3 || body.Kind() != value.Text || kind.Kind() != value.Text {
		return
	}
	headers, _ := entry(m, "headers")
	if headers.Kind() != value.Map {
		headers = value.NewMap(nil)
	}
	call, ok := d.kombuBody(body.Text(), properties, headers, kind.Text())
	if !ok {
		return
	}
	for _, f := range call.Flags {
		out.flag(f)
	}
	if call.Pickle != nil && out.Pickle == nil {
		out.Pickle = call.Pickle
	}
	shown := views.OfTable([]string{"task", "id", "args", "kwargs"}, views.List{taskCells(call.Value, headers)})
	out.Shown = &shown
}

// kombuBody reads the body of a message as what the message names.
func (d *decoder) kombuBody(body string, properties, headers value.Value, contentType string) (outcome, bool) {
	format, ok := kombuTypes[contentType]
	if !ok {
		return outcome{}, false
	}
	raw := []byte(body)
	if enc, _ := entry(properties, "body_encoding"); enc.Text() == "base64" {
		out, err := base64.StdEncoding.DecodeString(strings.TrimSpace(body))
		if err != nil {
			return outcome{}, false
		}
		raw = out
	}
	chain := []string{format}
	if c, _ := entry(headers, "compression"); c.Text() != "" {
		layer, ok := kombuCompressions[strings.ToLower(c.Text())]
		if !ok {
			return outcome{}, false
		}
		chain = []string{layer, format}
	}
	inside := *d
	inside.outer = "kombu"
	return inside.forced(bytes.Clone(raw), chain), true
}

// taskCells are task, id, args and kwargs of a call. Since protocol 2 the first
// two are headers, and the body is [args, kwargs, more]; before, the body had
// all of them.
func taskCells(call, headers value.Value) value.List {
	at := func(m value.Value, name string) value.Value {
		if m.Kind() != value.Map || m.Len() > 64 {
			return value.Nil
		}
		v, _ := entry(m, name)
		return v
	}
	if call.Kind() == value.Map {
		return value.List{at(call, "task"), at(call, "id"), at(call, "args"), at(call, "kwargs")}
	}
	cells := value.List{at(headers, "task"), at(headers, "id"), call, value.Nil}
	if call.Kind() == value.Seq && call.Len() >= 2 {
		cells[2], cells[3] = call.Items().At(0), call.Items().At(1)
	}
	return cells
}
