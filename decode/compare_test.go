package decode_test

import (
	"bytes"
	"encoding/json"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// sameReading compares two reading forms as the corpus says: the order of
// dicts and sets does not matter, an integer is not a float.
func sameReading(t *testing.T, a, b []byte) bool {
	t.Helper()
	return canonical(t, parseReading(t, a)) == canonical(t, parseReading(t, b))
}

func parseReading(t *testing.T, raw []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %.200s", err, raw)
	}
	return v
}

// canonical writes v with everything unordered sorted.
func canonical(t *testing.T, v any) string {
	switch v := v.(type) {
	case map[string]any:
		parts := make([]string, 0, len(v))
		for k, x := range v {
			parts = append(parts, strconv.Quote(k)+":"+canonicalMember(t, k, x))
		}
		sort.Strings(parts)
		return "{" + strings.Join(parts, ",") + "}"
	case []any:
		return "[" + strings.Join(canonicalItems(t, v), ",") + "]"
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			f, err := v.Float64()
			if err != nil {
				t.Fatal(err)
			}
			return "float " + strconv.FormatFloat(f, 'g', -1, 64)
		}
		return string(v)
	case string:
		return strconv.Quote(v)
	}
	b, _ := json.Marshal(v)
	return string(b)
}

func canonicalItems(t *testing.T, list []any) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = canonical(t, x)
	}
	return out
}

// canonicalMember sorts the lists that stand for unordered things.
func canonicalMember(t *testing.T, key string, v any) string {
	list, ok := v.([]any)
	switch key {
	case "$set", "$frozenset", "$dict", "$counter", "$defaultdict", "$hash":
		if ok {
			items := canonicalItems(t, list)
			sort.Strings(items)
			return "[" + strings.Join(items, ",") + "]"
		}
	}
	return canonical(t, v)
}
