package decode

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"cacheview/decode/value"
)

// rubyRows are Ruby's own format and what Rails puts around it. Rails has kept
// its cache entries in three forms (activesupport/lib/active_support/cache).
var rubyRows = []row{
	{name: "rails-7.1", trust: certain, sniff: sniffRails71, unwrap: unwrapRails71},
	{name: "rails-7.0", trust: certain, sniff: magic("\x00\x04\x08["), unwrap: unwrapRails70},
	{name: "rails-7.0", trust: sound, sniff: sniffRails70Zlib, unwrap: unwrapRails70},
	{name: "rails-6.1", trust: certain, sniff: magic(railsEntry), unwrap: unwrapRails61},
	{name: "msgpack", trust: sound, sniff: sniffRailsMsgpack, parse: parseRailsMsgpack},
	{name: "ruby-marshal", trust: certain, short: true, sniff: sniffRuby, parse: parseRuby},
}

func sniffRuby(in *input) (string, bool) {
	ok := len(in.raw) > 2 && bytes.HasPrefix(in.raw, []byte("\x04\x08")) && bytes.IndexByte([]byte("0TFIeCfl\"/[{}SuUodMcm:i"), in.raw[2]) >= 0
	return "04 08, the header of Ruby's Marshal", ok
}

// railsEntry is how the dump of an entry begins.
const railsEntry = "\x04\x08o:\x20ActiveSupport::Cache::Entry"

// unwrapRails61 opens an entry of Rails 6.1 and before: an object, whose value
// is deflated when that was shorter.
func unwrapRails61(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	entry, n, err := parseRuby(raw, lim)
	var un unwrapped
	un.rest = len(raw) - n
	un.through = []Layer{{Name: "ruby-marshal", Reason: "the entry is a Ruby object", Size: len(raw)}}
	state, _ := entry.Attr("state")
	v, found := pairOf(state, "@value")
	if err != nil {
		un.rest, un.value, un.whole = 0, v, true
		return un, err
	}
	if !found {
		// Rails 3 and 4 wrote @v and more short names.
		if v, found = pairOf(state, "@v"); !found {
			return un, &value.Error{Format: "rails-6.1", Kind: value.Corrupt, Detail: "an entry without a value"}
		}
	}
	un.detail = railsDetail(state)
	if packed, _ := pairOf(state, "@compressed"); packed.Bool() && v.Kind() == value.Bytes {
		un.inner, un.next = []byte(v.Text()), "zlib,ruby-marshal"
		return un, nil
	}
	un.value, un.whole = v, true
	return un, nil
}

// pairOf returns the entry of a map that has a name.
func pairOf(m value.Value, name string) (value.Value, bool) {
	if m.Pairs() == nil {
		return value.Nil, false
	}
	for i := range m.Len() {
		if k, v := m.Pairs().At(i); k.Text() == name {
			return v, true
		}
	}
	return value.Nil, false
}

// railsDetail says what an entry of Rails 6.1 knows beside its value.
func railsDetail(state value.Value) string {
	var parts []string
	if v, _ := pairOf(state, "@version"); v.Kind() == value.Text {
		parts = append(parts, "version "+v.Text())
	}
	created, _ := pairOf(state, "@created_at")
	if at, ok := msValue(numberOf(created) * 1000); ok && numberOf(created) > 0 {
		parts = append(parts, "created "+at.Text())
	}
	if in, _ := pairOf(state, "@expires_in"); numberOf(in) > 0 {
		parts = append(parts, fmt.Sprintf("expires after %g s", numberOf(in)))
	}
	return strings.Join(parts, ", ")
}

// numberOf is a number as a float, 0 for what is none.
func numberOf(v value.Value) float64 {
	switch v.Kind() {
	case value.Float:
		return v.Float()
	case value.Int:
		n, _ := v.Int()
		return float64(n)
	case value.Text:
		f, err := strconv.ParseFloat(v.Text(), 64)
		if err == nil {
			return f
		}
	}
	return 0
}

// entryDetail says what an entry knows beside its value.
func entryDetail(version string, expires float64) string {
	var parts []string
	if version != "" {
		parts = append(parts, "version "+version)
	}
	if at, ok := msValue(expires * 1000); ok && expires > 0 {
		parts = append(parts, "expires "+at.Text())
	}
	return strings.Join(parts, ", ")
}

