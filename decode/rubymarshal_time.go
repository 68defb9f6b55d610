package decode

import (
	"encoding/binary"
	"time"

	"cacheview/decode/value"
)

// rubyTime is the moment in a Time, which _dump packs into two numbers of 32
// bits (time.c, time_mdump) and instance variables make more exact. It returns
// false for what has another form.
func rubyTime(v value.Value, ivars *growingMap) (value.Value, bool) {
	raw, _ := v.Attr("raw")
	if v.Text() != "Time" || raw.Len() != 8 {
		return value.Nil, false
	}
	p := binary.LittleEndian.Uint32([]byte(raw.Text()[:4]))
	s := binary.LittleEndian.Uint32([]byte(raw.Text()[4:]))
	if p>>31 == 0 {
		return momentValue(int64(p), int(s)*1000)
	}
	nanos := int(s&0xfffff)*1000 + rubyNanos(ivars)
	year, month := 1900+int(p>>14&0xffff), time.Month(1+p>>10&0xf)
	t := time.Date(year, month, int(p>>5&0x1f), int(p&0x1f), int(s>>26), int(s>>20&0x3f), 0, time.UTC)
	if year > 9999 || nanos > 999_999_999 {
		return value.Nil, false
	}
	if p>>30&1 == 1 {
		return momentValue(t.Unix(), nanos)
	}
	offset, ok := ivarInt(ivars, "offset")
	if !ok || offset <= -86400 || offset >= 86400 {
		return momentValue(t.Unix(), nanos)
	}
	local := t.Add(time.Duration(offset) * time.Second).Format("2006-01-02T15:04:05")
	return value.NewText(local + fractionText(nanos) + zoneText(int(offset))).WithTag("datetime"), true
}

// rubyNanos is the part of a time below a microsecond, which is a fraction.
func rubyNanos(ivars *growingMap) int {
	num, _ := ivarInt(ivars, "nano_num")
	den, _ := ivarInt(ivars, "nano_den")
	if den <= 0 || num < 0 || num/den > 999 {
		return 0
	}
	return int(num / den)
}

func ivarInt(ivars *growingMap, name string) (int64, bool) {
	if ivars == nil {
		return 0, false
	}
	for i := range ivars.Len() {
		if k, v := ivars.At(i); k.Text() == name {
			return v.Int()
		}
	}
	return 0, false
}
