package ui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cacheview/decode"
	"cacheview/decode/pickle"
	"cacheview/decode/value"
	views "cacheview/decode/view"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/external"
)

// content is one key's value, read and decoded, ready to be looked at. It is
// made in a command and never changed afterwards.
type content struct {
	Win     inspect.ValueWindow
	Result  decode.Result // of a string
	Root    value.Value   // the decoded value; for a collection its members in a sequence or map
	Inside  value.Value   // the JSON document that a text is, as a str in a pickle; Nil when it is none
	Flags   []string
	As      string          // the format that was chosen by hand, "" for none
	Uses    []pickle.Effect // what loading its pickles elsewhere would do, each once
	Wrong   *value.Error    // why the first member that does not fit As does not
	Also    [][]string      // other readings, by their layers, the likeliest first
	Doubts  int             // members that have other readings
	Outside bool            // an external decoder read it
	Shown   *views.View     // what is shown instead of the structure, nil for the structure
	similar []inspect.Similar
	highest bool   // a sorted set from its highest score on
	gone    string // "expired" or "deleted" since it was read
	Failed  error  // why the external decoder for the key did not read it
}

// readLimit and rowLimit bound what is read of one value to be shown.
const (
	readLimit = 16 << 20
	rowLimit  = 500
	moreRows  = 5000 // of each further window, read when the cursor comes to the end
)

func readContent(ctx context.Context, be Backend, key []byte, as string, decoders []external.Decoder, limit inspect.ReadOptions) (*content, error) {
	win, err := be.Read(ctx, key, limit)
	if err != nil {
		return nil, err
	}
	c := newContent(win, as)
	c.highest = limit.Descending
	c.readOutside(ctx, decoders)
	return c, nil
}

// readMore reads the window after c and returns both as one content.
func readMore(ctx context.Context, be Backend, c *content) (*content, error) {
	key := c.Win.Key.Name
	next, err := be.Read(ctx, key, inspect.ReadOptions{Limit: readLimit, Rows: moreRows, From: c.Win.Next, Descending: c.highest})
	if err != nil {
		return nil, err
	}
	next.Rows = slices.Concat(c.Win.Rows, next.Rows)
	next.Truncated = next.More
	next.FieldTTLs = next.FieldTTLs || c.Win.FieldTTLs
	next.Facts, next.Groups = c.Win.Facts, c.Win.Groups
	more := newContent(next, c.As)
	more.highest = c.highest
	return more, nil
}

func newContent(win inspect.ValueWindow, as string) *content {
	c := &content{Win: win, As: as}
	switch win.Type {
	case keyspace.Hash, keyspace.List, keyspace.Set, keyspace.ZSet, keyspace.Stream, keyspace.Vector:
		c.Root = c.members()
	default:
		if win.Module != "" {
			break // there are facts only
		}
		opt := decode.Options{Key: win.Key.Name, As: as, Budget: decode.NewBudget()}
		c.Result = decode.Decode(win.Raw, opt)
		c.Root, c.Flags, c.Also = decode.UnwrapResponse(c.Result.Value, opt), c.Result.Flags, c.Result.Also
		c.addUses(c.Result.Pickle)
		if as == "" {
			c.Inside = jsonIn(c.Root, opt)
		}
		c.Shown = shownView(c.Result, c.Root)
	}
	return c
}

// jsonIn is the document that a text is, Nil for any other value.
func jsonIn(v value.Value, opt decode.Options) value.Value {
	if v.Kind() != value.Text {
		return value.Nil
	}
	r, ok := decode.DecodeNested(v, opt)
	if !ok || len(r.Layers) != 1 || r.Layers[0].Name != "json" {
		return value.Nil
	}
	return r.Value
}

// holds tells whether the value is a text that is a document with parts. It is
// a text all the same: what is copied, printed and edited is the text.
func (c *content) holds() bool { return value.ChildLen(c.Inside) > 0 }

// readOutside has the program that is configured for the key read a string. It
// has no say where a format was chosen by hand, and where only the beginning of
// the value is there. What it fails at is shown as it is read here.
func (c *content) readOutside(ctx context.Context, decoders []external.Decoder) {
	d, ok := external.Match(decoders, c.Win.Key.Name)
	if !ok || c.As != "" || c.Win.Type != keyspace.String || c.Win.Truncated {
		return
	}
	r, err := d.Decode(ctx, c.Win.Raw)
	if err != nil {
		c.Failed = err
		return
	}
	c.Result, c.Root, c.Outside, c.Also, c.Shown = r, r.Value, true, nil, nil
}

