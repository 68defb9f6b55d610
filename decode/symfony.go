package decode

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"cacheview/decode/value"
)

// symfonyRows are the envelopes of Symfony's cache component.
var symfonyRows = []row{
	{name: "symfony-tagaware", trust: sound, sniff: sniffTagAware, unwrap: unwrapTagAware},
	{name: "symfony-meta", trust: sound, sniff: sniffSymfony, unwrap: unwrapSymfony},
}

const (
	// The first second that Symfony can say, before and after 6.1.
	symfonyEpoch    = 1527506807
	symfonyNewEpoch = 1648206727

	tagAwareHeader = 13 // 9d, eight bytes of metadata, the length of the tags
)

// sniffTagAware knows TagAwareMarshaller by three bytes at their places.
func sniffTagAware(in *input) (string, bool) {
	b := in.raw
	ok := len(b) > tagAwareHeader && b[0] == 0x9d && b[5] == 0 && b[9] == 0x5f &&
		tagAwareHeader+tagsLength(b) < len(b)
	return "9d, 00 and 5f where Symfony's TagAwareMarshaller puts them", ok
}

// tagsLength is the length of the tags, whose highest byte 5f has replaced.
func tagsLength(b []byte) int { return int(binary.BigEndian.Uint32(b[9:]) & 0xffffff) }

// unwrapTagAware opens metadata, tags and value, both of which are serialized.
func unwrapTagAware(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	if _, ok := sniffTagAware(&input{raw: raw}); !ok {
		return unwrapped{}, &value.Error{Format: "symfony-tagaware", Kind: value.Corrupt, Detail: "no header of the marshaller"}
	}
	tags := raw[tagAwareHeader : tagAwareHeader+tagsLength(raw)]
	un := unwrapped{inner: raw[tagAwareHeader+len(tags):]}
	var parts []string
	if !bytes.Equal(raw[1:9], make([]byte, 8)) {
		parts = append(parts, symfonyDetail(raw[1:5], symfonyEpoch))
	}
	parse := parsePHP
	if bytes.HasPrefix(tags, []byte{0, 0, 0, 2}) {
		parse = parseIgbinary
	}
	v, _, err := parse(tags, lim)
	if err == nil && v.Len() > 0 {
		parts = append(parts, "tags "+tagNames(v))
	}
	un.detail = strings.Join(parts, ", ")
	return un, nil
}

// tagNames lists tags, which are the keys of an array or its values.
func tagNames(v value.Value) string {
	var names []string
	for i := range min(v.Len(), 20) {
		var tag value.Value
		if v.Pairs() != nil {
			tag, _ = v.Pairs().At(i)
		} else if v.Items() != nil {
			tag = v.Items().At(i)
		}
		if tag.Kind() == value.Text {
			names = append(names, tag.Text())
		}
	}
	return strings.Join(names, ", ")
}

// symfonyDetail reads the expiry, four bytes, the lowest first, that count the
// seconds from an epoch of Symfony's own.
func symfonyDetail(b []byte, epoch int64) string {
	at := int64(int32(binary.LittleEndian.Uint32(b))) + epoch
	v, ok := momentValue(at, 0)
	if !ok {
		return fmt.Sprintf("expires at second %d", at)
	}
	return "expires " + v.Text()
}

// sniffSymfony knows an array of one value under a key that is metadata, and
// since 6.1 an object of the class that has the copyright sign for its name.
// Both may be serialized by PHP or by igbinary.
func sniffSymfony(in *input) (string, bool) {
	const reason = "a key that is metadata, as Symfony's DefaultMarshaller writes it"
	b := in.raw
	old := bytes.HasPrefix(b, []byte("a:1:{s:10:\"\x9d")) && isSymfonyKey(b[11:])
	now := bytes.HasPrefix(b, []byte("O:1:\"\xa9\":"))
	packed := len(b) > 4 && bytes.HasPrefix(b, []byte{0, 0, 0, 2}) &&
		(bytes.HasPrefix(b[4:], []byte("\x14\x01\x11\x0a\x9d")) && isSymfonyKey(b[8:]) || bytes.HasPrefix(b[4:], []byte("\x17\x01\xa9")))
	return reason, old || now || packed
}

func isSymfonyKey(b []byte) bool {
	return len(b) >= 10 && b[0] == 0x9d && b[5] == 0 && b[9] == 0x5f
}

// unwrapSymfony shows the value; what the key says goes into the detail.
func unwrapSymfony(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	format, parse := "php-serialize", parsePHP
	if bytes.HasPrefix(raw, []byte{0, 0, 0, 2}) {
		format, parse = "igbinary", parseIgbinary
	}
	v, n, err := parse(raw, lim)
	un := unwrapped{through: []Layer{{Name: format, Reason: "what Symfony keeps the value in", Size: len(raw)}}}
	if state, ok := v.Attr("state"); ok {
		v = state
	}
	if v.Pairs() == nil || v.Len() == 0 {
		if err == nil {
			err = &value.Error{Format: "symfony-meta", Kind: value.Corrupt, Detail: "no value under a key of metadata"}
		}
		return un, err
	}
	key, inner := v.Pairs().At(0)
	meta := []byte(key.Text())
	switch {
	case isSymfonyKey(meta):
		un.detail = symfonyDetail(meta[1:5], symfonyEpoch)
	case len(meta) == 6 && binary.LittleEndian.Uint32(meta)&0x7fffffff != 0x7fffffff:
		un.detail = symfonyDetail(meta[:4], symfonyNewEpoch)
	}
	un.value, un.whole = inner, true
	if err == nil {
		un.rest = len(raw) - n
	}
	return un, err
}
