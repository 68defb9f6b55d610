package decode

import (
	"fmt"
	"strconv"

	"cacheview/decode/value"
	views "cacheview/decode/view"
)

// signedRows are formats with a signature that are no language's serializer.
var signedRows = []row{
	{name: "hyperloglog", trust: sound, sniff: magic("HYLL"), read: readHyperLogLog},
}

// readHyperLogLog shows Redis' sketch as the bytes it is, and tells what its
// header says (hyperloglog.c): the encoding, and the cardinality.
func readHyperLogLog(in *input) reading {
	rd := reading{value: value.NewBytes(view(in.raw)), n: len(in.raw)}
	if len(in.raw) < 16 || string(in.raw[:4]) != "HYLL" || in.raw[4] > 1 {
		rd.err = &value.Error{Format: "hyperloglog", Kind: value.Corrupt, Detail: "not a HyperLogLog header"}
		return rd
	}
	rd.detail = "dense"
	if in.raw[4] == 1 {
		rd.detail = "sparse"
	}
	if n, ok := hllCount(in.raw); ok {
		rd.detail += fmt.Sprintf(", about %d distinct members", n)
		shown := views.OfText(strconv.FormatUint(n, 10))
		rd.shown = &shown
	}
	return rd
}
