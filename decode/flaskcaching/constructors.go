package flaskcaching

import (
	"fmt"
	"math"
	"strings"

	"cacheview/decode/lazyre"
	"cacheview/decode/value"
)

// Tags of typed values that are not literals.
const (
	enumTag = "enum" // a dotted name, Color.RED: its repr has a value that is not known
	nameTag = "name" // the name of a variable
)

// object returns the value of a call of a usual constructor: a date, a
// timedelta, a Decimal, a UUID. Their reprs are not what is typed. Any other
// call stands for an object whose repr is the call as it is typed.
func object(typed, name string, c Call) value.Value {
	short := name[strings.LastIndexByte(name, '.')+1:]
	texts := make([]string, len(c.Args))
	for i, a := range c.Args {
		texts[i], _ = PyRepr(a)
	}
	switch short {
	case "date", "datetime", "dt", "time", "fromisoformat":
		if short == "dt" { // import datetime as dt, or its class
			short = "datetime"
		}
		if r, ok := moment(short, name, texts, c); ok {
			return Repr(r)
		}
	case "timedelta":
		if r, ok := timedelta(c); ok {
			return Repr(r)
		}
	case "Decimal":
		if len(c.Args) == 1 && (c.Args[0].Kind() == value.Text || c.Args[0].Kind() == value.Int) {
			return Repr("Decimal('" + strings.Trim(texts[0], "'") + "')")
		}
	case "UUID":
		if len(c.Args) == 1 && c.Args[0].Kind() == value.Text {
			hex := strings.ToLower(strings.NewReplacer("-", "", "urn:", "", "uuid:", "", "{", "", "}", "").Replace(c.Args[0].Text()))
			if len(hex) == 32 {
				return Repr("UUID('" + hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:] + "')")
			}
		}
	case "Path":
		if len(texts) == 1 {
			return Repr("PosixPath(" + texts[0] + ")")
		}
	case "float", "int", "str", "set", "frozenset", "list", "tuple", "dict":
		if v, ok := builtin(short, c, texts); ok {
			return v
		}
	}
	return Repr(typed)
}

// builtin evaluates the constructors that only change the type of a literal.
func builtin(name string, c Call, texts []string) (value.Value, bool) {
	if len(c.Args) > 1 || name != "dict" && len(c.Kwargs) > 0 {
		return value.Nil, false
	}
	if name == "dict" && len(c.Args) == 0 {
		var pairs value.Dict
		for _, k := range c.Kwargs {
			pairs = append(pairs, value.Pair{Key: value.NewText(k.Name), Value: k.Value})
		}
		return value.NewMap(pairs), true
	}
	if len(c.Args) == 0 {
		empty := map[string]value.Value{
			"float": value.NewFloat(0), "int": value.NewInt(0), "str": value.NewText(""), "set": Repr("set()"),
			"frozenset": Repr("frozenset()"), "list": value.NewSeq(nil), "tuple": Repr("()"),
		}
		v, ok := empty[name]
		return v, ok
	}
	arg := c.Args[0]
	switch name {
	case "float":
		switch strings.ToLower(strings.Trim(arg.Text(), " +")) {
		case "inf", "infinity":
			return value.NewFloat(math.Inf(1)), true
		case "-inf", "-infinity":
			return value.NewFloat(math.Inf(-1)), true
		case "nan":
			return Repr("nan"), true
		}
		p := literals{s: strings.Trim(texts[0], "'")}
		if v, err := p.number(); err == nil && p.at == len(p.s) {
			if n, ok := v.Int(); ok && v.Kind() == value.Int {
				return value.NewFloat(float64(n)), true
			}
			return v, v.Kind() == value.Float
		}
	case "int":
		if digits, ok := pyInt(arg.Text()); ok && arg.Kind() == value.Text {
			return value.NewBigInt(digits), true
		}
	case "str":
		if arg.Kind() == value.Text && arg.Tag() == "" {
			return arg, true
		}
		return value.NewText(texts[0]), true
	default:
		if arg.Kind() == value.Seq {
			tag := map[string]string{"list": "", "tuple": "tuple", "set": "set", "frozenset": "frozenset"}[name]
			items := make(value.List, arg.Len())
			for i := range items {
				items[i] = arg.Items().At(i)
			}
			return value.NewSeq(items).WithTag(tag), true
		}
	}
	return value.Nil, false
}

