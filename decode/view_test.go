package decode_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/decode/view"
)

// viewCase is a line of testdata/views: bytes of a real library, and the view
// that they have, as that library itself shows the value.
type viewCase struct {
	File, Producer string
	View           struct {
		Kind     string
		Text     *string
		Or, Has  []string
		JSON     any `json:"json"`
		Columns  []string
		Rows     []any
		AnyOrder bool `json:"any_order"`
	}
}

// viewJSON is the member "view" of a value.
type viewJSON struct {
	Kind, Text string
	Columns    []string
	Rows       []any
}

func TestView_OfRealValues(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/views/manifest.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c viewCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		t.Run(c.File, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(filepath.Join("testdata/views", c.File))
			if err != nil {
				t.Fatal(err)
			}
			r := decode.Decode(raw, decode.Options{})
			if r.Err != nil {
				t.Error(r.Err)
			}
			checkView(t, c, viewOf(t, r))
		})
	}
}

func viewOf(t *testing.T, r decode.Result) viewJSON {
	t.Helper()
	v, ok := r.View()
	if !ok {
		t.Fatal("no view")
	}
	out, err := decode.AppendView(nil, v, value.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var got viewJSON
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return got
}

func checkView(t *testing.T, c viewCase, got viewJSON) {
	t.Helper()
	want := c.View
	if got.Kind != want.Kind {
		t.Fatalf("a %s, want a %s: %v", got.Kind, want.Kind, got)
	}
	if want.Kind == "text" {
		if want.Text != nil && got.Text != *want.Text && !slices.Contains(want.Or, got.Text) {
			t.Errorf("%q, want %q", got.Text, *want.Text)
		}
		for _, piece := range want.Has {
			if !strings.Contains(got.Text, piece) {
				t.Errorf("%q has no %q", got.Text, piece)
			}
		}
		var parsed any
		if want.JSON != nil && (json.Unmarshal([]byte(got.Text), &parsed) != nil || !reflect.DeepEqual(parsed, want.JSON)) {
			t.Errorf("%q, want %v", got.Text, want.JSON)
		}
		return
	}
	rows := got.Rows
	switch {
	case want.AnyOrder:
		rows = pickColumns(t, got, want.Columns)
	case want.Columns != nil && !slices.Equal(got.Columns, want.Columns):
		t.Errorf("columns %q, want %q", got.Columns, want.Columns)
	}
	if !reflect.DeepEqual(rows, want.Rows) {
		t.Errorf("rows %v, want %v", rows, want.Rows)
	}
}

// pickColumns is the rows with these columns only.
func pickColumns(t *testing.T, got viewJSON, columns []string) []any {
	t.Helper()
	var rows []any
	for _, r := range got.Rows {
		var row []any
		for _, name := range columns {
			at := slices.Index(got.Columns, name)
			if at < 0 {
				t.Fatalf("no column %q in %q", name, got.Columns)
			}
			row = append(row, r.([]any)[at])
		}
		rows = append(rows, row)
	}
	return rows
}

func TestView_SaysWhenItIsCut(t *testing.T) {
	t.Parallel()
	v := view.OfTable([]string{"n"}, view.List{{value.NewInt(1)}, {value.NewText(strings.Repeat("x", 1000))}, {value.NewInt(3)}})
	out, err := decode.AppendView(nil, v, value.Limits{Output: 100})
	if err == nil || !json.Valid(out) || !strings.Contains(string(out), `"truncated":true`) {
		t.Errorf("%s, %v", out, err)
	}
}

func TestView_PlainDataHasNone(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`{"a":1}`, `[1,2,3]`, `"text"`, `[[1,2],[3,4]]`, `[{"a":1},{"b":2}]`, `[{"a":1},2]`, `[]`, `42`} {
		if v, ok := decode.Decode([]byte(raw), decode.Options{}).View(); ok {
			t.Errorf("%s has a view: %v", raw, v)
		}
	}
}
