package ui

import (
	"os"
	"path/filepath"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// colorRed is an enum member as pickle writes it.
const colorRed = "\x80\x04\x8c\x08builtins\x8c\x07getattr\x93\x8c\x01m\x8c\x05Color\x93\x8c\x03RED\x86R."

// twoRows is a list of two objects of a class m.Row.
const twoRows = "\x80\x02](cm\nRow\n)\x81}(X\x02\x00\x00\x00idK\x01X\x04\x00\x00\x00nameX\x04\x00\x00\x00one,ub" +
	"cm\nRow\n)\x81}(X\x02\x00\x00\x00idK\x02X\x04\x00\x00\x00nameX\x03\x00\x00\x00twoube."

// TestView_ObjectsAsTheirUsersKnowThem shows views first and the structure
// behind one key, and copies what is shown.
func TestView_ObjectsAsTheirUsersKnowThem(t *testing.T) {
	playing(t, func(t *testing.T) {
		out := filepath.Join(t.TempDir(), "clip")
		copied := func(want string) {
			t.Helper()
			if got, err := os.ReadFile(out); string(got) != want {
				t.Errorf("%q was copied, want %q (%v)", got, want, err)
			}
		}
		rows := []inspect.Member{{Value: []byte("Palermo"), Score: 3479099956230698}, {Value: []byte("Catania"), Score: 3479447370796909}}
		f := newFake().str("a", colorRed, 0).str("b", twoRows, 0).
			put("c", inspect.ValueWindow{Type: keyspace.ZSet, Rows: rows, Total: 2}, 0)
		p := play(t, f, 120, 40, Options{Clipboard: []string{"tee", out}})
		p.press("g", "tab").shows("Color.RED", "structure (v)").press("y").shows("the text that is shown")
		copied("Color.RED")
		p.press("v").hides("structure (v)").shows("getattr")
		p.press("tab", "j", "tab").shows("id  name", " 2  two").press("y").shows("the table as CSV")
		copied("id,name\n1,\"one,\"\n2,two\n")
		p.press("v").shows("m.Row").press("tab", "j", "tab").shows("longitude", "13.361389", "GEO, judged by the scores")
		p.press("v").shows("3479099956230698")
	})
}

// TestView_SortedSetFromItsHighestScore reads the other end of a sorted set.
func TestView_SortedSetFromItsHighestScore(t *testing.T) {
	playing(t, func(t *testing.T) {
		rows := []inspect.Member{{Value: []byte("low"), Score: 1}, {Value: []byte("high"), Score: 2}}
		f := newFake().put("z", inspect.ValueWindow{Type: keyspace.ZSet, Rows: rows, Total: 2}, 0).str("a", "text", 0)
		p := play(t, f, 80, 24, Options{})
		p.press("g", "tab", "S").shows("only a sorted set").press("tab", "j", "tab", "S").shows("highest score first").press("S").shows("lowest score first")
	})
}
