package decode

import "bytes"

// v8Rows are what Node writes with v8.serialize().
var v8Rows = []row{
	{name: "v8-serialize", trust: certain, short: true, sniff: sniffV8, parse: parseV8},
	{name: "v8-serialize", trust: sound, sniff: sniffOldV8, parse: parseV8},
}

// v8Types are the letters that a value begins with.
const v8Types = "_-0TFIUNZ\"cS^oaA;'DRyxnzsrB~\\\x00?utpwm"

func sniffV8(in *input) (string, bool) {
	b := in.raw
	ok := len(b) > 2 && b[0] == 0xff && b[1] >= 13 && b[1] <= maxV8 && bytes.IndexByte([]byte(v8Types), b[2]) >= 0
	return "ff and a version, the header of V8's serializer", ok
}

// sniffOldV8 is for versions before Node 8, whose headers are less rare.
func sniffOldV8(in *input) (string, bool) {
	b := in.raw
	ok := len(b) > 2 && b[0] == 0xff && b[1] >= 9 && b[1] < 13 && bytes.IndexByte([]byte(v8Types), b[2]) >= 0
	return "ff and a version, the header of V8's serializer", ok
}
