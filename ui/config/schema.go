package config

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// table reads one table of the file. Each method takes the value of a key, and
// reports one that has the wrong type; done reports the keys that nobody took.
type table struct {
	path   []string
	values map[string]any
	report func(problem string, key ...string)
	taken  []string
	known  *[]string // where Known collects; nil when a file is read
}

func (t *table) key(name string) []string { return append(slices.Clone(t.path), name) }

func (t *table) wrong(name, problem string) { t.report(problem, t.key(name)...) }

// note makes a key known.
func (t *table) note(name string) {
	t.taken = append(t.taken, name)
	if t.known != nil {
		*t.known = append(*t.known, strings.Join(t.key(name), "."))
	}
}

func (t *table) take(name string) (any, bool) {
	t.note(name)
	v, ok := t.values[name]
	return v, ok
}

// names are the keys that the file has, sorted.
func (t *table) names() []string { return slices.Sorted(maps.Keys(t.values)) }

// done reports what was not taken.
func (t *table) done() {
	for _, name := range t.names() {
		if slices.Contains(t.taken, name) {
			continue
		}
		problem := fmt.Sprintf("there is no setting %q", name)
		if near := Suggest(name, t.taken); near != "" {
			problem += fmt.Sprintf("; did you mean %q?", near)
		}
		t.report(problem, t.key(name)...)
	}
}

func (t *table) text(name string) string {
	v, ok := t.take(name)
	s, is := v.(string)
	if ok && !is {
		t.wrong(name, `this is a text in quotes, as in "`+fmt.Sprint(v)+`"`)
	}
	return s
}

// texts takes a list of texts, or one text for a list of one.
func (t *table) texts(name string) []string {
	v, ok := t.take(name)
	if !ok {
		return nil
	}
	if s, is := v.(string); is {
		return []string{s}
	}
	list, is := v.([]any)
	out := make([]string, 0, len(list))
	for _, x := range list {
		s, text := x.(string)
		is = is && text
		out = append(out, s)
	}
	if !is {
		t.wrong(name, `this is a list of texts, as in ["a", "b"]`)
		return nil
	}
	return out
}

func (t *table) yes(name string) bool {
	v, ok := t.take(name)
	b, is := v.(bool)
	if ok && !is {
		t.wrong(name, "this is true or false, without quotes")
	}
	return b
}

// number takes a whole number that is not negative; nil when there is none.
func (t *table) number(name string) *int {
	v, ok := t.take(name)
	if !ok {
		return nil
	}
	n, is := v.(int64)
	if !is || n < 0 || n > math.MaxInt32 {
		t.wrong(name, "this is a whole number from 0 on")
		return nil
	}
	i := int(n)
	return &i
}

// count takes a whole number from 1 on.
func (t *table) count(name string) int {
	v, ok := t.take(name)
	n, is := v.(int64)
	if ok && (!is || n < 1 || n > math.MaxInt32) {
		t.wrong(name, "this is a whole number from 1 on")
		return 0
	}
	return int(n)
}

func (t *table) duration(name string) time.Duration {
	v, ok := t.take(name)
	if !ok {
		return 0
	}
	s, _ := v.(string)
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		t.wrong(name, `this is a time such as "2s" or "500ms"`)
		return 0
	}
	return d
}

// choice takes one of the allowed texts.
func (t *table) choice(name string, allowed ...string) string {
	s := t.text(name)
	if s != "" && !slices.Contains(allowed, s) {
		last := len(allowed) - 1
		t.wrong(name, fmt.Sprintf("this is %s or %s, not %q", strings.Join(allowed[:last], ", "), allowed[last], s))
		return ""
	}
	return s
}

// size takes bytes, as a number or with the units of redis.conf (1k is 1000,
// 1kb is 1024). Nothing said is 0, and 0 is -1: none.
func (t *table) size(name string) int64 {
	v, ok := t.take(name)
	if !ok {
		return 0
	}
	n, is := v.(int64)
	if s, text := v.(string); text {
		n, is = ParseSize(s)
	}
	switch {
	case !is || n < 0:
		t.wrong(name, `this is a size such as "256MB", or 0 for none`)
		return 0
	case n == 0:
		return -1
	}
	return n
}

// ParseSize reads a number of bytes with the units of redis.conf: 1k is 1000, 1kb
// and 1KiB are 1024.
func ParseSize(s string) (int64, bool) {
	s = strings.ToLower(strings.ReplaceAll(s, " ", ""))
	digits := strings.TrimRight(s, "bgikmt")
	n, err := strconv.ParseInt(digits, 10, 64)
	factor, ok := map[string]int64{
		"": 1, "b": 1, "k": 1e3, "m": 1e6, "g": 1e9, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30,
		"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
	}[s[len(digits):]]
	if err != nil || !ok || n < 0 || n > math.MaxInt64/factor {
		return 0, false
	}
	return n * factor, true
}

// scalar takes the value of a flag in the form that the command line has: a
// list as one line of CSV.
func (t *table) scalar(name string) (string, bool) {
	v, ok := t.take(name)
	if !ok {
		return "", false
	}
	switch v := v.(type) {
	case string, bool, int64, float64:
		return fmt.Sprint(v), true
	case []any:
		return t.line(name, v)
	case map[string]any:
		// A section with the name of a flag is meant for one of a like name.
		if near := Suggest(name, []string{"connections", "keys", "decoder"}); near != "" {
			t.wrong(name, fmt.Sprintf("there is no section [%s]; did you mean [%s]?", name, near))
			return "", false
		}
	}
	t.wrong(name, "this is a text, a number, true, false or a list of texts")
	return "", false
}

func (t *table) line(name string, list []any) (string, bool) {
	fields := make([]string, len(list))
	for i, x := range list {
		switch x.(type) {
		case string, bool, int64, float64:
			fields[i] = fmt.Sprint(x)
		default:
			t.wrong(name, `this is a list of texts, as in ["a", "b"]`)
			return "", false
		}
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(fields); err != nil {
		t.wrong(name, err.Error())
		return "", false
	}
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n"), true
}

// table takes a table; nil when there is none.
func (t *table) table(name string) *table {
	if t.known != nil {
		return &table{path: t.key(name), report: t.report, known: t.known}
	}
	v, ok := t.take(name)
	if !ok {
		return nil
	}
	values, is := v.(map[string]any)
	if !is {
		t.wrong(name, "this is a table, as in ["+strings.Join(t.key(name), ".")+"]")
		return nil
	}
	return &table{path: t.key(name), values: values, report: t.report}
}

// tables takes an array of tables.
func (t *table) tables(name string) []*table {
	if t.known != nil {
		return []*table{t.table(name)}
	}
	v, ok := t.take(name)
	if !ok {
		return nil
	}
	list, is := v.([]map[string]any)
	if inline, ok := v.([]any); ok {
		is = true
		for _, x := range inline {
			values, isTable := x.(map[string]any)
			is = is && isTable
			list = append(list, values)
		}
	}
	if !is {
		t.wrong(name, "this is a list of tables, each under [["+strings.Join(t.key(name), ".")+"]]")
		return nil
	}
	out := make([]*table, len(list))
	for i, values := range list {
		out[i] = &table{path: append(t.key(name), strconv.Itoa(i+1)), values: values, report: t.report}
	}
	return out
}