// members decodes the rows of a collection one by one.
func (c *content) members() value.Value {
	opt := decode.Options{Key: c.Win.Key.Name, As: c.As, Budget: decode.NewBudget()}
	asGeo := c.Win.Type == keyspace.ZSet && c.As == decode.Geo
	if asGeo {
		opt.As = ""
	}
	var found decode.MemberViews
	one := func(raw []byte) value.Value {
		r := decode.DecodeMember(raw, opt)
		found.Add(r)
		c.Flags = append(c.Flags, r.Flags...)
		c.addUses(r.Pickle)
		if c.Wrong == nil {
			c.Wrong = r.Err
		}
		if len(r.Also) > 0 {
			c.Doubts++
			c.addAlso(r.Also)
		}
		return r.Value.WithDoubt(len(r.Also) > 0)
	}
	var list value.List
	var dict value.Dict
	for _, row := range c.Win.Rows {
		switch c.Win.Type {
		case keyspace.Hash:
			dict = append(dict, value.Pair{Key: nameValue(row.Field), Value: one(row.Value)})
		case keyspace.ZSet:
			dict = append(dict, value.Pair{Key: one(row.Value), Value: row.Member().ScoreValue()})
		case keyspace.Vector:
			dict = append(dict, value.Pair{Key: nameValue(row.Field), Value: vectorValue(row, one)})
		case keyspace.Stream:
			var fields value.Dict
			for i := 0; i+1 < len(row.Pairs); i += 2 {
				fields = append(fields, value.Pair{Key: nameValue(row.Pairs[i]), Value: one(row.Pairs[i+1])})
			}
			dict = append(dict, value.Pair{Key: nameValue(row.Field), Value: value.NewMap(fields)})
		default:
			list = append(list, one(row.Value))
		}
	}
	if c.Win.Type == keyspace.ZSet || c.Win.Type == keyspace.List || c.Win.Type == keyspace.Set {
		members := make([]decode.Member, len(c.Win.Rows))
		for i, row := range c.Win.Rows {
			members[i] = row.Member()
		}
		if v, ok := found.View(c.Win.Type.String(), members, asGeo); ok {
			c.Shown = &v
		}
	}
	switch c.Win.Type {
	case keyspace.List:
		return value.NewSeq(list)
	case keyspace.Set:
		return value.NewSeq(list).WithTag("set")
	}
	return value.NewMap(dict).WithTag(map[keyspace.Type]string{
		keyspace.Hash: "hash", keyspace.ZSet: "zset", keyspace.Stream: "stream", keyspace.Vector: "vectorset",
	}[c.Win.Type])
}

// nameValue is a field's name as a value: text when it is text.
func nameValue(b []byte) value.Value {
	r := decode.Decode(b, decode.Options{As: "text"})
	if r.Err != nil {
		return value.NewBytes(string(b))
	}
	return r.Value
}

// ops disassembles the innermost pickle; ok is false when there is none.
func (c *content) ops() ([]pickle.Op, bool) {
	if c.Result.Pickle == nil {
		return nil, false
	}
	return pickle.Disassemble(c.Result.Inner, opsLimit), true
}

// layers is the way from the outermost layer to the value, for people:
// "Flask-Caching › pickle 5 › str".
func (c *content) layers(arrow string) string {
	if len(c.Result.Layers) == 0 {
		return ""
	}
	var steps []string
	for _, l := range c.Result.Layers {
		name := layerName(l.Name)
		if l.Name == "external" {
			name += " (" + decode.Printable(l.Detail) + ")"
		}
		steps = append(steps, name)
	}
	kind := kindName(c.Root)
	if steps[len(steps)-1] != kind {
		steps = append(steps, kind)
	}
	return strings.Join(steps, arrow)
}

// kindName is what a value is called by the people who stored it: Python's
// words in a pickle, plain ones elsewhere.
func kindName(v value.Value) string {
	if v.Tag() != "" && v.Kind() != value.Object {
		return v.Tag()
	}
	if v.Kind() == value.Object {
		if head, ok := v.Head(); ok {
			return decode.Literal(head, 40)
		}
		return decode.Printable(v.Text())
	}
	if v.Notation() != value.Python {
		return v.Kind().String()
	}
	return map[value.Kind]string{
		value.Null: "None", value.Bool: "bool", value.Int: "int", value.Float: "float",
		value.Text: "str", value.Bytes: "bytes", value.Seq: "list", value.Map: "dict",
	}[v.Kind()]
}

var layerNames = map[string]string{
	"flask-caching": "Flask-Caching", "json": "JSON", "ndjson": "JSON lines", "msgpack": "MessagePack",
	"cbor": "CBOR", "bson": "BSON", "php-serialize": "PHP", "php-session": "PHP session", "ruby-marshal": "Ruby Marshal",
	"java-serialized": "Java", "v8-serialize": "V8", "gob": "Go gob", "protobuf": "Protobuf", "ascii-int": "ASCII integer",
	"avro-container": "Avro", "hyperloglog": "HyperLogLog",
}

// layerName is a layer in the words of its own community.
func layerName(name string) string {
	if s, ok := layerNames[name]; ok {
		return s
	}
	if n, ok := cutPickle(name); ok {
		return "pickle " + strconv.Itoa(n)
	}
	return name
}

func cutPickle(name string) (protocol int, ok bool) {
	_, err := fmt.Sscanf(name, "pickle%d", &protocol)
	return protocol, err == nil
}
