package decode

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cacheview/decode/value"
)

// foreignCase is one entry of testdata/corpus, as far as these tests ask.
type foreignCase struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	File     string `json:"value_file"`
	Key      string `json:"key"`
	Expected struct {
		Chain      []string        `json:"chain"`
		Reading    json.RawMessage `json:"rendered_json"`
		Structural json.RawMessage `json:"structural_json"`
		Error      *struct {
			Kind string `json:"kind"`
		} `json:"error"`
	} `json:"expected"`

	raw []byte
}

// foreignCases returns the corpus entries that keep chooses.
func foreignCases(t testing.TB, keep func(foreignCase) bool) []foreignCase {
	t.Helper()
	dir := filepath.Join("testdata", "corpus")
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []foreignCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c foreignCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Type != "string" || !keep(c) {
			continue
		}
		if c.raw, err = os.ReadFile(filepath.Join(dir, c.File)); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if len(cases) == 0 {
		t.Fatal("no entry of the corpus was chosen")
	}
	return cases
}

// inFormat chooses the entries that are in one format without wrappers.
func inFormat(name string) func(foreignCase) bool {
	return func(c foreignCase) bool {
		return len(c.Expected.Chain) == 1 && c.Expected.Chain[0] == name
	}
}

// testFormat runs a parser over its part of the corpus: readings, error kinds,
// every prefix, and the limits.
func testFormat(t *testing.T, name string, parse parser) {
	t.Helper()
	for _, c := range foreignCases(t, inFormat(name)) {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			v, n, err := parse(c.raw, value.Limits{})
			c.check(t, v, n, err)
			checkPrefixes(t, c.raw, parse)
			checkLimits(t, c.raw, parse)
		})
	}
}

func (c foreignCase) check(t *testing.T, v value.Value, n int, err *value.Error) {
	t.Helper()
	if want := c.Expected.Error; want != nil {
		if err == nil || string(err.Kind) != want.Kind {
			t.Errorf("error is %v, want kind %s", err, want.Kind)
		}
		return
	}
	if err != nil || n != len(c.raw) {
		t.Fatalf("read %d of %d bytes, error %v", n, len(c.raw), err)
	}
	c.checkReading(t, v)
}

func (c foreignCase) checkReading(t *testing.T, v value.Value) {
	t.Helper()
	got := jsonOf(t, v)
	if len(c.Expected.Reading) == 0 || sameJSON(t, got, c.Expected.Reading) {
		return
	}
	if len(c.Expected.Structural) > 0 && sameJSON(t, got, c.Expected.Structural) {
		return
	}
	t.Errorf("got  %s\nwant %s", got, c.Expected.Reading)
}

// checkPrefixes cuts the input everywhere. A cut value has an error, or is
// whole without what was cut.
func checkPrefixes(t *testing.T, raw []byte, parse parser) {
	t.Helper()
	step := max(1, len(raw)/2000)
	for end := 0; end < len(raw); end += step {
		v, n, err := parse(raw[:end:end], value.Limits{})
		checkBounds(t, v, n, err, end)
		if err == nil && n > end {
			t.Fatalf("%d bytes read of %d", n, end)
		}
	}
}

func checkBounds(t testing.TB, v value.Value, n int, err *value.Error, size int) {
	t.Helper()
	if n < 0 || n > size {
		t.Fatalf("consumed %d of %d bytes", n, size)
	}
	if err != nil && (err.Offset < 0 || err.Offset > size) {
		t.Fatalf("offset %d of %d bytes: %v", err.Offset, size, err)
	}
	if err != nil && (err.Kind == "" || err.Format == "" || err.Detail == "") {
		t.Fatalf("error without kind, format or detail: %v", err)
	}
	if _, e := AppendJSON(nil, v, value.Limits{Output: 1 << 20}); e != nil {
		if ve, ok := e.(*value.Error); !ok || ve.Kind != value.Limit {
			t.Fatalf("render: %v", e)
		}
	}
}

// checkLimits reads with limits that end almost every value early.
func checkLimits(t *testing.T, raw []byte, parse parser) {
	t.Helper()
	for _, lim := range []value.Limits{{Depth: 1}, {Nodes: 1}, {Nodes: 3}, {Memo: 1}, {Text: 1}} {
		v, n, err := parse(raw, lim)
		checkBounds(t, v, n, err, len(raw))
	}
}

