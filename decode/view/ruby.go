package view

import (
	"fmt"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"cacheview/decode/value"
)

// unixDay is the Julian day number of 1970-01-01.
const unixDay = 2440588

// rubyDate reads [periods, day, second, fraction, offset, start], what Date and
// DateTime dump (ext/date/date_core.c).
func rubyDate(o object) (View, bool) {
	var n [5]int64
	for i := range n {
		var ok bool
		if n[i], ok = item(o.state, i).Int(); !ok {
			return View{}, false
		}
	}
	day, second, nanos, offset := n[1], n[2], n[3], n[4]
	// Days before the Gregorian calendar are counted in the Julian one.
	if start := item(o.state, 5); n[0] != 0 || start.Kind() == value.Float && float64(day) < start.Float() || day < 0 || day > 1<<22 {
		return View{}, false
	}
	at := time.Unix((day-unixDay)*86400+second, nanos).In(time.FixedZone("", int(offset)))
	if o.class == "Date" {
		return OfText(at.Format(time.DateOnly)), true
	}
	return OfText(at.Format("2006-01-02T15:04:05") + offsetText(at)), true
}

// rubyBigDecimal reads "18:0.11e1": the digits of precision, and the number.
func rubyBigDecimal(o object) (View, bool) {
	raw, _ := o.Attr("raw")
	_, s, ok := strings.Cut(raw.Text(), ":")
	if !ok {
		return View{}, false
	}
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(s), "e")
	if !scientific {
		return OfText(s), true // NaN, Infinity, 0.0
	}
	exp, err := strconv.Atoi(exponent)
	sign := ""
	if strings.HasPrefix(mantissa, "-") {
		sign, mantissa = "-", mantissa[1:]
	}
	digits, found := strings.CutPrefix(mantissa, "0.")
	if err != nil || !found || exp > 10_000 || exp < -10_000 {
		return View{}, false
	}
	for len(digits) < exp {
		digits += "0"
	}
	switch {
	case exp <= 0:
		s = "0." + strings.Repeat("0", -exp) + digits
	case exp == len(digits):
		s = digits + ".0"
	default:
		s = digits[:exp] + "." + digits[exp:]
	}
	return OfText(sign + s), true
}

func rubyIPAddr(o object) (View, bool) {
	host, ok := ipAddress(object{class: familyOf(get(o.state, "@family")), args: []value.Value{get(o.state, "@addr")}})
	mask, ok2 := ipAddress(object{class: familyOf(get(o.state, "@family")), args: []value.Value{get(o.state, "@mask_addr")}})
	if !ok || !ok2 {
		return View{}, false
	}
	addr, err := netip.ParseAddr(mask.Text)
	if err != nil {
		return View{}, false
	}
	ones := 0
	for _, b := range addr.AsSlice() {
		ones += bits.OnesCount8(b)
	}
	if ones == addr.BitLen() {
		return host, true
	}
	return OfText(host.Text + "/" + strconv.Itoa(ones)), true
}

func familyOf(v value.Value) string {
	if n, _ := v.Int(); n == 2 {
		return "4"
	}
	return "6"
}

func rubySet(o object) (View, bool) {
	hash := get(o.state, "@hash")
	if hash.Kind() != value.Map {
		return View{}, false
	}
	return OfTable([]string{""}, rowsOf{hash.Len(), func(i int) []value.Value {
		k, _ := hash.Pairs().At(i)
		return []value.Value{Cell(k)}
	}}), true
}

// ofPHP is a moment of PHP: DateTime, Carbon and what is derived from them.
func ofPHP(o object) (View, bool) {
	date, zone := get(o.state, "date"), get(o.state, "timezone")
	kind, ok := get(o.state, "timezone_type").Int()
	if !ok || date.Kind() != value.Text || zone.Kind() != value.Text || len(date.Text()) < len(time.DateTime) {
		return View{}, false
	}
	s := trimFraction(date.Text())
	switch kind {
	case 1:
		return OfText(s + zone.Text()), true
	case 3:
		if offset := offsetAt(value.NewText(zone.Text()), s, false); offset != "" {
			return OfText(s + offset), true
		}
	}
	return OfText(fmt.Sprintf("%s %s", s, zone.Text())), true
}
