package pickle

import (
	"fmt"

	"cacheview/decode/value"
)

// This file reads the datetime module. A datetime is ten packed bytes: year,
// month, day, hour, minute, second, microsecond; the top bit of the month is
// the fold (of the hour in a time).

// foldBit marks the second of two equal wall-clock times.
const foldBit = 0x80

func readDatetime(o object) (value.Value, bool) {
	if o.extra() {
		return value.Nil, false
	}
	p, packed := o.payload(0)
	if packed {
		if len(p) != 10 || len(o.args) > 2 {
			return value.Nil, false
		}
		fold := p[2]&foldBit != 0
		f := [7]int64{int64(p[0])<<8 | int64(p[1]), int64(p[2] &^ foldBit), int64(p[3]), int64(p[4]), int64(p[5]), int64(p[6]), micros(p[7:])}
		return o.datetime(f, fold, o.args[1:])
	}
	var f [7]int64
	if len(o.args) < 3 || len(o.args) > 8 {
		return value.Nil, false
	}
	for i := range min(len(o.args), 7) {
		n, ok := o.int(i)
		if !ok {
			return value.Nil, false
		}
		f[i] = n
	}
	var zone []ref
	if len(o.args) == 8 {
		zone = o.args[7:]
	}
	return o.datetime(f, false, zone)
}

// datetime writes year to microsecond as ISO text; zone is empty or has the
// time zone.
func (o object) datetime(f [7]int64, fold bool, zone []ref) (value.Value, bool) {
	if !validDate(f[0], f[1], f[2]) || !validTime(f[3], f[4], f[5], f[6]) {
		return value.Nil, false
	}
	s := fmt.Sprintf("%04d-%02d-%02dT%s", f[0], f[1], f[2], clock(f[3], f[4], f[5], f[6]))
	return o.moment("datetime", s, fold, zone)
}

func readTime(o object) (value.Value, bool) {
	p, ok := o.payload(0)
	if !ok || len(p) != 6 || len(o.args) > 2 || o.extra() {
		return value.Nil, false
	}
	fold := p[0]&foldBit != 0
	h, m, s, us := int64(p[0]&^foldBit), int64(p[1]), int64(p[2]), micros(p[3:])
	if !validTime(h, m, s, us) {
		return value.Nil, false
	}
	return o.moment("time", clock(h, m, s, us), fold, o.args[1:])
}

func readDate(o object) (value.Value, bool) {
	if o.extra() {
		return value.Nil, false
	}
	var year, month, day int64
	switch p, packed := o.payload(0); {
	case packed && len(p) == 4 && len(o.args) == 1:
		year, month, day = int64(p[0])<<8|int64(p[1]), int64(p[2]), int64(p[3])
	case !packed && len(o.args) == 3:
		var ok [3]bool
		year, ok[0] = o.int(0)
		month, ok[1] = o.int(1)
		day, ok[2] = o.int(2)
		if !ok[0] || !ok[1] || !ok[2] {
			return value.Nil, false
		}
	}
	if !validDate(year, month, day) {
		return value.Nil, false
	}
	return value.NewText(fmt.Sprintf("%04d-%02d-%02d", year, month, day)).WithTag("date"), true
}

func readTimedelta(o object) (value.Value, bool) {
	if len(o.args) > 3 || o.extra() {
		return value.Nil, false
	}
	var parts value.Dict
	for i, name := range [...]string{"days", "seconds", "microseconds"} {
		n := int64(0)
		if i < len(o.args) {
			var ok bool
			if n, ok = o.int(i); !ok {
				return value.Nil, false
			}
		}
		parts = append(parts, value.Pair{Key: value.NewText(name), Value: value.NewInt(n)})
	}
	return value.NewMap(parts).WithTag("timedelta"), true
}

// moment is a datetime or time with its zone: a fixed offset without a name
// is written at the end of the text, any other zone is a part of its own.
func (o object) moment(tag, text string, fold bool, zone []ref) (value.Value, bool) {
	var attrs []value.Attr
	if len(zone) == 1 && o.kind(zone[0]) != kNone {
		if !o.isZone(zone[0]) {
			return value.Nil, false
		}
		tz := o.zoneOf(zone[0])
		if tz.Tag() == "timezone" && len(tz.Attrs()) == 0 && isOffset(tz.Text()) {
			text += tz.Text()
		} else {
			attrs = append(attrs, value.Attr{Name: "tz", Value: tz})
		}
	}
	if fold {
		attrs = append(attrs, value.Attr{Name: "fold", Value: value.NewInt(1)})
	}
	return value.NewText(text).WithTag(tag, attrs...), true
}

// zoneOf is the zone of a moment, with the offset that it has then.
func (o object) zoneOf(r ref) value.Value {
	if k := o.kind(r); k == kCall || k == kObject {
		return o.Document.objectIn(r, true)
	}
	return o.value(r)
}

// isZone says whether r can be a time zone: an object of a class that is not
// known to be something else. Datetimes in the place of zones would otherwise
// be read to any depth.
func (o object) isZone(r ref) bool {
	switch o.kind(r) {
	case kCall, kObject:
	case kExt, kPersID, kBuild, kGlobal:
		return true
	default:
		return false
	}
	name := o.calleeName(o.Document.node(r).a)
	return zoneReader(name) != nil || readerOf(name) == nil
}

