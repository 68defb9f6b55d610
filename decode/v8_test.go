package decode

import (
	"testing"

	"cacheview/decode/value"
)

func TestV8Corpus(t *testing.T) { testFormat(t, "v8-serialize", parseV8) }

func FuzzV8(f *testing.F) { fuzzFormat(f, "v8-serialize", parseV8) }

// TestV8Written reads what Node 20.20.2 wrote.
func TestV8Written(t *testing.T) {
	t.Parallel()
	const me, undef = `{"me":{"$cycle":1}}`, `{"$undefined":true}`
	testWritten(t, parseV8, []written{
		{"v8/arrays.v8", `[{"$list":[1,` + undef + `,3],"properties":{"x":"named"}},{"1000000":"far","y":1,"length":1000001},
			{"$list":["X"],"properties":{"index":1,"input":"aXb","groups":` + undef + `}},[],[` + undef + `,` + undef + `,` + undef + `],[7,7],
			{"$list":[1,2],"properties":{"k":"v"}}]`},
		{"v8/boxes.v8", `[{"$object":"String","args":["é"]},{"$object":"Boolean","args":[true]},{"$object":"Number","args":[5]},
			{"$object":"BigInt","args":[7]},{"$object":"Date","args":[{"$float":"nan"}]},{"$datetime":"1970-01-01T00:00:00Z"},
			{"$object":"Date","args":[1000000000000000]},{"$datetime":"2023-11-14T22:13:20.123Z"}]`},
		{"v8/err.v8", `[{"$object":"Error","state":{"message":"e","cause":{"a":1}}},{"$object":"RangeError","state":{"message":"r"}},{"$object":"Error","state":{"message":"x"}}]`},
		{"v8/nums.v8", `[0,-0.0,1e+21,2147483648,-2147483648,9007199254740992.0,1.5,-1,1,{"$int":"-1180591620717411303424"},0,{"$float":"nan"}]`},
		{"v8/re.v8", `[{"$regexp":"a","flags":"dgimsuy"},{"$regexp":"漢","flags":""},{"$regexp":"x","flags":"v"}]`},
		{"v8/refs.v8", `[[` + me + `,` + me + `,{"$cycle":1}],` + me + `,{"$map":[[` + me + `,[` + me + `,` + me + `,{"$cycle":1}]]]}]`},
		{"v8/self.v8", `[{"$map":[["self",{"$cycle":1}]]},{"$set":[{"$cycle":1}]}]`},
		{"v8/strs.v8", `["","ascii","é","漢",{"$wtf8":"7aCA"},"😀",{"5":"int","漢":1,"-1":2,"é":3}]`},
		{"v8/typed.v8", `[{"$bytes":"AQI="},{"$array":"Int8Array","items":[-1]},{"$bytes":"Aw=="},{"$array":"Int16Array","items":[-2,3]},
			{"$array":"Uint16Array","items":[65535]},{"$array":"Int32Array","items":[-5]},{"$array":"Uint32Array","items":[4294967295]},
			{"$array":"Float32Array","items":[1.5]},{"$array":"Float64Array","items":[0.1,2]},{"$bytes":"AAA="},{"$bytes":"aGk="},
			{"$array":"BigInt64Array","items":[-1]},{"$array":"BigUint64Array","items":[{"$int":"18446744073709551615"}]},{"$bytes":"AAAA"}]`},
		{"v8/undef.v8", `[` + undef + `,null,{"a":` + undef + `}]`},
	})
}

func TestV8ByHand(t *testing.T) {
	t.Parallel()
	testByHand(t, parseV8, []byHand{
		{name: "version 13", raw: "\xff\x0dT", want: "true"},
		{name: "version 16", raw: "\xff\x10T", want: "null", kind: value.Unsupported},
		{name: "padding and a count", raw: "\xff\x0f?\x01\x00T", want: "true"},
		{name: "utf-8", raw: "\xff\x0fS\x02\xc3\xa9", want: `"é"`},
		{name: "half a character", raw: "\xff\x0fc\x01a", want: "null", kind: value.Corrupt},
		{name: "view of a buffer", raw: "\xff\x0eB\x04\x01\x02\x03\x04VW\x02\x02\x00", want: `{"$array":"Uint16Array","items":[1027]}`},
		{name: "view beyond its buffer", raw: "\xff\x0dB\x01\x01VB\x00\x02", want: "null", kind: value.Corrupt},
		{name: "buffer that can grow", raw: "\xff\x0f~\x01\x08\x01", want: `{"$bytes":"AQ=="}`},
		{name: "shared buffer", raw: "\xff\x0fu\x00", want: "null", kind: value.NeedsSchema},
		{name: "hole", raw: "\xff\x0fA\x02-I\x02$\x00\x02", want: `[{"$undefined":true},1]`},
		{name: "reference to nothing", raw: "\xff\x0f^\x00", want: "null", kind: value.Corrupt},
		{name: "wrong count", raw: "\xff\x0fo\"\x01aI\x02{\x02", want: `{"a":1}`, kind: value.Corrupt},
		{name: "kept up to the cut", raw: "\xff\x0fo\"\x01aI\x02\"\x01b", want: `{"a":1}`, kind: value.Truncated},
		{name: "sparse array up to the cut", raw: "\xff\x0fa\xff\x01I\x00I\x02", want: `[1]`, kind: value.Truncated},
		{name: "more announced than there is", raw: "\xff\x0fA\xff\xff\xff\xff\x0fT", want: "[true]", kind: value.Truncated},
		{name: "rest", raw: "\xff\x0fTT", want: "true", rest: 1},
	})
}
