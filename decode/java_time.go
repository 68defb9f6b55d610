package decode

import (
	"fmt"

	"cacheview/decode/value"
)

// The types of java.time.Ser, which writes every class of java.time in its
// own short form.
const (
	serDuration       = 1
	serInstant        = 2
	serLocalDate      = 3
	serLocalTime      = 4
	serLocalDateTime  = 5
	serZonedDateTime  = 6
	serZoneRegion     = 7
	serZoneOffset     = 8
	serOffsetTime     = 9
	serOffsetDateTime = 10
)

// time reads a java.time.Ser. What has no plain form (Year, Period) stays as
// it is.
func (o *javaObject) time() (value.Value, bool) {
	if o.data.Len() != 1 {
		return value.Nil, false
	}
	block := o.data.At(0)
	if block.Kind() != value.Bytes || block.Len() == 0 {
		return value.Nil, false
	}
	t := &javaTime{j: &java{cursor: newCursor("java-serialized", []byte(block.Text()), value.Limits{})}, ok: true}
	v := t.read()
	return v, t.ok && t.j.err == nil && t.j.left() == 0
}

// javaTime reads one block of java.time.Ser.
type javaTime struct {
	j  *java
	ok bool // all parts are in their range
}

func (t *javaTime) byte() int { return int(int8(t.j.byte(0, "a time"))) }
func (t *javaTime) int() int  { return int(int32(t.j.be32(0, "a time"))) }

func (t *javaTime) within(n, lo, hi int) int {
	t.ok = t.ok && lo <= n && n <= hi
	return n
}

func (t *javaTime) read() value.Value {
	switch t.byte() {
	case serDuration:
		return t.duration()
	case serInstant:
		v, ok := momentValue(int64(t.j.be64(0, "a time")), t.int())
		t.ok = ok
		return v
	case serLocalDate:
		return value.NewText(t.date()).WithTag("date")
	case serLocalTime:
		return value.NewText(t.clock()).WithTag("time")
	case serLocalDateTime:
		return value.NewText(t.date() + "T" + t.clock()).WithTag("datetime")
	case serOffsetTime:
		return value.NewText(t.clock() + t.offset()).WithTag("time")
	case serOffsetDateTime:
		return value.NewText(t.date() + "T" + t.clock() + t.offset()).WithTag("datetime")
	case serZonedDateTime:
		text := t.date() + "T" + t.clock() + t.offset()
		zone := t.zone(t.byte())
		return value.NewText(text).WithTag("datetime", value.Attr{Name: "tz", Value: zone})
	case serZoneRegion:
		return t.zone(serZoneRegion)
	case serZoneOffset:
		return t.zone(serZoneOffset)
	}
	t.ok = false
	return value.Nil
}

func (t *javaTime) date() string {
	y := t.within(t.int(), 0, 9999)
	m := t.within(t.byte(), 1, 12)
	return fmt.Sprintf("%04d-%02d-%02d", y, m, t.within(t.byte(), 1, 31))
}

// clock reads hour, minute, second and nanoseconds. The last one that is not
// zero is written with all bits turned over, and the rest left out.
func (t *javaTime) clock() string {
	var part [3]int
	last := false
	for i := 0; i < 3 && !last; i++ {
		if part[i] = t.byte(); part[i] < 0 {
			part[i], last = ^part[i], true
		}
	}
	nanos := 0
	if !last {
		nanos = t.within(t.int(), 0, 999_999_999)
	}
	t.within(part[0], 0, 23)
	t.within(part[1], 0, 59)
	t.within(part[2], 0, 59)
	return fmt.Sprintf("%02d:%02d:%02d", part[0], part[1], part[2]) + fractionText(nanos)
}

// offset reads quarters of an hour, or 127 and seconds.
func (t *javaTime) offset() string {
	n := t.byte() * 900
	if n == 127*900 {
		n = t.int()
	}
	return zoneText(t.within(n, -18*3600, 18*3600))
}

func (t *javaTime) zone(kind int) value.Value {
	switch kind {
	case serZoneRegion:
		return value.NewText(t.j.utf(0)).WithTag("timezone")
	case serZoneOffset:
		return value.NewText(t.offset()).WithTag("timezone")
	}
	t.ok = false
	return value.Nil
}

// duration is a timedelta where it has no nanoseconds.
func (t *javaTime) duration() value.Value {
	sec := int64(t.j.be64(0, "a time"))
	nanos := t.within(t.int(), 0, 999_999_999)
	t.ok = t.ok && nanos%1000 == 0
	days := floorDiv(sec, 86400)
	part := func(name string, n int64) value.Pair {
		return value.Pair{Key: value.NewText(name), Value: value.NewInt(n)}
	}
	return value.NewMap(value.Dict{
		part("days", days), part("seconds", sec-days*86400), part("microseconds", int64(nanos/1000)),
	}).WithTag("timedelta")
}