// zoneReader returns the reader for the zones of datetime, zoneinfo, pytz and
// dateutil.
func zoneReader(name string) reader {
	switch name {
	case "datetime.timezone":
		return readTimezone
	case "pendulum.tz.timezone.Timezone":
		return readPendulumZone
	case "zoneinfo.ZoneInfo._unpickle", "zoneinfo.ZoneInfo", "backports.zoneinfo.ZoneInfo._unpickle",
		"pytz._p", "pytz._UTC", "dateutil.tz.tz.tzutc", "dateutil.tz.tz.tzoffset":
		return readZone
	}
	return nil
}

func isOffset(s string) bool { return s != "" && (s[0] == '+' || s[0] == '-') }

// readTimezone is timezone(timedelta), or with a name as second argument.
func readTimezone(o object) (value.Value, bool) {
	if len(o.args) < 1 || len(o.args) > 2 || o.extra() {
		return value.Nil, false
	}
	us, ok := o.offset(o.args[0])
	if !ok {
		return value.Nil, false
	}
	var attrs []value.Attr
	if name, ok := o.str(1); ok {
		attrs = append(attrs, value.Attr{Name: "name", Value: value.NewText(name)})
	}
	return value.NewText(offsetText(us)).WithTag("timezone", attrs...), true
}

// readPendulumZone reads a zone of pendulum by its name. Its state is every
// transition that the zone ever had, each with all that were before it.
func readPendulumZone(o object) (value.Value, bool) {
	name, ok := o.str(0)
	return value.NewText(name).WithTag("timezone"), ok && len(o.args) == 1 && o.only(partStates)
}

// readZone reads the zones of zoneinfo, pytz and dateutil.
func readZone(o object) (value.Value, bool) {
	switch o.name {
	case "pytz._UTC", "dateutil.tz.tz.tzutc":
		return value.NewText("+00:00").WithTag("timezone"), len(o.args) == 0
	case "dateutil.tz.tz.tzoffset":
		if len(o.args) != 2 {
			return value.Nil, false
		}
		us, ok := o.offset(o.args[1])
		if s, isInt := o.int(1); isInt && s > -100_000 && s < 100_000 {
			us, ok = s*1e6, true
		}
		if !ok {
			return value.Nil, false
		}
		var attrs []value.Attr
		if name, ok := o.str(0); ok {
			attrs = append(attrs, value.Attr{Name: "name", Value: value.NewText(name)})
		}
		return value.NewText(offsetText(us)).WithTag("timezone", attrs...), true
	}
	name, ok := o.str(0)
	if !ok || o.extra() {
		return value.Nil, false
	}
	if o.name == "pytz._p" && len(o.args) == 4 { // zone, UTC offset and DST in seconds, name
		us, isInt := o.int(1)
		short, isText := o.str(3)
		if isInt && isText && us > -100_000 && us < 100_000 {
			if !o.inMoment {
				// pytz pickles a zone by itself as its first entry, the local
				// mean time of the 19th century: the zone has no offset.
				return value.NewText(name).WithTag("timezone"), true
			}
			return value.NewText(name).WithTag("timezone",
				value.Attr{Name: "offset", Value: value.NewText(offsetText(us * 1e6))},
				value.Attr{Name: "name", Value: value.NewText(short)}), true
		}
	}
	return value.NewText(name).WithTag("timezone"), true
}

// offset is a timedelta in microseconds, of less than a day either way.
func (o object) offset(r ref) (us int64, ok bool) {
	if k := o.kind(r); k != kCall && k != kObject {
		return 0, false
	}
	d := object{Document: o.Document, ref: r, node: o.node}
	d.node = o.Document.node(r)
	if o.calleeName(d.node.a) != "datetime.timedelta" || d.node.b == none {
		return 0, false
	}
	d.args = o.seq(d.node.b)
	for i, unit := range [...]int64{86400e6, 1e6, 1} {
		if i >= len(d.args) {
			break
		}
		n, isInt := d.int(i)
		if !isInt || n > 999_999_999 || n < -999_999_999 {
			return 0, false
		}
		us += n * unit
	}
	return us, us > -86400e6 && us < 86400e6
}

// offsetText writes +05:45; seconds only when there are any.
func offsetText(us int64) string {
	sign := byte('+')
	if us < 0 {
		sign, us = '-', -us
	}
	s := us / 1e6
	text := fmt.Sprintf("%c%02d:%02d", sign, s/3600, s/60%60)
	switch {
	case us%1e6 != 0:
		text += fmt.Sprintf(":%02d.%06d", s%60, us%1e6)
	case s%60 != 0:
		text += fmt.Sprintf(":%02d", s%60)
	}
	return text
}

func micros(p []byte) int64 { return int64(p[0])<<16 | int64(p[1])<<8 | int64(p[2]) }

// clock writes a time as isoformat does: microseconds only when there are any.
func clock(h, m, s, us int64) string {
	if us == 0 {
		return fmt.Sprintf("%02d:%02d:%02d", h, m, s)
	}
	return fmt.Sprintf("%02d:%02d:%02d.%06d", h, m, s, us)
}

func validTime(h, m, s, us int64) bool {
	return 0 <= h && h < 24 && 0 <= m && m < 60 && 0 <= s && s < 60 && 0 <= us && us < 1e6
}

func validDate(y, m, d int64) bool {
	if y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 {
		return false
	}
	days := [...]int64{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[m-1]
	if m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		days = 29
	}
	return d <= days
}
