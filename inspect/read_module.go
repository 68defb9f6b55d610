package inspect

import (
	"context"
	"strings"
)

// moduleInfo are the commands that tell of a value of a module's type, by the
// name of the type. Each is bounded by its nature or by an argument.
var moduleInfo = map[string][]string{
	"TSDB-TYPE": {"ts.info"},
	"MBbloom--": {"bf.info"},
	"MBbloomCF": {"cf.info"},
	"TopK-TYPE": {"topk.info", "topk.list"},
	"CMSk-TYPE": {"cms.info"},
	"TDIS-TYPE": {"tdigest.info"},
}

// module reads what the server answers about a value whose type cannot be read.
func (v *valueReader) module(ctx context.Context) error {
	for _, command := range moduleInfo[v.w.Module] {
		r, err := v.ask(ctx, command, v.name)
		if err != nil {
			if err = v.optional(err, command); err != nil {
				return err
			}
			continue
		}
		if strings.HasSuffix(command, ".list") {
			v.fact("items", r.flat(0))
			continue
		}
		v.facts(r)
		if r.err != nil {
			return r.err
		}
	}
	return nil
}

// maxFacts limits the facts of one reply.
const maxFacts = 64

// facts adds a reply that is a map, or a flat list of names and values.
func (v *valueReader) facts(r *tokenReader) {
	for i := range r.array() / 2 {
		name, text := r.flat(0), r.flat(0)
		if i < maxFacts && r.err == nil {
			v.fact(name, text)
		}
	}
}

// maxFlat limits the text of a nested reply.
const maxFlat = 400

// flat reads one reply of any kind as a text: the elements of a list one after
// another.
func (r *tokenReader) flat(depth int) string {
	if len(r.rest) == 0 || r.rest[0].kind != '*' || r.err != nil {
		return string(r.text().text)
	}
	if depth > 8 {
		r.err = errReply
		return ""
	}
	var b strings.Builder
	b.WriteByte('[')
	for i := range r.array() {
		text := r.flat(depth + 1)
		if b.Len() > maxFlat {
			continue // but read, since what is after it counts
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(text)
	}
	if b.Len() > maxFlat {
		b.WriteString(", …")
	}
	return b.String() + "]"
}

// jsonFacts adds the type of a JSON value that is too large to be read whole, or
// cannot be.
func (v *valueReader) jsonFacts(ctx context.Context) error {
	for _, command := range []string{"json.type", "json.objlen", "json.objkeys"} {
		r, err := v.ask(ctx, command, v.name)
		if err != nil {
			if isReply(err) {
				continue
			}
			return err
		}
		if text := r.flat(0); text != "" {
			v.fact(command, text)
		}
	}
	return nil
}
