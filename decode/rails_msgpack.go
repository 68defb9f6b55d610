package decode

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"cacheview/decode/value"
)

// railsMsgpackMark is what ActiveSupport::MessagePack puts before its values.
const railsMsgpackMark = "\xcc\x80"

func sniffRailsMsgpack(in *input) (string, bool) {
	ok := len(in.raw) > len(railsMsgpackMark) && bytes.HasPrefix(in.raw, []byte(railsMsgpackMark))
	return "cc 80, the mark of ActiveSupport::MessagePack", ok
}

// parseRailsMsgpack reads MessagePack with the extension types of Rails
// (activesupport/lib/active_support/message_pack/extensions.rb).
func parseRailsMsgpack(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	if !bytes.HasPrefix(raw, []byte(railsMsgpackMark)) {
		return value.Nil, 0, &value.Error{Format: "msgpack", Kind: value.Corrupt, Detail: "no mark of ActiveSupport::MessagePack"}
	}
	s, err := scanMsgpack(raw[len(railsMsgpackMark):], lim, nil)
	if err != nil {
		err.Offset += len(railsMsgpackMark)
	}
	s.p.leaf = railsLeaf(maxRailsExt)
	return s.p.root(), s.pos + len(railsMsgpackMark), err
}

// maxRailsExt is how deep extensions are opened within extensions.
const maxRailsExt = 20

// railsLeaf reads scalars, of which Rails' extensions have values inside.
func railsLeaf(depth int) func(p *packed, off int) value.Value {
	return func(p *packed, off int) value.Value {
		h := msgpackHead(p.raw[off:])
		if h.kind == mpExt && depth > 0 {
			if v, ok := railsExt(h.ext, p.raw[off+h.size:off+h.size+h.n], depth); ok {
				return v
			}
		}
		return msgpackLeaf(p, off)
	}
}

// The extension types that are read in a way of their own.
const (
	railsSymbol  = 0
	railsInteger = 1
	railsSet     = 12
	railsHash    = 17
)

// railsExtText are the extension types that are the text of an object.
var railsExtText = map[int8]string{
	2: "BigDecimal", 9: "ActiveSupport::TimeZone", 13: "URI", 15: "Pathname",
}

// railsExtParts are the extension types that are values one after another.
var railsExtParts = map[int8]string{
	3: "Rational", 4: "Complex", 5: "DateTime", 6: "Date", 7: "Time", 8: "ActiveSupport::TimeWithZone",
	10: "ActiveSupport::Duration", 11: "Range", 14: "IPAddr", 16: "Regexp", 127: "Object",
}

// railsExt is what an extension stands for; ok is false for what Rails does
// not write.
func railsExt(kind int8, body []byte, depth int) (v value.Value, ok bool) {
	if class, found := railsExtText[kind]; found && utf8.Valid(body) {
		return railsObject(class, value.List{value.NewText(view(body))}), true
	}
	switch kind {
	case railsSymbol:
		return symbolOf(view(body), rubyEncoding{}), true
	case railsInteger:
		return railsBig(body)
	}
	parts, ok := railsParts(body, depth)
	if class, found := railsExtParts[kind]; found && ok {
		return railsObject(class, parts), true
	}
	if !ok || len(parts) != 1 {
		return value.Nil, false
	}
	switch {
	case kind == railsSet && parts[0].Kind() == value.Seq:
		return parts[0].WithTag("set"), true
	case kind == railsHash && parts[0].Kind() == value.Map:
		return parts[0], true
	}
	return value.Nil, false
}

func railsObject(class string, args value.List) value.Value {
	return value.NewObject("object", class, value.Attr{Name: "args", Value: value.NewSeq(args)})
}

// maxRailsParts is more than any extension of Rails has.
const maxRailsParts = 16

// railsParts reads values up to the end of an extension.
func railsParts(body []byte, depth int) (value.List, bool) {
	var parts value.List
	for len(body) > 0 && len(parts) < maxRailsParts {
		s, err := scanMsgpack(body, value.Limits{}, nil)
		if err != nil || s.pos == 0 {
			return nil, false
		}
		s.p.leaf = railsLeaf(depth - 1)
		parts = append(parts, s.p.root())
		body = body[s.pos:]
	}
	return parts, len(body) == 0
}

// railsBig is an integer of more than 64 bits: a sign and words of 32 bits,
// the lowest first.
func railsBig(body []byte) (value.Value, bool) {
	if len(body) < 5 || len(body)%4 != 1 || len(body) > maxBigBytes || body[0] > 1 {
		return value.Nil, false
	}
	var magnitude []byte
	for i := len(body) - 4; i > 0; i -= 4 {
		magnitude = binary.BigEndian.AppendUint32(magnitude, binary.BigEndian.Uint32(body[i:]))
	}
	return bigValue(body[0] == 1, magnitude), true
}
