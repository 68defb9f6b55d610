package ui

import (
	"os"
	"path/filepath"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

const (
	jsonRow   = `{"id":1,"ok":true,"gone":null}`
	pickleRow = "\x80\x04}\x94(\x8c\x02id\x94K\x01\x8c\x02ok\x94\x88\x8c\x04gone\x94Nu."
)

// TestValuesInTheWordsOfTheirFormat shows, searches and copies the same data
// from JSON and from a pickle.
func TestValuesInTheWordsOfTheirFormat(t *testing.T) {
	for _, tt := range []struct {
		name, raw       string
		shown, unshown  []string
		found, notFound string
		copied          string
	}{
		{
			"json", jsonRow,
			[]string{"ok  true", "gone  null", "JSON › map"},
			[]string{"True", "None"},
			"true", "None", `{"id": 1, "ok": true, "gone": null}`,
		},
		{
			"pickle", pickleRow,
			[]string{"ok  True", "gone  None", "pickle 4 › dict"},
			[]string{"true", "null"},
			"True", "null", `{'id': 1, 'ok': True, 'gone': None}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "clip")
			playing(t, func(t *testing.T) {
				p := play(t, newFake().str("k", tt.raw, 0), 120, 40, Options{Clipboard: []string{"tee", file}})
				p.press("enter").shows(tt.shown...).hides(tt.unshown...)
				p.press("/").typed(tt.found).press("enter").shows("match 1 of 1")
				p.press("/", "ctrl+u").typed(tt.notFound).press("enter").shows("no match")
				p.press("y").shows("copied the value")
				if got, err := os.ReadFile(file); string(got) != tt.copied || err != nil {
					t.Errorf("copied %s (%v), want %s", got, err, tt.copied)
				}
			})
		})
	}
}

// TestMembersInTheirOwnWords has a list of rows as a table, and a hash of which
// each field is in another format.
func TestMembersInTheirOwnWords(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake().put("h", inspect.ValueWindow{Type: keyspace.Hash, Total: 2, Rows: []inspect.Member{
			{Field: []byte("a"), Value: []byte(jsonRow)}, {Field: []byte("b"), Value: []byte(pickleRow)},
		}}, 0)
		p := play(t, f, 120, 40, Options{})
		p.press("enter").shows("▾ a  map · 3 entries", "ok  true", "gone  null", "▾ b  dict · 3 entries", "ok  True", "gone  None")
	})
	playing(t, func(t *testing.T) {
		p := play(t, newFake().str("rows", "["+jsonRow+","+jsonRow+"]", 0), 120, 40, Options{})
		p.press("enter").shows("#  id  ok    gone", "0   1  true  null").hides("True", "None")
	})
}
