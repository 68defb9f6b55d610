package decode

import (
	"encoding/binary"
	"fmt"

	"cacheview/decode/value"
)

// signedRows are formats with a signature that are no language's serializer.
var signedRows = []row{
	{name: "hyperloglog", trust: sound, sniff: magic("HYLL"), read: readHyperLogLog},
}

// readHyperLogLog shows Redis' sketch as the bytes it is, and tells what its
// header says (hyperloglog.c): the encoding, and the cardinality if it is not
// stale.
func readHyperLogLog(in *input) reading {
	rd := reading{value: value.OfBytes(view(in.raw)), n: len(in.raw)}
	if len(in.raw) < 16 || string(in.raw[:4]) != "HYLL" || in.raw[4] > 1 {
		rd.err = &value.Error{Format: "hyperloglog", Kind: value.Corrupt, Detail: "not a HyperLogLog header"}
		return rd
	}
	rd.detail = "dense"
	if in.raw[4] == 1 {
		rd.detail = "sparse"
	}
	// The top bit of the cached cardinality says that it must be recomputed.
	if n := binary.LittleEndian.Uint64(in.raw[8:]); n>>63 == 0 {
		rd.detail += fmt.Sprintf(", about %d distinct members", n)
	}
	return rd
}
