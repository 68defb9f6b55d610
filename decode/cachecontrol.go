package decode

import (
	"bytes"

	"cacheview/decode/lazyre"
	"cacheview/decode/value"
)

// cacheControlRows is what CacheControl, the cache for requests, puts before a
// response: cc=4, and MessagePack (cachecontrol/serialize.py).
var cacheControlRows = []row{
	{name: "cachecontrol", trust: certain, sniff: sniffCacheControl, unwrap: unwrapCacheControl},
}

var cacheControlHead = lazyre.New(`^cc=([0-4]),`)

func sniffCacheControl(in *input) (string, bool) {
	return "cc= and a version before the response, as CacheControl writes it",
		bytes.HasPrefix(in.raw, []byte("cc=4,")) && len(in.raw) > 5 && in.raw[5] >= 0x80 && in.raw[5] <= 0x8f
}

func unwrapCacheControl(raw []byte, _ value.Limits) (unwrapped, *value.Error) {
	head := cacheControlHead.Get().Find(raw)
	if head == nil {
		return unwrapped{inner: raw}, &value.Error{Format: "cachecontrol", Kind: value.Corrupt, Detail: "no cc= and a version at the start"}
	}
	un := unwrapped{inner: raw[len(head):], detail: "version " + string(head[3:4])}
	if head[3] == '4' {
		un.next = "msgpack"
	}
	return un, nil
}
