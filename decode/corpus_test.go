package decode_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cacheview/decode"
	"cacheview/decode/value"
)

// corpusCase is one line of the manifest; testdata/corpus/README.md says what
// the fields mean.
type corpusCase struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`
	Framework string `json:"framework"`
	Key       []byte `json:"key"`
	File      string `json:"value_file"`
	Type      string `json:"type"`
	Expected  struct {
		Chain      []string        `json:"chain"`
		Rendered   json.RawMessage `json:"rendered_json"`
		Structural json.RawMessage `json:"structural_json"`
		Hint       json.RawMessage `json:"semantic_hint"`
		Flags      []string        `json:"flags"`
		Rest       int             `json:"trailing_bytes"`
		Error      *struct {
			Kind string `json:"kind"`
		} `json:"error"`
	} `json:"expected"`
}

func corpus(t testing.TB) []corpusCase {
	t.Helper()
	f, err := os.Open("testdata/corpus/manifest.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []corpusCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var c corpusCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

func (c corpusCase) read(t testing.TB) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata/corpus", c.File))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// decode reads the case as the program does: by bytes and key, and for the
// other types member by member.
func (c corpusCase) decode(t testing.TB) decode.Result {
	t.Helper()
	raw := c.read(t)
	opt := decode.Options{Key: c.Key}
	if c.Type == "string" {
		return decode.Decode(raw, opt)
	}
	return decode.DecodeMembers(c.Type, members(t, raw), opt)
}

// members reads a file of a type other than string.
func members(t testing.TB, raw []byte) []decode.Member {
	t.Helper()
	var file struct {
		Type string            `json:"type"`
		Data []json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	out := make([]decode.Member, len(file.Data))
	for i, item := range file.Data {
		m := &out[i]
		var into any
		switch file.Type {
		case "hash":
			into = &[]any{&m.Field, &m.Value}
		case "zset":
			into = &[]any{&m.Value, &m.Score}
		case "stream":
			var id string
			if err := json.Unmarshal(item, &[]any{&id, &m.Pairs}); err != nil {
				t.Fatal(err)
			}
			m.Field = []byte(id)
			continue
		default:
			into = &m.Value
		}
		if err := json.Unmarshal(item, into); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	for _, c := range corpus(t) {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			checkCase(t, c)
		})
	}
}

func checkCase(t *testing.T, c corpusCase) {
	got := c.decode(t)
	if !sameChain(got.Names(), c.Expected.Chain) {
		t.Errorf("layers %q, want %q", got.Names(), c.Expected.Chain)
	}
	for _, l := range got.Layers {
		if l.Reason == "" {
			t.Errorf("layer %s does not say why", l.Name)
		}
	}
	rendered, renderErr := decode.AppendJSON(nil, got.Value, value.Limits{Output: 8 << 20})
	checkError(t, c, got.Err, renderErr)
	checkFlags(t, c, got)
	if !json.Valid(rendered) {
		t.Fatalf("not JSON: %.200s", rendered)
	}
	requirePrintable(t, string(rendered))
	checkText(t, got.Value)
	want := []json.RawMessage{c.Expected.Rendered, c.Expected.Structural, c.Expected.Hint}
	if c.Expected.Rendered == nil {
		return
	}
	for _, w := range want {
		if w != nil && sameReading(t, rendered, w) {
			return
		}
	}
	t.Errorf("value\n%.2000s\nwant\n%.2000s", rendered, c.Expected.Rendered)
}

// sameChain compares layers. What protocol 1 writes for a bool is protocol 0,
// byte for byte.
func sameChain(got, want []string) bool {
	return slices.EqualFunc(got, want, func(g, w string) bool { return g == w || g == "pickle0" && w == "pickle1" })
}

func checkError(t *testing.T, c corpusCase, got *value.Error, render error) {
	t.Helper()
	kind := value.ErrorKind("")
	switch {
	case got != nil:
		kind = got.Kind
	case render != nil:
		kind = value.Limit
	}
	want := value.ErrorKind("")
	if c.Expected.Error != nil {
		want = value.ErrorKind(c.Expected.Error.Kind)
	}
	switch want {
	case "too-deep", "too-large", "must-not-expand":
		want = value.Limit
	}
	if kind != want {
		t.Errorf("error %q (%v, %v), want %q", kind, got, render, want)
	}
}

func checkFlags(t *testing.T, c corpusCase, got decode.Result) {
	t.Helper()
	flags, want := slices.Sorted(slices.Values(got.Flags)), slices.Sorted(slices.Values(c.Expected.Flags))
	if !slices.Equal(flags, want) {
		t.Errorf("flags %q, want %q", flags, want)
	}
	if c.Expected.Rest != 0 && got.TrailingBytes != c.Expected.Rest {
		t.Errorf("%d bytes after the value, want %d", got.TrailingBytes, c.Expected.Rest)
	}
}

// checkText checks that the forms for people are safe to print.
func checkText(t *testing.T, v value.Value) {
	t.Helper()
	lines := decode.AppendText(nil, v, decode.TextOptions{Limits: value.Limits{Output: 1 << 20}})
	for line := range strings.SplitSeq(string(lines), "\n") {
		requirePrintable(t, line)
	}
	requirePrintable(t, decode.Literal(v, 100))
}