var isoTime = lazyre.New(`^'(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3,6}))?)?(Z|[+]00:00)?)?'$`)

// moment writes the repr of a date, a datetime or a time.
func moment(short, name string, texts []string, c Call) (string, bool) {
	if short == "fromisoformat" {
		m := isoTime.Get().FindStringSubmatch(strings.Join(texts, ""))
		if m == nil || len(texts) != 1 {
			return "", false
		}
		numbers := []string{}
		for _, n := range m[1:8] {
			if n != "" {
				numbers = append(numbers, trimZeros(n))
			}
		}
		if len(numbers) == 3 && !strings.Contains(name, "datetime.from") {
			return "datetime.date(" + strings.Join(numbers, ", ") + ")", true
		}
		for len(numbers) < 5 {
			numbers = append(numbers, "0")
		}
		if len(numbers) == 6 && numbers[5] == "0" {
			numbers = numbers[:5]
		}
		if m[8] != "" {
			numbers = append(numbers, "tzinfo=datetime.timezone.utc")
		}
		return "datetime.datetime(" + strings.Join(numbers, ", ") + ")", true
	}
	fields := map[string][]string{
		"date":     {"year", "month", "day"},
		"datetime": {"year", "month", "day", "hour", "minute", "second", "microsecond"},
		"time":     {"hour", "minute", "second", "microsecond"},
	}[short]
	least := map[string]int{"date": 3, "datetime": 5, "time": 2}[short]
	values := map[string]string{}
	for i, t := range texts {
		if i >= len(fields) {
			return "", false
		}
		values[fields[i]] = t
	}
	zone := ""
	for _, k := range c.Kwargs {
		r, err := PyRepr(k.Value)
		if err != nil {
			if k.Value.Tag() != nameTag && k.Value.Tag() != enumTag {
				return "", false
			}
			r = k.Value.Text()
		}
		if k.Name == "tzinfo" {
			zone = strings.Replace(r, "datetime.timezone", "timezone", 1)
			zone = ", tzinfo=" + strings.Replace(strings.Replace(zone, "timezone.", "datetime.timezone.", 1), "UTC", "datetime.timezone.utc", 1)
			continue
		}
		values[k.Name] = r
	}
	n := len(fields)
	for n > least && (values[fields[n-1]] == "" || values[fields[n-1]] == "0") {
		n--
	}
	parts := make([]string, n)
	for i := range n {
		if parts[i] = values[fields[i]]; parts[i] == "" {
			parts[i] = "0"
		}
	}
	return "datetime." + short + "(" + strings.Join(parts, ", ") + zone + ")", true
}

func trimZeros(s string) string {
	if s = strings.TrimLeft(s, "0"); s == "" {
		return "0"
	}
	return s
}

// timedelta writes the repr of a timedelta, which is normalized to days, seconds
// and microseconds.
func timedelta(c Call) (string, bool) {
	unit := map[string]float64{
		"days": 86400e6, "seconds": 1e6, "microseconds": 1, "milliseconds": 1e3, "minutes": 60e6, "hours": 3600e6, "weeks": 7 * 86400e6,
	}
	order := []string{"days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"}
	total := 0.0
	add := func(name string, v value.Value) bool {
		size, ok := unit[name]
		if !ok || v.Kind() != value.Int && v.Kind() != value.Float {
			return false
		}
		n := v.Float()
		if i, ok := v.Int(); ok && v.Kind() == value.Int {
			n = float64(i)
		}
		total += n * size
		return true
	}
	for i, a := range c.Args {
		if i >= len(order) || !add(order[i], a) {
			return "", false
		}
	}
	for _, k := range c.Kwargs {
		if !add(k.Name, k.Value) {
			return "", false
		}
	}
	us := int64(math.Round(total))
	days := us / 86400e6
	if us%86400e6 < 0 {
		days--
	}
	us -= days * 86400e6
	var parts []string
	if days != 0 {
		parts = append(parts, fmt.Sprintf("days=%d", days))
	}
	if s := us / 1e6; s != 0 {
		parts = append(parts, fmt.Sprintf("seconds=%d", s))
	}
	if rest := us % 1e6; rest != 0 {
		parts = append(parts, fmt.Sprintf("microseconds=%d", rest))
	}
	if len(parts) == 0 {
		return "datetime.timedelta(0)", true
	}
	return "datetime.timedelta(" + strings.Join(parts, ", ") + ")", true
}

