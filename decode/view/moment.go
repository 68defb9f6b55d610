package view

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // the rules of zones, where the machine has none

	"cacheview/decode/value"
)

// momentText is a datetime, date or time as Python's str() writes it:
// 2024-07-01 06:00:00-04:00.
func momentText(v value.Value) string {
	s := spaced(v.Text())
	tz, ok := v.Attr("tz")
	if !ok {
		return s
	}
	fold, _ := v.Attr("fold")
	second, _ := fold.Int()
	if offset := offsetAt(tz, s, second == 1); offset != "" {
		return s + offset
	}
	if name := zoneName(tz); name != "" {
		return s + " " + name
	}
	return s
}

// spaced is an ISO moment with a blank before the time, no fraction of zeros,
// and UTC as an offset.
func spaced(s string) string {
	if len(s) > 11 && s[10] == 'T' {
		s = s[:10] + " " + s[11:]
	}
	if rest, ok := strings.CutSuffix(s, "Z"); ok {
		s = trimFraction(rest) + "+00:00"
	}
	return trimFraction(s)
}

// trimFraction takes off a fraction of zeros, and makes nine digits six where
// that loses nothing.
func trimFraction(s string) string {
	dot := strings.IndexByte(s, '.')
	if dot < 0 {
		return s
	}
	end := dot + 1
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	digits := s[dot+1 : end]
	switch {
	case strings.Trim(digits, "0") == "":
		return s[:dot] + s[end:]
	case len(digits) == 9 && strings.HasSuffix(digits, "000"):
		return s[:dot+7] + s[end:]
	case len(digits) == 3:
		return s[:end] + "000" + s[end:]
	}
	return s
}

// zoneName is the name of a zone in the IANA database, empty for others.
func zoneName(tz value.Value) string {
	switch {
	case tz.Kind() == value.Text && (tz.Tag() == "timezone" || tz.Tag() == ""):
		return tz.Text()
	case tz.Kind() != value.Object:
		return ""
	}
	o := objectOf(tz)
	if name := get(o.state, "_name"); name.Kind() == value.Text { // pendulum
		return name.Text()
	}
	if name := get(o.state, "_filename"); name.Kind() == value.Text { // dateutil
		if _, after, ok := strings.Cut(name.Text(), "zoneinfo/"); ok {
			return after
		}
		return strings.Trim(name.Text(), "`")
	}
	if (o.module("pendulum") || o.module("zoneinfo")) && o.arg(0).Kind() == value.Text {
		return o.arg(0).Text()
	}
	return ""
}

// offsetAt is the offset of a zone at a wall-clock time; later asks for the
// second of two equal times.
func offsetAt(tz value.Value, wall string, later bool) string {
	if offset, ok := tz.Attr("offset"); ok {
		return offset.Text()
	}
	name := zoneName(tz)
	if len(name) > 1 && (name[0] == '+' || name[0] == '-') {
		return name
	}
	loc := location(name)
	if loc == nil {
		return ""
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05.999999999", wall, loc)
	if err != nil {
		return ""
	}
	if second := at.Add(time.Hour); later && second.Format(time.DateTime) == at.Format(time.DateTime) {
		at = second
	}
	return offsetText(at)
}

func offsetText(at time.Time) string {
	_, sec := at.Zone()
	sign := '+'
	if sec < 0 {
		sign, sec = '-', -sec
	}
	s := fmt.Sprintf("%c%02d:%02d", sign, sec/3600, sec/60%60)
	if sec%60 != 0 {
		s += fmt.Sprintf(":%02d", sec%60)
	}
	return s
}

var zonePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$`)

// location returns the rules of a zone, nil for a name that none has.
func location(name string) *time.Location {
	if name == "Local" || !zonePattern.MatchString(name) {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// inZone moves a moment in UTC, as numpy writes it, into a zone.
func inZone(v, tz value.Value) value.Value {
	if v.Kind() != value.Text {
		return v
	}
	name := zoneName(tz)
	at, err := time.Parse("2006-01-02T15:04:05.999999999", v.Text())
	if err != nil {
		return value.NewText(spaced(v.Text()))
	}
	loc := location(name)
	if loc == nil {
		if len(name) < 6 || name[0] != '+' && name[0] != '-' {
			return value.NewText(spaced(v.Text()) + "+00:00")
		}
		var h, m int
		if _, err := fmt.Sscanf(name[1:], "%02d:%02d", &h, &m); err != nil {
			return value.NewText(spaced(v.Text()) + "+00:00")
		}
		sec := h*3600 + m*60
		if name[0] == '-' {
			sec = -sec
		}
		loc = time.FixedZone("", sec)
	}
	at = at.In(loc)
	return value.NewText(trimFraction(at.Format("2006-01-02 15:04:05.000000000")) + offsetText(at))
}
