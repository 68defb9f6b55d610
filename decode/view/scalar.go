package view

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"

	"cacheview/decode/value"
)

// ofScalar is the view of a text or bytes with a tag.
func ofScalar(v value.Value) (View, bool) {
	if enc, ok := v.Attr("encoding"); ok && v.Kind() == value.Bytes {
		return ofEncoded(v.Text(), enc.Text())
	}
	switch v.Tag() {
	case "datetime", "date", "time":
		return OfText(momentText(v)), true
	case "timezone", "decimal", "fraction", "uuid", "oid":
		return OfText(v.Text()), true
	}
	return View{}, false
}

// ofEncoded is a text of another encoding, decoded.
func ofEncoded(s, encoding string) (View, bool) {
	enc, err := htmlindex.Get(encoding)
	if err != nil {
		return View{}, false
	}
	text, err := enc.NewDecoder().String(s)
	if err != nil || strings.ContainsRune(text, '\ufffd') {
		return View{}, false
	}
	return OfText(text), true
}

// plain is a scalar in the words of JSON.
func plain(v value.Value) string {
	switch v.Kind() {
	case value.Null:
		return "null"
	case value.Bool:
		return strconv.FormatBool(v.Bool())
	case value.Int:
		if n, ok := v.Int(); ok {
			return strconv.FormatInt(n, 10)
		}
	case value.Float:
		if v.Text() == "" {
			return strconv.FormatFloat(v.Float(), 'g', -1, 64)
		}
	}
	return v.Text()
}

// readerOf returns the reader of a class or function whose values have a view
// of their own, nil for most. A reader returns false when it does not find what
// it expects.
func readerOf(class string) func(object) (View, bool) {
	switch class {
	case "ipaddress.IPv4Address", "ipaddress.IPv6Address":
		return ipAddress
	case "ipaddress.IPv4Network", "ipaddress.IPv6Network", "ipaddress.IPv4Interface", "ipaddress.IPv6Interface",
		"django.utils.safestring.SafeString", "django.utils.safestring.SafeText", "markupsafe.Markup":
		return firstText
	case "re._compile":
		return regularExpression
	case "bson.objectid.ObjectId":
		return objectID
	case "pandas._libs.tslibs.timedeltas._timedelta_unpickle":
		return pandasTimedelta
	case "pandas._libs.tslibs.period.Period":
		return pandasPeriod
	case "pendulum.datetime.DateTime":
		return pendulumDateTime
	case "pendulum.date.Date":
		return pendulumDate
	case "Date", "DateTime":
		return rubyDate
	case "BigDecimal":
		return rubyBigDecimal
	case "IPAddr":
		return rubyIPAddr
	case "Set", "SortedSet":
		return rubySet
	case "Time", "time.Time":
		return goTime
	case "GobEncoder", "Int", "Float", "Rat":
		return goBig
	}
	return nil
}

// firstText is an object that its only argument, a text, says.
func firstText(o object) (View, bool) {
	if v := o.arg(0); v.Kind() == value.Text && v.Tag() == "" {
		return OfText(v.Text()), true
	}
	return View{}, false
}

func ipAddress(o object) (View, bool) {
	a := o.arg(0)
	if a.Kind() == value.Text {
		return firstText(o)
	}
	n, ok := new(big.Int).SetString(plain(a), 10)
	width := 4
	if strings.Contains(o.class, "6") {
		width = 16
	}
	if !ok || n.Sign() < 0 || n.BitLen() > 8*width {
		return View{}, false
	}
	addr, ok := netip.AddrFromSlice(n.FillBytes(make([]byte, width)))
	if !ok {
		return View{}, false
	}
	if addr.Is4In6() { // Python writes the last four bytes as groups
		b := addr.As16()
		return OfText(fmt.Sprintf("::ffff:%x:%x", int(b[12])<<8|int(b[13]), int(b[14])<<8|int(b[15]))), true
	}
	return OfText(addr.String()), true
}

