package decode

import (
	"math"
	"slices"
	"strings"

	"cacheview/decode/evidence"
	"cacheview/decode/value"
)

// Member is one member of a Redis collection, as bytes.
type Member struct {
	Field []byte  // hash field, stream id; nil otherwise
	Value []byte  // hash value, list element, set member, zset member
	Score float64 // zset only
	// ScoreText is a score of 2^53 or more as the server writes it, "" for any
	// other: a float64 has not each whole number from there on.
	ScoreText string
	Vector    []float64 // vectorset only
	Pairs     [][]byte  // stream only: field, value, field, value
}

// DecodeMember reads one member by itself. It differs from Decode in one
// thing: digits stay text, because a member is a name or a field more often
// than a counter.
func DecodeMember(raw []byte, opt Options) Result {
	if opt.As == "" && isDecimal(raw) {
		opt.As = "text"
	}
	return Decode(raw, opt)
}

// DecodeMembers reads the members of a collection one by one and returns them
// as one value. kind is what TYPE answers: "hash", "list", "set", "zset",
// "stream". A hash becomes a map, a list or set a list, a zset a list of
// {"score", "value"}, a stream a list of {"id", "fields"}. When all members
// have the same layers, these follow the collection's own.
func DecodeMembers(kind string, members []Member, opt Options) Result {
	if opt.Budget == nil {
		opt.Budget = NewBudget()
	}
	asGeo := opt.As == Geo
	if asGeo {
		opt.As = ""
	}
	m := memberDecoder{opt: opt, same: true}
	size := 0
	for _, x := range members {
		size += len(x.Field) + len(x.Value)
		for _, p := range x.Pairs {
			size += len(p)
		}
	}
	out := Result{Layers: []Layer{{Name: "redis-" + kind, Reason: "the key's type", Size: size}}}
	switch kind {
	case "hash":
		dict := make(value.Dict, len(members))
		for i, x := range members {
			dict[i] = value.Pair{Key: plainMember(x.Field), Value: m.decode(x.Value, i)}
		}
		out.Value, m.same = value.NewMap(dict), false
	case "zset":
		out.Value = m.list(members, func(i int, x Member) value.Value {
			return record("score", ofScore(x), "value", m.decode(x.Value, i))
		})
	case "vectorset":
		out.Value, m.same = m.list(members, func(i int, x Member) value.Value { return m.vector(x, i) }), false
	case "stream":
		out.Value = m.list(members, func(i int, x Member) value.Value {
			return record("id", plainMember(x.Field), "fields", m.fields(x.Pairs, i))
		})
		m.same = false
	default:
		out.Value = m.list(members, func(i int, x Member) value.Value { return m.decode(x.Value, i) })
	}
	if m.same {
		out.Layers = append(out.Layers, m.layers...)
	}
	out.Err, out.Flags, out.Doubts = m.err, m.flags, m.doubts
	out.Grade = m.grade
	if shown, ok := m.views.View(kind, members, asGeo); ok {
		out.Shown = &shown
	}
	return out
}

// memberDecoder collects what the members have in common.
type memberDecoder struct {
	opt    Options
	layers []Layer
	same   bool // all members so far had these layers
	any    bool
	err    *value.Error // the first one
	flags  []string
	doubts []Doubt
	grade  evidence.Grade // the lowest of the members
	views  MemberViews
}

// decode reads the member at a position of the value.
func (m *memberDecoder) decode(raw []byte, at ...int) value.Value {
	r := DecodeMember(raw, m.opt)
	if len(r.Also) > 0 {
		m.doubts = append(m.doubts, Doubt{At: at, Layers: r.Names(), Also: r.Also})
	}
	m.grade = evidence.Weakest(m.grade, r.Grade)
	if !m.any {
		m.layers, m.any, m.grade = r.Layers, true, r.Grade
	} else if !slices.EqualFunc(m.layers, r.Layers, func(a, b Layer) bool { return a.Name == b.Name }) {
		m.same = false
	}
	if m.err == nil {
		m.err = r.Err
	}
	m.views.Add(r)
	for _, f := range r.Flags {
		if !slices.Contains(m.flags, f) {
			m.flags = append(m.flags, f)
		}
	}
	return r.Value.WithDoubt(len(r.Also) > 0)
}

func (m *memberDecoder) list(members []Member, each func(int, Member) value.Value) value.Value {
	list := make(value.List, len(members))
	for i, x := range members {
		list[i] = each(i, x)
	}
	return value.NewSeq(list)
}

func (m *memberDecoder) fields(pairs [][]byte, entry int) value.Value {
	dict := make(value.Dict, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		dict = append(dict, value.Pair{Key: plainMember(pairs[i]), Value: m.decode(pairs[i+1], entry, i/2)})
	}
	return value.NewMap(dict)
}

func record(k1 string, v1 value.Value, k2 string, v2 value.Value) value.Value {
	return value.NewMap(value.Dict{{Key: value.NewText(k1), Value: v1}, {Key: value.NewText(k2), Value: v2}})
}

// plainMember is a field or an id: text when it is UTF-8, else bytes.
func plainMember(raw []byte) value.Value {
	if judgeText(raw) == notText {
		return value.NewBytes(view(raw))
	}
	return value.NewText(view(raw))
}

// ofScore is a score, as an integer where it is one.
func ofScore(x Member) value.Value {
	switch f := x.Score; {
	case x.ScoreText != "" && strings.Trim(x.ScoreText, "0123456789") == strings.Repeat("-", strings.Count(x.ScoreText, "-")):
		return value.NewBigInt(x.ScoreText)
	case f == math.Trunc(f) && math.Abs(f) < 1<<53:
		return value.NewInt(int64(f))
	default:
		return value.NewFloat(f)
	}
}

// ScoreValue returns the score of a member of a sorted set as a value.
func (x Member) ScoreValue() value.Value { return ofScore(x) }

// vector is an element of a vector set: {"element", "vector", "attributes"}.
func (m *memberDecoder) vector(x Member, at int) value.Value {
	numbers := make(value.List, len(x.Vector))
	for i, f := range x.Vector {
		numbers[i] = value.NewFloat(f)
	}
	d := value.Dict{
		{Key: value.NewText("element"), Value: plainMember(x.Field)},
		{Key: value.NewText("vector"), Value: value.NewSeq(numbers)},
	}
	if len(x.Value) > 0 {
		d = append(d, value.Pair{Key: value.NewText("attributes"), Value: m.decode(x.Value, at)})
	}
	return value.NewMap(d)
}

// Doubt is an ambiguous member of a collection.
type Doubt struct {
	At     []int      // position in the value, from 0; of a stream: entry, then field
	Layers []string   // as it is shown
	Also   [][]string // the other readings, the likeliest first
}
