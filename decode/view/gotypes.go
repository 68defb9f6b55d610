package view

import (
	"encoding/binary"
	"math/big"
	"time"

	"cacheview/decode/value"
)

// maxBig bounds the numbers of math/big that are written in decimal.
const maxBig = 4 << 10

func rawOf(o object) ([]byte, bool) {
	raw, ok := o.Attr("raw")
	return []byte(raw.Text()), ok && raw.Kind() == value.Bytes && raw.Len() > 0 && raw.Len() <= maxBig
}

// goTime reads what time.Time's MarshalBinary writes.
func goTime(o object) (View, bool) {
	raw, ok := rawOf(o)
	var at time.Time
	if !ok || at.UnmarshalBinary(raw) != nil {
		return View{}, false
	}
	// Not in the zone of this machine, which the value may happen to be in.
	_, offset := at.Zone()
	at = at.In(time.FixedZone("", offset))
	return OfText(trimFraction(at.Format("2006-01-02 15:04:05.000000000")) + offsetText(at)), true
}

// goBig reads what the numbers of math/big write for encoding/gob.
func goBig(o object) (View, bool) {
	raw, ok := rawOf(o)
	if !ok {
		return View{}, false
	}
	switch version := raw[0]; {
	case version == 1 && len(raw) >= 6:
		if len(raw) >= 10 {
			if exp := int32(binary.BigEndian.Uint32(raw[6:])); exp > 1<<14 || exp < -1<<14 {
				return View{}, false // its digits take more than linear time
			}
		}
		var f big.Float
		if f.GobDecode(raw) != nil {
			return View{}, false
		}
		return OfText(f.Text('g', -1)), true
	case version>>1 == 1 && len(raw) > 1 && raw[1] == 0:
		var r big.Rat
		if r.GobDecode(raw) != nil {
			return View{}, false
		}
		return OfText(r.RatString()), true
	case version>>1 == 1:
		var n big.Int
		if n.GobDecode(raw) != nil {
			return View{}, false
		}
		return OfText(n.String()), true
	}
	return View{}, false
}
