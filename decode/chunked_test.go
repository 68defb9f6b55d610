package decode

import (
	"strings"
	"testing"

	"cacheview/decode/value"
)

func TestChunkedKeepsItsItems(t *testing.T) {
	t.Parallel()
	var list chunked[int]
	first := func() *int { return list.slot(0) }
	for i := range 3*chunkLen + 5 {
		list.add(i)
		if list.Len() != i+1 || list.At(i) != i {
			t.Fatalf("item %d of %d is %d", i, list.Len(), list.At(i))
		}
	}
	*first() = -1
	if list.At(0) != -1 || list.At(chunkLen) != chunkLen {
		t.Errorf("got %d and %d", list.At(0), list.At(chunkLen))
	}
}

// TestEmptyContainersAreLimited: they take far more memory than bytes.
func TestEmptyContainersAreLimited(t *testing.T) {
	t.Parallel()
	const n = maxTree / containerCost
	for _, c := range []struct {
		name, head, item string
		parse            parser
	}{
		{"ruby", "\x04\x08[\x04\x00\x00\x00\x7f", "[\x00", parseRuby},
		{"igbinary", "\x00\x00\x00\x02\x16\x7f\xff\xff\xff", "\x06\x01\x14\x00", parseIgbinary},
		{"v8", "\xff\x0fA\xff\xff\xff\xff\x0f", "o{\x00", parseV8},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := c.parse([]byte(c.head+strings.Repeat(c.item, n)), value.Limits{})
			if err == nil || err.Kind != value.Limit {
				t.Errorf("got %v, want a limit", err)
			}
		})
	}
}
