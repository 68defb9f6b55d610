package decode

import (
	"strings"
	"testing"

	"cacheview/decode/value"
)

func TestJavaCorpus(t *testing.T) { testFormat(t, "java-serialized", parseJava) }

func FuzzJava(f *testing.F) { fuzzFormat(f, "java-serialized", parseJava) }

// TestJavaWritten reads what OpenJDK 17.0.15 wrote.
func TestJavaWritten(t *testing.T) {
	t.Parallel()
	testWritten(t, parseJava, []written{
		{"java/chm.ser", `{"a":1,"b":2}`},
		{"java/treeset.ser", `{"$set":[1,2,3]}`},
		{"java/lhs.ser", `{"$set":[3,1]}`},
		{"java/vector.ser", `[1,2]`},
		{"java/cycle.ser", `[{"$cycle":1},{"l":{"$cycle":2},"m":{"$cycle":1}}]`},
		{"java/elsewhere.ser", `[[[{"$cycle":2}]],[[{"$cycle":2}]]]`},
		{"java/ext.ser", `{"$object":"Gen$Ext","state":{},"data":[{"$bytes":"AAAABQ=="},"x",{"$bytes":"AAF5"}]}`},
		{"java/proxy.ser", `{"$object":"java.lang.reflect.Proxy(Gen$I, java.lang.Runnable)","state":{"h":{"$object":"Gen$H","state":{}}}}`},
		{"java/multi.ser", `[{"$bytes":"AAAABw=="},"x","x","y"]`},
		{"java/lone.ser", `{"$wtf8":"Ye2ggGI="}`},
		{"java/class.ser", `[{"$global":"[I"},{"$global":"java.util.Map"},{"$global":"java.util.Date"}]`},
		{"java/sub.ser", `{"$object":"Gen$Sub","state":{"id":1,"name":"base","b":-1,"c":"é","d":1.5,"f":0.10000000149011612,
			"Gen$Sub.id":2,"l":3,"s":-2,"z":true,"cs":["a","b"],"m":[[1],[2,3]],"o":{"$cycle":1}}}`},
		{"java/time.ser", `[{"$datetime":"2023-11-14T22:13:20.000000005Z"},{"$date":"2024-02-29"},{"$time":"01:02:00"},
			{"$time":"01:02:03.000004"},{"$datetime":"2024-01-01T00:00:00"},
			{"$datetime":"2024-07-01T01:02:03+02:00","tz":{"$timezone":"Europe/Paris"}},{"$timezone":"Europe/Paris"},
			{"$timezone":"+05:45"},{"$time":"01:02:03+00:00"},{"$datetime":"2024-01-02T03:04:05.006-01:00:01"},
			{"$timedelta":{"days":-1,"seconds":86395,"microseconds":1}},
			{"$object":"java.time.Ser","state":{},"data":[{"$bytes":"AQAAAAAAAAAAAAAAAQ=="}]},
			{"$object":"java.time.Ser","state":{},"data":[{"$bytes":"DgAAAAAAAAAAAAAAAw=="}]},
			{"$object":"java.time.Ser","state":{},"data":[{"$bytes":"CwAAB+g="}]},
			{"$object":"java.time.Ser","state":{},"data":[{"$bytes":"DAAAB+gB"}]},
			{"$object":"java.time.Ser","state":{},"data":[{"$bytes":"DQEC"}]},
			{"$enum":"java.time.DayOfWeek.MONDAY"}]`},
	})
}

const javaHead = "\xac\xed\x00\x05"

// javaDesc is a class description without annotations and super class.
func javaDesc(name string, flags byte, fields string) string {
	count := byte(strings.Count(fields, ":"))
	fields = strings.ReplaceAll(fields, ":", "")
	return "\x72" + javaUTF(name) + strings.Repeat("\x00", 8) + string([]byte{flags, 0, count}) + fields + "\x78\x70"
}

func javaUTF(s string) string { return string([]byte{byte(len(s) >> 8), byte(len(s))}) + s }