// enumValues is up to which value the members of an enum are tried.
const enumValues = 32

// ReprsOf returns what Python's repr of a typed value may be, the likeliest
// first. Most have one. The member of an enum has as many as values are tried;
// a variable has none that is known.
func ReprsOf(v value.Value) []string {
	switch v.Tag() {
	case nameTag:
		return nil
	case enumTag:
		name := v.Text()
		parts := strings.Split(name, ".")
		if len(parts) > 2 { // a module before it
			name = strings.Join(parts[len(parts)-2:], ".")
		}
		member := parts[len(parts)-1]
		reprs := make([]string, 0, enumValues+8)
		for n := range enumValues {
			reprs = append(reprs, fmt.Sprintf("<%s: %d>", name, n))
		}
		for _, text := range []string{strings.ToLower(member), member, strings.ToLower(strings.ReplaceAll(member, "_", "-")), strings.ToLower(member[:1]), member[:1], strings.ToLower(strings.ReplaceAll(member, "_", " "))} {
			reprs = append(reprs, "<"+name+": "+quote(text)+">")
		}
		for n := range 6 { // flags
			reprs = append(reprs, fmt.Sprintf("<%s: %d>", name, 64<<n))
		}
		return append(reprs, name, quote(strings.ToLower(member)), quote(member))
	}
	if r, err := PyRepr(v); err == nil {
		return []string{r}
	}
	return nil
}

// OtherReprs returns reprs of values that a typed value is easily taken for: a
// number for its text and the reverse, a date for its ISO form.
func OtherReprs(v value.Value) []string {
	switch {
	case v.Tag() == "" && v.Kind() == value.Int:
		return []string{quote(v.Text()), v.Text() + ".0"}
	case v.Tag() == "" && v.Kind() == value.Float:
		r := floatRepr(v.Float())
		return []string{quote(r), strings.TrimSuffix(r, ".0"), "Decimal('" + r + "')"}
	case v.Tag() == "" && v.Kind() == value.Bool:
		r, _ := PyRepr(v)
		n := map[bool]string{true: "1", false: "0"}[v.Bool()]
		return []string{n, quote(r), quote(strings.ToLower(r)), quote(n)}
	case v.Tag() == "" && v.Kind() == value.Text:
		others := []string{}
		for _, r := range Reprs(v.Text()) {
			if r != quote(v.Text()) {
				others = append(others, r)
			}
		}
		others = append(others, "b"+quote(v.Text()))
		if r, ok := moment("fromisoformat", "", []string{quote(v.Text())}, Call{}); ok {
			others = append(others, r)
		}
		if len(v.Text()) == 36 || len(v.Text()) == 32 {
			u := object("", "UUID", Call{Args: []value.Value{v}})
			others = append(others, u.Text())
		}
		return others
	case v.Tag() == nameTag:
		return []string{quote(v.Text())} // a text without its quotes
	case v.Tag() == "repr":
		return otherObjects(v.Text())
	case v.Tag() == "tuple":
		r, _ := PyRepr(v.WithTag(""))
		return []string{r}
	case v.Tag() == "" && v.Kind() == value.Seq:
		r, _ := PyRepr(v.WithTag("tuple"))
		return []string{r}
	}
	return nil
}

var (
	dateRepr   = lazyre.New(`^datetime\.date\((\d+), (\d+), (\d+)\)$`)
	quotedRepr = lazyre.New(`^(?:Decimal|UUID)\('([^']*)'\)$`)
)

func otherObjects(repr string) []string {
	if m := dateRepr.Get().FindStringSubmatch(repr); m != nil {
		return []string{
			fmt.Sprintf("'%s-%02s-%02s'", m[1], m[2], m[3]),
			fmt.Sprintf("datetime.datetime(%s, %s, %s, 0, 0)", m[1], m[2], m[3]),
		}
	}
	if m := quotedRepr.Get().FindStringSubmatch(repr); m != nil {
		return append([]string{quote(m[1])}, Reprs(m[1])...)
	}
	return nil
}
