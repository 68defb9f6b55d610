package pickle_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"cacheview/decode"
	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

// corpusCase is a line of the corpus' manifest.
type corpusCase struct {
	ID        string
	Type      string
	ValueFile string `json:"value_file"`
	Expected  struct {
		Chain      []string
		Rendered   json.RawMessage `json:"rendered_json"`
		Structural json.RawMessage `json:"structural_json"`
		Hint       json.RawMessage `json:"semantic_hint"`
		Error      *struct{ Kind string }
		Flags      []string
	}
}

const corpus = "../testdata/corpus"

// pickleCases calls each with every value of the corpus that is a pickle, or
// one behind cachelib's mark.
func pickleCases(t *testing.T, each func(corpusCase, []byte)) {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join(corpus, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range bytes.Lines(manifest) {
		var c corpusCase
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		chain := c.Expected.Chain
		if len(chain) == 2 && chain[0] == "flask-caching" {
			chain = chain[1:]
		}
		if c.Type != "string" || len(chain) != 1 || !strings.HasPrefix(chain[0], "pickle") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(corpus, "values", filepath.Base(c.ValueFile)))
		if err != nil {
			t.Fatal(err)
		}
		if c.Expected.Chain[0] == "flask-caching" {
			data = data[1:]
		}
		n++
		each(c, data)
	}
	if n < 400 {
		t.Fatalf("only %d pickles in the corpus", n)
	}
}

func TestCorpusReading(t *testing.T) {
	t.Parallel()
	pickleCases(t, func(c corpusCase, data []byte) {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			doc := pickle.Decode(data, value.Limits{})
			want := c.Expected.Chain[len(c.Expected.Chain)-1]
			if want == "pickle1" && doc.Layer() == "pickle0" {
				want = "pickle0" // a pickle without binary opcodes is the same in both
			}
			if doc.Layer() != want {
				t.Errorf("layer %s, want %s", doc.Layer(), want)
			}
			if reason, ok := pickle.Detect(data); !ok {
				t.Errorf("does not look like a pickle: %s", reason)
			}
			checkFlags(t, doc, c.Expected.Flags)
			got, renderErr := decode.AppendJSON(nil, doc.Value(), value.Limits{Output: 4 << 20})
			if c.Expected.Error != nil {
				checkError(t, doc, renderErr, c.Expected.Error.Kind)
				return
			}
			if doc.Err() != nil || renderErr != nil {
				t.Fatalf("errors %v, %v", doc.Err(), renderErr)
			}
			for _, want := range []json.RawMessage{c.Expected.Rendered, c.Expected.Structural, c.Expected.Hint} {
				if want != nil && canonical(t, got) == canonical(t, want) {
					return
				}
			}
			t.Errorf("\n got %.3000s\nwant %.3000s", got, c.Expected.Rendered)
		})
	})
}

func checkFlags(t *testing.T, doc *pickle.Document, want []string) {
	t.Helper()
	got := slices.Clone(doc.Flags())
	want = slices.DeleteFunc(slices.Clone(want), func(f string) bool { return f == "ambiguous" || f == "control-chars" })
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("flags %q, want %q", got, want)
	}
}

// checkError wants an error of the kind that the corpus names: one of doc, or
// of writing its value out.
func checkError(t *testing.T, doc *pickle.Document, renderErr error, kind string) {
	t.Helper()
	switch kind {
	case "truncated", "corrupt":
		if doc.Err() == nil || string(doc.Err().Kind) != kind {
			t.Errorf("error %v, want %s", doc.Err(), kind)
		}
	default: // too-deep, too-large, must-not-expand
		if (doc.Err() == nil || doc.Err().Kind != value.Limit) && renderErr == nil {
			t.Errorf("no limit was reached, want %s", kind)
		}
	}
}

// canonical is the JSON with the order of dict entries and set items made
// equal.
func canonical(t *testing.T, text []byte) string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	out, err := json.Marshal(sortedSets(v))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func sortedSets(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = sortedSets(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = sortedSets(v[k])
			if items, ok := v[k].([]any); ok && (k == "$set" || k == "$frozenset" || k == "$dict") {
				sort.Slice(items, func(i, j int) bool {
					a, _ := json.Marshal(items[i])
					b, _ := json.Marshal(items[j])
					return string(a) < string(b)
				})
			}
		}
	}
	return v
}
