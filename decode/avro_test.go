package decode

import (
	"os"
	"testing"

	"cacheview/decode/value"
)

// TestAvroWritten reads what the avro package for Python wrote, with each
// codec that it has.
func TestAvroWritten(t *testing.T) {
	t.Parallel()
	row := func(id, n, u, next string) string {
		return `{"id":` + id + `,"n":` + n + `,"f":1.5,"d":0.1,"b":true,"s":"é","raw":{"$bytes":"/w=="},"fx":{"$bytes":"YWJjZA=="},
			"e":"BLUE","tags":["a","b"],"m":{"k":-1},"u":` + u + `,"next":` + next + `,"at":{"$datetime":"2024-01-02T03:04:05.006Z"},
			"day":{"$date":"2024-02-29"},"t":{"$time":"01:02:03.004"},"price":{"$decimal":"-12.50"}}`
	}
	rows := `[` + row("1", "-1", `"x"`, "null") + `,` + row("2", "-2", `"RED"`, row("0", "0", "null", "null")) + `]`
	testWritten(t, parseAvro, []written{
		{"avro/null.avro", rows},
		{"avro/deflate.avro", rows},
		{"avro/snappy.avro", rows},
		{"avro/zstandard.avro", rows},
		{"avro/bzip2.avro", rows},
		{"avro/scalar.avro", `[0,-1,1099511627776]`},
	})
}

func FuzzAvro(f *testing.F) {
	for _, name := range []string{"null", "deflate", "snappy", "scalar"} {
		raw, err := os.ReadFile("testdata/avro/" + name + ".avro")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, n, err := parseAvro(raw, value.Limits{Nodes: 10_000, Depth: 100, Output: 1 << 20})
		checkBounds(t, v, n, err, len(raw))
	})
}

// avroFile is a container with one block of the schema's values.
func avroFile(schema, codec, count, block string) string {
	const sync = "0123456789abcdef"
	long := func(n int) string {
		u, s := uint(n)<<1, ""
		for ; u >= 0x80; u >>= 7 {
			s += string([]byte{byte(u) | 0x80})
		}
		return s + string([]byte{byte(u)})
	}
	field := func(s string) string { return long(len(s)) + s }
	return avroMagic + long(2) + field("avro.schema") + field(schema) + field("avro.codec") + field(codec) + "\x00" + sync +
		count + field(block) + sync
}

func TestAvroByHand(t *testing.T) {
	t.Parallel()
	whole := avroFile(`"long"`, "null", "\x04", "\x02\x04")
	testByHand(t, parseAvro, []byHand{
		{name: "two longs", raw: whole, want: "[1,2]"},
		{name: "no header", raw: "Obj\x02", want: "null", kind: value.Corrupt},
		{name: "no such codec", raw: avroFile(`"long"`, "x", "\x02", "\x02"), want: "[]", kind: value.Unsupported},
		{name: "no such type", raw: avroFile(`"x"`, "null", "\x02", "\x02"), want: "null", kind: value.Corrupt},
		{name: "schema that is no json", raw: avroFile(`{`, "null", "\x02", "\x02"), want: "null", kind: value.Corrupt},
		{name: "other mark", raw: whole[:len(whole)-1] + "x", want: "[1,2]", kind: value.Corrupt},
		{name: "block longer than its values", raw: avroFile(`"long"`, "null", "\x02", "\x02\x04"), want: "[1]", kind: value.Corrupt},
		{name: "block shorter than its values", raw: avroFile(`"long"`, "null", "\x06", "\x02\x04"), want: "[1,2]", kind: value.Truncated},
		{name: "array in counted blocks", raw: avroFile(`{"type":"array","items":"int"}`, "null", "\x02", "\x03\x04\x02\x04\x00"), want: "[[1,2]]"},
		{
			name: "endless nulls", raw: avroFile(`{"type":"array","items":"null"}`, "null", "\x02", "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
			want: "[[null]]", kind: value.Limit,
		},
		{
			name: "record within itself", raw: avroFile(`{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}`, "null", "\x02", ""),
			want: "[]", kind: value.Limit,
		},
		{
			name: "uuid", raw: avroFile(`{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}`, "null", "\x02", "0123456789abcdef"),
			want: `[{"$uuid":"30313233-3435-3637-3839-616263646566"}]`,
		},
		{
			name: "local time", raw: avroFile(`{"type":"long","logicalType":"local-timestamp-millis"}`, "null", "\x02", "\x02"),
			want: `[{"$datetime":"1970-01-01T00:00:00.001"}]`,
		},
		{name: "branch out of range", raw: avroFile(`["null"]`, "null", "\x02", "\x02"), want: "[]", kind: value.Corrupt},
		{name: "symbol out of range", raw: avroFile(`{"type":"enum","name":"E","symbols":["A"]}`, "null", "\x02", "\x02"), want: "[]", kind: value.Corrupt},
	})
}
