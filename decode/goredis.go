package decode

import (
	"github.com/klauspost/compress/s2"

	"cacheview/decode/value"
)

// goRedisRows is the envelope of github.com/go-redis/cache: MessagePack and a
// zero byte, or an S2 block of MessagePack and a one. They come after the
// formats that may end with these bytes themselves.
var goRedisRows = []row{
	{name: "go-redis-cache", trust: fair, need: weak, sniff: sniffGoRedis, unwrap: unwrapGoRedis, score: scoreGoRedis},
}

// goRedis says how a value is marked: by its last byte.
const (
	goRedisPlain = 0
	goRedisS2    = 1
)

func sniffGoRedis(in *input) (string, bool) {
	const reason = "MessagePack and a mark after it, as go-redis/cache writes it"
	b := in.raw
	if len(b) < 2 || b[len(b)-1] > goRedisS2 || in.text() == cleanText {
		return "", false
	}
	if b[len(b)-1] == goRedisPlain {
		return reason, !isMsgpackText(b[0])
	}
	return reason, checkSnappy(b[:len(b)-1]).ok
}

// isMsgpackText says whether a value is a string or bytes, which go-redis/cache
// keeps as they are.
func isMsgpackText(c byte) bool {
	return c >= 0xa0 && c <= 0xbf || c >= 0xc4 && c <= 0xc6 || c >= 0xd9 && c <= 0xdb
}

// scoreGoRedis adds the mark to what the MessagePack earns. A scalar and a zero
// are a little-endian number more often than a cached value.
func scoreGoRedis(in *input, out *outcome) (float64, bool) {
	bits, odd := scoreMsgpack(out.Inner)
	switch {
	case in.raw[len(in.raw)-1] == goRedisS2:
		bits += 16
	case out.Value.Kind() == value.Seq || out.Value.Kind() == value.Map:
		bits += 3
	default:
		bits -= 6
	}
	return bits, odd
}

func unwrapGoRedis(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	bad := func(kind value.ErrorKind, at int, detail string) (unwrapped, *value.Error) {
		return unwrapped{}, &value.Error{Format: "go-redis-cache", Kind: kind, Offset: at, Detail: detail}
	}
	if len(raw) < 2 {
		return bad(value.Truncated, len(raw), "no value and mark")
	}
	inner := raw[:len(raw)-1]
	un := unwrapped{next: "msgpack"}
	switch raw[len(raw)-1] {
	case goRedisPlain:
	case goRedisS2:
		un.through = []Layer{{Name: "s2", Reason: "the mark says so", Size: len(inner)}}
		n, err := s2.DecodedLen(inner)
		if err == nil && int64(n) > lim.OrDefault().Output {
			return bad(value.Limit, 0, "output is too large")
		}
		if err == nil {
			inner, err = s2.Decode(nil, inner)
		}
		if err != nil {
			return bad(value.Corrupt, 0, err.Error())
		}
	default:
		return bad(value.Corrupt, len(raw)-1, "no mark at the end")
	}
	if _, n, err := parseMsgpack(inner, lim); err != nil || n != len(inner) {
		return bad(value.Corrupt, 0, "not one MessagePack value before the mark")
	}
	un.inner = inner
	return un, nil
}
