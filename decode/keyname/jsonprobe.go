package keyname

import (
	"bytes"
	"encoding/json"
	"errors"
)

// probe is the outline of a JSON text that may have been cut: the members of the
// outermost object, and of the objects in it.
type probe struct {
	ok     bool // as far as it goes it is JSON
	object bool
	array  bool
	// members has the text of a scalar, or "{" or "[".
	members map[string]string
	inner   map[string]map[string]string
	first   *probe // of an array: its first element, if that is an object
}

const (
	maxProbe  = 64 << 10
	maxTokens = 2000
)

// probeJSON reads the outline of a JSON text.
func probeJSON(raw []byte) probe {
	d := json.NewDecoder(bytes.NewReader(raw[:min(len(raw), maxProbe)]))
	d.UseNumber()
	r := jsonReader{d: d}
	tok, err := d.Token()
	if err != nil {
		return probe{}
	}
	p := probe{ok: true}
	switch tok {
	case json.Delim('{'):
		p = r.object(2)
	case json.Delim('['):
		p.array = true
		if d.More() {
			if tok, err := d.Token(); err == nil && tok == json.Delim('{') {
				first := r.object(2)
				p.first = &first
			}
		}
		return p
	}
	// A text that was cut ends too early, which is no mistake of its writer.
	_, broken := errors.AsType[*json.SyntaxError](r.err)
	p.ok = !broken
	return p
}

type jsonReader struct {
	d      *json.Decoder
	tokens int
	err    error
}

// next returns the next token, or false at the end or when there were too many.
func (r *jsonReader) next() (json.Token, bool) {
	if r.err != nil || r.tokens >= maxTokens {
		return nil, false
	}
	r.tokens++
	tok, err := r.d.Token()
	r.err = err
	return tok, err == nil
}

// object reads the members of an object whose brace was read, and those of the
// objects in it down to depth.
func (r *jsonReader) object(depth int) probe {
	p := probe{ok: true, object: true, members: map[string]string{}}
	if depth > 1 {
		p.inner = map[string]map[string]string{}
	}
	for r.err == nil && r.d.More() {
		tok, ok := r.next()
		name, isText := tok.(string)
		if !ok || !isText {
			return p
		}
		tok, ok = r.next()
		if !ok {
			return p
		}
		switch v := tok.(type) {
		case json.Delim:
			p.members[name] = v.String()
			if v == '{' && depth > 1 {
				p.inner[name] = r.object(depth - 1).members
				continue
			}
			r.skip()
		case string:
			p.members[name] = v
		case json.Number:
			p.members[name] = v.String()
		case bool:
			p.members[name] = "false"
			if v {
				p.members[name] = "true"
			}
		default:
			p.members[name] = "null"
		}
	}
	r.next() // the closing brace
	return p
}

// skip passes over a value whose opening bracket was read.
func (r *jsonReader) skip() {
	for depth := 1; depth > 0; {
		tok, ok := r.next()
		if !ok {
			return
		}
		switch tok {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}

// has reports whether an object has all of these members.
func (p *probe) has(names ...string) bool {
	for _, name := range names {
		if _, ok := p.members[name]; !ok {
			return false
		}
	}
	return p.object
}

// hasIn reports whether the object under a member has all of these members.
func (p *probe) hasIn(member string, names ...string) bool {
	in, ok := p.inner[member]
	for _, name := range names {
		if _, has := in[name]; !has {
			return false
		}
	}
	return ok
}
