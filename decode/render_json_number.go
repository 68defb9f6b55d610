package decode

import (
	"math"
	"strconv"
	"strings"

	"cacheview/decode/value"
)

// maxExact is the largest integer that every JSON reader keeps exactly.
const maxExact = 1<<53 - 1

func (w *jsonWriter) integer(v value.Value) {
	if n, ok := v.Int(); ok {
		if -maxExact <= n && n <= maxExact {
			w.dst = strconv.AppendInt(w.dst, n, 10)
			return
		}
		w.raw(`{"$int":"`)
		w.dst = strconv.AppendInt(w.dst, n, 10)
	} else {
		w.raw(`{"$int":"`)
		w.raw(v.Text())
	}
	w.raw(`"}`)
}

func (w *jsonWriter) float(f float64) {
	switch {
	case math.IsNaN(f):
		w.raw(`{"$float":"nan"}`)
	case math.IsInf(f, 1):
		w.raw(`{"$float":"inf"}`)
	case math.IsInf(f, -1):
		w.raw(`{"$float":"-inf"}`)
	default:
		w.dst = appendFloat(w.dst, f)
	}
}

// appendFloat appends a finite float as Python would write it: the shortest
// digits that read back as f, and always a '.', 'e' or 'E'.
func appendFloat(dst []byte, f float64) []byte {
	from := len(dst)
	if abs := math.Abs(f); abs >= 1e16 || abs < 1e-4 && f != 0 {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if !strings.Contains(view(dst[from:]), ".") {
		dst = append(dst, '.', '0')
	}
	return dst
}
