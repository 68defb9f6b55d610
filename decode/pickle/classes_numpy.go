package pickle

import "cacheview/decode/value"

type dtype struct {
	kind byte
	size int
	big  bool
}

func parseDtype(s string) (dtype, bool) { return dtype{}, false }

type packedItems struct {
	t    dtype
	data []byte
}

func (p packedItems) Len() int             { return len(p.data) / p.t.size }
func (p packedItems) At(i int) value.Value { return value.Nil }