// fuzzFormat checks on any input that a parser neither panics nor leaves its
// bounds.
func fuzzFormat(f *testing.F, name string, parse parser) {
	for _, c := range foreignCases(f, inFormat(name)) {
		f.Add(c.raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, n, err := parse(raw, value.Limits{Nodes: 10_000, Depth: 100})
		checkBounds(t, v, n, err, len(raw))
	})
}

func jsonOf(t testing.TB, v value.Value) []byte {
	t.Helper()
	out, err := AppendJSON(nil, v, value.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sameJSON compares two readings: the order of maps and sets does not matter,
// whether a number is an integer or a float does.
func sameJSON(t testing.TB, a, b []byte) bool {
	t.Helper()
	return canonical(t, a) == canonical(t, b)
}

func canonical(t testing.TB, raw []byte) string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return canonicalValue(v)
}

func canonicalValue(v any) string {
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		for k, x := range v {
			s := canonicalValue(x)
			if list, ok := x.([]any); ok && (k == "$set" || k == "$frozenset" || k == "$dict" || k == "$map") {
				s = canonicalList(list, true)
			}
			parts = append(parts, fmt.Sprintf("%q:%s", k, s))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ",") + "}"
	case []any:
		return canonicalList(v, false)
	case json.Number:
		s := v.String()
		if strings.ContainsAny(s, ".eE") {
			f, _ := v.Float64()
			return fmt.Sprintf("f%v", f)
		}
		return s
	}
	out, _ := json.Marshal(v)
	return string(out)
}

func canonicalList(list []any, unordered bool) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = canonicalValue(x)
	}
	if unordered {
		slices.Sort(parts)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// byHand is a value written down from a format's specification.
type byHand struct {
	name string
	raw  string
	want string          // the reading, as JSON
	kind value.ErrorKind // of the error, empty for none
	rest int             // bytes that must be left over
}

func testByHand(t *testing.T, parse parser, cases []byHand) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, n, err := parse([]byte(c.raw), value.Limits{})
			checkBounds(t, v, n, err, len(c.raw))
			var kind value.ErrorKind
			if err != nil {
				kind = err.Kind
			}
			if kind != c.kind {
				t.Fatalf("error %v, want kind %q", err, c.kind)
			}
			if err == nil && len(c.raw)-n != c.rest {
				t.Errorf("%d bytes left over, want %d", len(c.raw)-n, c.rest)
			}
			if got := jsonOf(t, v); !sameJSON(t, got, []byte(c.want)) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			checkPrefixes(t, []byte(c.raw), parse)
		})
	}
}

// unbase64 is for values too binary to be read in a test.
func unbase64(t testing.TB, s string) string {
	t.Helper()
	out, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// inFramework chooses the entries whose outermost layer is one of names.
func inFramework(names ...string) func(foreignCase) bool {
	return func(c foreignCase) bool {
		for _, name := range names {
			if len(c.Expected.Chain) > 0 && c.Expected.Chain[0] == name {
				return true
			}
		}
		return false
	}
}

// testLayers decodes whole entries of the corpus.
func testLayers(t *testing.T, names ...string) {
	t.Helper()
	for _, c := range foreignCases(t, inFramework(names...)) {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			r := Decode(c.raw, Options{Key: []byte(unbase64(t, c.Key))})
			if got, want := strings.Join(r.Names(), " "), strings.Join(c.Expected.Chain, " "); got != want {
				t.Errorf("layers %q, want %q", got, want)
			}
			if c.Expected.Error == nil {
				if r.Err != nil {
					t.Errorf("error %v", r.Err)
				}
				c.checkReading(t, r.Value)
			}
			for end := range c.raw {
				Decode(c.raw[:end:end], Options{})
			}
		})
	}
}

// written is a file in testdata that the format's own library wrote.
type written struct{ file, want string }

func testWritten(t *testing.T, parse parser, cases []written) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(c.file)))
			if err != nil {
				t.Fatal(err)
			}
			v, n, verr := parse(raw, value.Limits{})
			if verr != nil || n != len(raw) {
				t.Fatalf("read %d of %d bytes, error %v", n, len(raw), verr)
			}
			if got := jsonOf(t, v); !sameJSON(t, got, []byte(c.want)) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			checkPrefixes(t, raw, parse)
			checkLimits(t, raw, parse)
		})
	}
}
