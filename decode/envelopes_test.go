package decode

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
	"github.com/pierrec/lz4/v4"

	"cacheview/decode/value"
)

func TestEnvelopesCorpus(t *testing.T) {
	testLayers(t, "dogpile", "cashews-signature", "cashews-type-prefix", "go-redis-cache", "phpredis-lz4")
}

func TestEnvelopes(t *testing.T) {
	t.Parallel()
	const (
		meta = "\x9d\x01\x00\x00\x00\x00\x00\x00\x07\x5f"
		tags = `a:1:{s:3:"red";s:3:"red";}`
	)
	for _, c := range []struct{ name, raw, layers, want, detail string }{
		{"dogpile json", `{"v": 2, "ct": 1700000000}|{"a":1}`, "dogpile json", `{"a":1}`, "created 2023-11-14T22:13:20Z, version 2"},
		{"json with a bar", `{"a":"}|"}`, "json", `{"a":"}|"}`, ""},
		{"signed", "md5:" + strings.Repeat("0f", 16) + "_" + `{"a":1}`, "cashews-signature json", `{"a":1}`, "md5 signature not checked"},
		{"signed with a sum", `sum:1f_{"a":1}`, "cashews-signature json", `{"a":1}`, "sum signature not checked"},
		{"prose with a sum", `sum:1f_and more`, "text", `"sum:1f_and more"`, ""},
		{"prose that begins with bytes", `bytes:12`, "text", `"bytes:12"`, ""},
		{"symfony before 6.1", `a:1:{s:10:"` + meta + `";s:1:"v";}`, "symfony-meta php-serialize", `"v"`, "expires 2018-05-28T11:26:48Z"},
		{"symfony", "O:1:\"\xa9\":2:{s:6:\"\x01\x00\x00\x00\x00\x01\";i:5;i:0;s:3:\"tag\";}", "symfony-meta php-serialize", `5`, "expires 2022-03-25T11:12:08Z"},
		{"symfony without expiry", "O:1:\"\xa9\":1:{s:6:\"\xff\xff\xff\x7f\x00\x01\";i:5;}", "symfony-meta php-serialize", `5`, ""},
		{"symfony in igbinary", "\x00\x00\x00\x02\x14\x01\x11\x0a" + meta + "\x06\x05", "symfony-meta igbinary", `5`, "expires 2018-05-28T11:26:48Z"},
		{"tags", "\x9d\x00\x00\x00\x00\x00\x00\x00\x00\x5f\x00\x00\x1a" + tags + "i:5;", "symfony-tagaware php-serialize", `5`, "tags red"},
		{"tags and metadata", meta[:9] + "\x5f\x00\x00\x1a" + tags + "b:1;", "symfony-tagaware php-serialize", `true`, "expires 2018-05-28T11:26:48Z, tags red"},
		{"go-redis", "\x81\xa1a\x01\x00", "go-redis-cache msgpack", `{"a":1}`, ""},
		{"go-redis in s2", string(s2.Encode(nil, []byte("\x91\xa4aaaa"))) + "\x01", "go-redis-cache s2 msgpack", `["aaaa"]`, ""},
		{"text and a zero", "\xa2hi\x00", "binary", `{"$bytes":"omhpAA=="}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := Decode([]byte(c.raw), Options{})
			if got := strings.Join(r.Names(), " "); got != c.layers {
				t.Errorf("layers %q, want %q", got, c.layers)
			}
			if got := jsonOf(t, r.Value); !sameJSON(t, got, []byte(c.want)) {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if r.Layers[0].Detail != c.detail {
				t.Errorf("detail %q, want %q", r.Layers[0].Detail, c.detail)
			}
			for end := range c.raw {
				Decode([]byte(c.raw[:end]), Options{})
			}
		})
	}
}

func TestPhpredisLZ4(t *testing.T) {
	t.Parallel()
	plain := []byte(`a:1:{s:1:"k";s:40:"` + strings.Repeat("x", 40) + `";}`)
	block := make([]byte, 200)
	n, err := lz4.CompressBlock(plain, block, nil)
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
	header := binary.LittleEndian.AppendUint32(nil, uint32(len(plain)))
	raw := append(append([]byte{crc8(header)}, header...), block[:n]...)
	un, verr := unwrapPhpredis(raw, value.Limits{})
	if verr != nil || string(un.inner) != string(plain) {
		t.Errorf("got %q, error %v", un.inner, verr)
	}
	if _, verr = unwrapPhpredis(raw, value.Limits{Output: 10}); verr == nil || verr.Kind != value.Limit {
		t.Errorf("10 bytes of output: %v, want a limit", verr)
	}
	raw[1]++
	if _, verr = unwrapPhpredis(raw, value.Limits{}); verr == nil || verr.Kind != value.Corrupt {
		t.Errorf("wrong checksum: %v, want corrupt", verr)
	}
}

func TestGoRedisOutputIsLimited(t *testing.T) {
	t.Parallel()
	raw := append(s2.Encode(nil, []byte("\xdc\x10\x00"+strings.Repeat("\x01", 4096))), 1)
	if _, err := unwrapGoRedis(raw, value.Limits{Output: 100}); err == nil || err.Kind != value.Limit {
		t.Errorf("got %v, want a limit", err)
	}
}
