package decode

import (
	"encoding/binary"
	"math"

	"cacheview/decode/value"
)

// protobufRows is the wire format of Protocol Buffers, without a schema: field
// numbers and guesses at what is in them. It says little and fits much, so it
// counts only with texts in it, and never without a flag.
var protobufRows = []row{
	{name: "protobuf", trust: weak, sniff: sniffProtobuf, parse: parseProtobuf, score: scoreProtobuf, flag: ambiguous},
}

func sniffProtobuf(in *input) (string, bool) {
	return "numbered fields with texts in them, as Protocol Buffers write them", len(in.raw) >= 8 && in.text() == notText && mayHoldText(in.raw)
}

// maxScoredFields is the number of fields that are scored.
const maxScoredFields = 64

// mayHoldText reports whether one of the fields that are scored may be a text.
// Without one the message counts for nothing, and is not worth reading.
func mayHoldText(raw []byte) bool {
	s := &protoScanner{raw: raw}
	for range maxScoredFields {
		tag, err := s.varint(len(raw))
		if err != nil {
			return false
		}
		switch tag & 7 {
		case 0:
			if _, err = s.varint(len(raw)); err != nil {
				return false
			}
		case 1:
			s.pos += 8
		case 5:
			s.pos += 4
		case 2:
			n, err := s.varint(len(raw))
			if err != nil || n > uint64(len(raw)-s.pos) {
				return false
			}
			if n >= 3 {
				return true
			}
			s.pos += int(n)
		default: // a group, or an error that the parser names
			return true
		}
		if s.pos >= len(raw) {
			return false
		}
	}
	return false
}

// scoreProtobuf counts texts and low field numbers. Fields in ascending order
// are what generated code writes.
func scoreProtobuf(_ *input, out *outcome) (float64, bool) {
	bits, texts, last := -8.0, 0, int64(0)
	for i := range min(out.Value.Len(), maxScoredFields) {
		k, v := out.Value.Pairs().At(i)
		n, _ := k.Int()
		switch {
		case n > 100:
			bits -= 8
		case n < last:
			bits -= 4
		default:
			bits += 2
		}
		last = n
		switch v.Kind() {
		case value.Text:
			if v.Len() >= 3 {
				texts++
				bits += 3 + textBits([]byte(v.Text()))/2
			}
		case value.Map:
			bits += min(treeBits(v), 16) / 2
		case value.Bytes:
			bits -= 2
		}
	}
	if texts == 0 {
		return oddBits, true
	}
	return bits, false
}

// parseProtobuf reads a message as a map of field numbers. Varints are shown
// as unsigned integers, fixed numbers also as floats; a length-delimited field
// is text when it is clean text, a message when it parses as one, else bytes.
func parseProtobuf(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	s := &protoScanner{raw: raw, lim: lim.OrDefault()}
	v, err := s.message(len(raw), 0)
	return v, s.pos, err
}

type protoScanner struct {
	raw   []byte
	pos   int
	lim   value.Limits
	depth int
	nodes int
}

// maxProtoDepth is how deep guesses at messages go, as protobuf's own parsers
// do by default.
const maxProtoDepth = 100

// maxProtoFields limits the fields of a message, which are kept as values of
// some 300 bytes each and not packed.
const maxProtoFields = 1 << 17

func (s *protoScanner) fail(kind value.ErrorKind, off int, detail string) *value.Error {
	return &value.Error{Format: "protobuf", Kind: kind, Offset: off, Detail: detail}
}

// message reads fields up to end, or up to the end of the group.
func (s *protoScanner) message(end int, group uint64) (value.Value, *value.Error) {
	if s.depth++; s.depth > min(maxProtoDepth, s.lim.Depth) {
		return value.Nil, s.fail(value.Limit, s.pos, "nested too deep")
	}
	defer func() { s.depth-- }()
	var fields value.Dict
	for s.pos < end {
		start := s.pos
		tag, err := s.varint(end)
		if err != nil {
			return value.NewMap(fields), err
		}
		number, wire := tag>>3, tag&7
		if number == 0 || number > 1<<29-1 {
			return value.NewMap(fields), s.fail(value.Corrupt, start, "bad field number")
		}
		if wire == 4 {
			if number == group {
				return value.NewMap(fields), nil
			}
			return value.NewMap(fields), s.fail(value.Corrupt, start, "end of a group that is not open")
		}
		if s.nodes++; s.nodes > min(s.lim.Nodes, maxProtoFields) {
			return value.NewMap(fields), s.fail(value.Limit, start, "too many values")
		}
		v, err := s.field(number, wire, end)
		if err != nil {
			return value.NewMap(fields), err
		}
		fields = append(fields, value.Pair{Key: value.NewUint(number), Value: v})
	}
	if group != 0 {
		return value.NewMap(fields), s.fail(value.Truncated, s.pos, "group without an end")
	}
	return value.NewMap(fields), nil
}

func (s *protoScanner) field(number, wire uint64, end int) (value.Value, *value.Error) {
	start := s.pos
	switch wire {
	case 0:
		n, err := s.varint(end)
		return value.NewUint(n), err
	case 1:
		if end-s.pos < 8 {
			return value.Nil, s.fail(value.Truncated, start, "ends inside a number")
		}
		n := binary.LittleEndian.Uint64(s.raw[s.pos:])
		s.pos += 8
		return fixed("fixed64", n, math.Float64frombits(n)), nil
	case 5:
		if end-s.pos < 4 {
			return value.Nil, s.fail(value.Truncated, start, "ends inside a number")
		}
		n := binary.LittleEndian.Uint32(s.raw[s.pos:])
		s.pos += 4
		return fixed("fixed32", uint64(n), float64(math.Float32frombits(n))), nil
	case 2:
		return s.delimited(end)
	case 3:
		return s.message(end, number)
	}
	return value.Nil, s.fail(value.Corrupt, start, "unknown wire type")
}

// fixed is a number that may be an integer or a float.
func fixed(tag string, n uint64, f float64) value.Value {
	return value.NewUint(n).WithTag(tag, value.Attr{Name: "float", Value: value.NewFloat(f)})
}

func (s *protoScanner) delimited(end int) (value.Value, *value.Error) {
	start := s.pos
	n, err := s.varint(end)
	if err != nil {
		return value.Nil, err
	}
	if n > uint64(end-s.pos) {
		return value.Nil, s.fail(value.Truncated, start, "announces more bytes than there are")
	}
	body := s.raw[s.pos : s.pos+int(n)]
	s.pos += int(n)
	if judgeText(body) == cleanText {
		return value.NewText(view(body)), nil
	}
	// A failed guess may not be repeated at every level below, so it counts
	// against the nodes.
	inner := &protoScanner{raw: body, lim: s.lim, depth: s.depth, nodes: s.nodes}
	v, guess := inner.message(len(body), 0)
	s.nodes = inner.nodes
	if guess != nil {
		v = value.NewBytes(view(body))
	}
	return v, nil
}

func (s *protoScanner) varint(end int) (uint64, *value.Error) {
	n, size := binary.Uvarint(s.raw[s.pos:end])
	switch {
	case size == 0:
		return 0, s.fail(value.Truncated, s.pos, "ends inside a number")
	case size < 0:
		return 0, s.fail(value.Corrupt, s.pos, "number of more than 64 bits")
	}
	s.pos += size
	return n, nil
}