func sniffRails70Zlib(in *input) (string, bool) {
	return "01 and a zlib header, as Rails 7.0 marks an entry", len(in.raw) > 3 && in.raw[0] == 1 && in.raw[1] == 0x78 && in.raw[2]&0x20 == 0
}

// unwrapRails70 opens an entry of Rails 7.0: a mark, 1 when deflated, and the
// dump of [value, expires at, version] without the nulls at its end.
func unwrapRails70(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	var un unwrapped
	if len(raw) < 2 || raw[0] > 1 {
		return un, &value.Error{Format: "rails-7.0", Kind: value.Corrupt, Detail: "no mark of an entry"}
	}
	dump := raw[1:]
	var damage *value.Error
	if raw[0] == 1 {
		var err *value.Error
		dump, err = un.inflate(dump, lim)
		if err != nil && (err.Kind != value.Checksum || len(dump) == 0) {
			return un, err
		}
		damage = err
	}
	entry, n, err := parseRuby(dump, lim)
	un.through = append(un.through, Layer{Name: "ruby-marshal", Reason: "what Rails keeps an entry in", Size: len(dump)})
	if entry.Kind() != value.Seq {
		if err == nil {
			err = &value.Error{Format: "rails-7.0", Kind: value.Corrupt, Offset: 1, Detail: "an entry is not an array"}
		}
		return un, err
	}
	un.whole = true
	part := func(i int) value.Value {
		if i < entry.Len() {
			return entry.Items().At(i)
		}
		return value.Nil
	}
	un.value = part(0)
	un.detail = entryDetail(part(2).Text(), numberOf(part(1)))
	if err == nil {
		un.rest, err = len(dump)-n, damage
	}
	return un, err
}

// inflate takes zlib off as a layer of its own.
func (u *unwrapped) inflate(raw []byte, lim value.Limits) ([]byte, *value.Error) {
	in, err := stream("zlib", newZlib)(raw, lim)
	u.through = append(u.through, Layer{Name: "zlib", Reason: "the entry says that it is deflated", Size: len(raw)})
	u.inner = in.inner
	return in.inner, err
}

// The types of a Rails 7.1 entry; 0x80 is added when the payload is deflated.
const (
	railsDump   = 1
	railsUTF8   = 2
	railsBinary = 3
	railsASCII  = 4

	railsHeader = 15 // 00 11, type, expiry, length of the version
)

// sniffRails71 checks what the header must have beside its two first bytes.
func sniffRails71(in *input) (string, bool) {
	b := in.raw
	if len(b) < railsHeader || b[0] != 0 || b[1] != 0x11 || b[2]&0x7f < railsDump || b[2]&0x7f > railsASCII {
		return "", false
	}
	expires := math.Float64frombits(binary.LittleEndian.Uint64(b[3:]))
	version := int32(binary.LittleEndian.Uint32(b[11:]))
	ok := (expires == -1 || expires > 0 && expires < 1e12) && version >= -1 && int(version) <= len(b)-railsHeader
	return "00 11 and a header as Rails 7.1 writes it", ok
}

// unwrapRails71 opens an entry of Rails 7.1: type, expiry (-1 for never),
// version (length -1 for none), payload.
func unwrapRails71(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	var un unwrapped
	if len(raw) < railsHeader || raw[0] != 0 || raw[1] != 0x11 {
		return un, &value.Error{Format: "rails-7.1", Kind: value.Corrupt, Detail: "no header of an entry"}
	}
	expires := math.Float64frombits(binary.LittleEndian.Uint64(raw[3:]))
	length := max(0, int(int32(binary.LittleEndian.Uint32(raw[11:]))))
	if length > len(raw)-railsHeader {
		return un, &value.Error{Format: "rails-7.1", Kind: value.Truncated, Offset: 11, Detail: "the input ends within the version"}
	}
	un.detail = entryDetail(string(raw[railsHeader:railsHeader+length]), expires)
	payload := raw[railsHeader+length:]
	kind, packed := raw[2]&0x7f, raw[2]&0x80 != 0
	if kind == railsDump {
		un.inner = payload
		if packed {
			un.next = "zlib"
		}
		return un, nil
	}
	var err *value.Error
	if packed {
		payload, err = un.inflate(payload, lim)
	}
	un.through = append(un.through, Layer{Name: "string", Reason: "the entry says that it is a string", Size: len(payload)})
	un.value, un.whole = value.NewBytes(view(payload)), true
	if kind != railsBinary && utf8.Valid(payload) {
		un.value = value.NewText(view(payload))
	}
	return un, err
}