// ofPath is a path of pathlib.
func ofPath(o object) (View, bool) {
	if !o.module("pathlib") || !strings.HasSuffix(o.class, "Path") || len(o.args) == 0 || len(o.args) == maxArgs {
		return View{}, false
	}
	parts := make([]string, len(o.args))
	for i, a := range o.args {
		if a.Kind() != value.Text {
			return View{}, false
		}
		parts[i] = a.Text()
	}
	sep := "/"
	if strings.Contains(o.class, "Windows") {
		sep = `\`
	}
	if len(parts) > 1 && strings.HasSuffix(parts[0], sep) {
		return OfText(parts[0] + strings.Join(parts[1:], sep)), true
	}
	return OfText(strings.Join(parts, sep)), true
}

// regexpFlags are the flags of Python's re by bit. UNICODE (32) is what every
// pattern of text has.
var regexpFlags = []struct {
	bit  int64
	name string
}{{1, "TEMPLATE"}, {2, "IGNORECASE"}, {4, "LOCALE"}, {8, "MULTILINE"}, {16, "DOTALL"}, {64, "VERBOSE"}, {128, "DEBUG"}, {256, "ASCII"}}

func regularExpression(o object) (View, bool) {
	pattern := o.arg(0)
	flags, ok := o.arg(1).Int()
	if !ok || pattern.Kind() != value.Text && pattern.Kind() != value.Bytes {
		return View{}, false
	}
	var names []string
	for _, f := range regexpFlags {
		if flags&f.bit != 0 {
			names = append(names, f.name)
		}
	}
	s := "/" + pattern.Text() + "/"
	if len(names) > 0 {
		s += " " + strings.Join(names, "|")
	}
	return OfText(s), true
}

func objectID(o object) (View, bool) {
	raw := o.state
	if raw.Kind() != value.Bytes || raw.Len() != 12 {
		raw = get(o.state, "_ObjectId__id")
	}
	if raw.Kind() != value.Bytes || raw.Len() != 12 {
		return View{}, false
	}
	return OfText(hex.EncodeToString([]byte(raw.Text()))), true
}

func pendulumDateTime(o object) (View, bool) {
	if len(o.args) < 7 {
		return View{}, false
	}
	var n [7]int64
	for i := range n {
		var ok bool
		if n[i], ok = o.args[i].Int(); !ok {
			return View{}, false
		}
	}
	s := fmt.Sprintf("%04d-%02d-%02d %02d:%02d:%02d", n[0], n[1], n[2], n[3], n[4], n[5])
	if n[6] != 0 {
		s += fmt.Sprintf(".%06d", n[6])
	}
	tz := o.arg(7)
	if tz.Kind() == value.Null {
		return OfText(s), true
	}
	fixed := objectOf(tz)
	if sec, ok := fixed.arg(0).Int(); ok && strings.HasSuffix(fixed.class, "FixedTimezone") {
		return OfText(s + offsetText(time.Unix(0, 0).In(time.FixedZone("", int(sec))))), true
	}
	if offset := offsetAt(tz, s, false); offset != "" {
		return OfText(s + offset), true
	}
	return OfText(strings.TrimSpace(s + " " + zoneName(tz))), true
}

func pendulumDate(o object) (View, bool) {
	y, ok := o.arg(0).Int()
	m, ok2 := o.arg(1).Int()
	d, ok3 := o.arg(2).Int()
	if !ok || !ok2 || !ok3 {
		return View{}, false
	}
	return OfText(fmt.Sprintf("%04d-%02d-%02d", y, m, d)), true
}

// ofEnum is a member of an enum: Color.RED, Perm.R|W.
func ofEnum(o object) (View, bool) {
	switch {
	case o.Tag() == "enum":
		return OfText(enumName(o.class)), o.class != ""
	case o.class == "builtins.getattr" && len(o.args) == 2 && o.args[0].Tag() == "global" && o.args[1].Kind() == value.Text:
		class := o.args[0].Text()
		return OfText(class[strings.LastIndexByte(class, '.')+1:] + "." + o.args[1].Text()), true
	case (o.class == "_operator.or_" || o.class == "operator.or_") && len(o.args) == 2:
		left, ok := ofEnum(objectOf(o.args[0]))
		right, ok2 := ofEnum(objectOf(o.args[1]))
		if !ok || !ok2 {
			return View{}, false
		}
		class, _, _ := strings.Cut(left.Text, ".")
		return OfText(left.Text + "|" + strings.TrimPrefix(right.Text, class+".")), true
	}
	return ofPath(o)
}

// enumName is a member of an enum of Java or PHP without the package.
func enumName(s string) string {
	if _, after, ok := strings.Cut(s, "::"); ok {
		class := s[:len(s)-len(after)]
		return class[strings.LastIndexByte(class, '\\')+1:] + after
	}
	if dot := strings.LastIndexByte(s, '.'); dot > 0 {
		class := s[:dot]
		return class[strings.LastIndexAny(class, ".$")+1:] + s[dot:]
	}
	return s
}