func TestJavaByHand(t *testing.T) {
	t.Parallel()
	testByHand(t, parseJava, []byHand{
		{name: "null", raw: javaHead + "\x70", want: "null"},
		{name: "version 6", raw: "\xac\xed\x00\x06\x70", want: "null", kind: value.Unsupported},
		{name: "header only", raw: javaHead, want: "null", kind: value.Truncated},
		{name: "rest", raw: javaHead + "\x70\x00\x00", want: "null", rest: 2},
		{name: "long string", raw: javaHead + "\x7c\x00\x00\x00\x00\x00\x00\x00\x02hi", want: `"hi"`},
		{name: "string again", raw: javaHead + "\x74\x00\x01a\x71\x00\x7e\x00\x00", want: `["a","a"]`},
		{name: "forgotten after a reset", raw: javaHead + "\x74\x00\x01a\x79\x71\x00\x7e\x00\x00", want: `"a"`, kind: value.Corrupt},
		{name: "handle below the first", raw: javaHead + "\x71\x00\x00\x00\x01", want: "null", kind: value.Corrupt},
		{name: "block data", raw: javaHead + "\x77\x02hi", want: `{"$bytes":"aGk="}`},
		{name: "long block data", raw: javaHead + "\x7a\x00\x00\x00\x02hi", want: `{"$bytes":"aGk="}`},
		{name: "bytes", raw: javaHead + "\x75" + javaDesc("[B", 2, "") + "\x00\x00\x00\x02\xff\x00", want: `{"$bytes":"/wA="}`},
		{name: "bomb", raw: javaHead + "\x75" + javaDesc("[J", 2, "") + "\x7f\xff\xff\xff\xff\x00", want: "null", kind: value.Truncated},
		{name: "objects announced", raw: javaHead + "\x75" + javaDesc("[Lx;", 2, "") + "\x7f\xff\xff\xff\x74\x00\x01a", want: `["a"]`, kind: value.Truncated},
		{name: "array of void", raw: javaHead + "\x75" + javaDesc("[V", 2, "") + "\x00\x00\x00\x00", want: "null", kind: value.Corrupt},
		{name: "object", raw: javaHead + "\x73" + javaDesc("a.B", 2, ":I\x00\x01n") + "\x00\x00\x00\x05", want: `{"$object":"a.B","state":{"n":5}}`},
		{
			name: "cut object", raw: javaHead + "\x73" + javaDesc("a.B", 2, ":I\x00\x01n:I\x00\x01m") + "\x00\x00\x00\x05\x00",
			want: `{"$object":"a.B","state":{"n":5}}`, kind: value.Truncated,
		},
		{name: "old externalizable", raw: javaHead + "\x73" + javaDesc("a.B", 4, "") + "\x01\x02", want: `{"$object":"a.B","state":{}}`, kind: value.NeedsSchema},
		{
			name: "list that is not one", raw: javaHead + "\x73" + javaDesc("java.util.ArrayList", 3, "") + "\x77\x04\x00\x00\x00\x05\x70\x78",
			want: `{"$object":"java.util.ArrayList","state":{},"data":[{"$bytes":"AAAABQ=="},null]}`,
		},
		{
			name: "cut list", raw: javaHead + "\x73" + javaDesc("java.util.ArrayList", 3, "") + "\x77\x04\x00\x00\x00\x05\x74\x00\x01a\x74",
			want: `["a"]`, kind: value.Truncated,
		},
		{
			name: "class that is its own super class", raw: javaHead + "\x73\x72\x00\x01A" + strings.Repeat("\x00", 8) + "\x02\x00\x00\x78\x71\x00\x7e\x00\x00",
			want: "null", kind: value.Corrupt,
		},
		{name: "object of no class", raw: javaHead + "\x73\x70", want: "null", kind: value.Corrupt},
		{name: "enum", raw: javaHead + "\x7e" + javaDesc("E", 0x12, "") + "\x74\x00\x01A", want: `{"$enum":"E.A"}`},
		{name: "writer failed", raw: javaHead + "\x7b\x73" + javaDesc("X", 2, ""), want: `{"$object":"X","state":{}}`, kind: value.Corrupt},
		{name: "end mark out of place", raw: javaHead + "\x78", want: "null", kind: value.Corrupt},
	})
}

func TestDecimalText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		digits string
		scale  int64
		want   string
	}{
		{"0", 0, "0"},
		{"0", 2, "0.00"},
		{"1", -5, "1E+5"},
		{"-125", -3, "-1.25E+5"},
		{"5", 6, "0.000005"},
		{"1", 7, "1E-7"},
		{"-12", 9, "-1.2E-8"},
		{"12345", 3, "12.345"},
		{"1", 1 << 31, "1E-2147483648"},
	} {
		if got := decimalText(c.digits, c.scale); got != c.want {
			t.Errorf("%s × 10^-%d is %s, want %s", c.digits, c.scale, got, c.want)
		}
	}
}
