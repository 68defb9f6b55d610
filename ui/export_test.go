package ui

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/keyfile"
)

// exportedKeys are the names in a file, which must be one that an import reads.
func exportedKeys(t *testing.T, path string) []string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := keyfile.NewReader(file)
	if err := r.Header(); err != nil {
		t.Fatal(err)
	}
	var names []string
	for {
		s, err := r.Next()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, string(s.Key))
	}
}

// into types the name of a file instead of the one that is offered.
func (p *player) into(path string) *player {
	return p.press("ctrl+u").typed(path).press("enter").wait(time.Second)
}

func TestExportOffersWhatThereIs(t *testing.T) {
	for _, s := range sizes {
		playing(t, func(t *testing.T) {
			p := play(t, guideKeys(), s[0], s[1], Options{})
			p.press("X").shows("Export", "1  key ‘config’", "2  all 6 keys of db0").hides("marked", "deleted").press("esc")
			p.press("space", "space", "X").shows("1  3 marked keys", "all 6 keys of db0").press("esc", "A")
			p.press("/").typed("e").press("enter").wait(time.Second)
			p.press("X").shows("keys that contain ‘e’").press("esc")
			if got := p.fake.commands(); len(got) > 0 {
				t.Errorf("an export sent %q", got)
			}
		})
	}
}

func TestExportWritesAPrivateFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "keys.jsonl")
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		p.press("space", "space", "X", "enter").shows("export to › cacheview-db0-2000", "3 keys, to a new file")
		p.into(path).shows("exported 3 keys", "to "+path)
		if got := exportedKeys(t, path); !slices.Equal(got, []string{"config", "flask_cache_memoize:square:4", "flask_cache_memoize:square:5"}) {
			t.Errorf("the file has %q", got)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}

		// Nothing is written over; the name is asked for again.
		was, _ := os.ReadFile(path)
		p.press("X", "enter").into(path).shows("there is such a file", "export to › "+path)
		if now, _ := os.ReadFile(path); string(now) != string(was) {
			t.Error("a file was written over")
		}
		p.press("2", "enter").wait(time.Second).shows("exported 3 keys")
		if got := exportedKeys(t, path+"2"); len(got) != 3 {
			t.Errorf("the second file has %q", got)
		}
		p.press("X", "enter").into(filepath.Join(dir, "no", "such")).shows("no such file or directory", "export to ›").press("esc")
	})
}

func TestExportOfMatchesAndOfAll(t *testing.T) {
	dir := t.TempDir()
	playing(t, func(t *testing.T) {
		f := guideKeys().str("huge", "x", 0)
		w := f.keys["huge"]
		w.Truncated = true
		f.keys["huge"] = w
		p := play(t, f, 120, 40, Options{})
		p.press("/").typed("flask").press("enter", "X").shows("2 keys that start with ‘flask’")
		p.press("down", "enter").into(filepath.Join(dir, "matches")).shows("exported 2 keys")
		if got := exportedKeys(t, filepath.Join(dir, "matches")); len(got) != 2 {
			t.Errorf("the matches are %q", got)
		}
		p.press("esc", "X", "2").into(filepath.Join(dir, "all")).shows("exported 6 keys", `1 failed: dump "huge"`)
		if got := exportedKeys(t, filepath.Join(dir, "all")); len(got) != 6 || slices.Contains(got, "huge") {
			t.Errorf("all are %q", got)
		}
	})
}

// TestExportThatIsStopped leaves no half of a file.
func TestExportThatIsStopped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	playing(t, func(t *testing.T) {
		f := newFake()
		for i := range 100 {
			f.str(strings.Repeat("k", i+1), "v", 0)
		}
		p := play(t, f, 80, 24, Options{})
		f.lag = 100 * time.Millisecond
		p.press("X", "2").press("ctrl+u").typed(path).press("enter").wait(2*time.Second + 50*time.Millisecond)
		p.shows("Exporting", "of 100 keys", "esc stops")
		if _, err := os.Stat(path); err != nil {
			t.Fatal(err)
		}
		p.press("esc").wait(time.Second).shows("stopped: no file was made")
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("half a file is left: %v", err)
		}
	})
}

// TestExportWithoutConnection loses the server on the way.
func TestExportWithoutConnection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	playing(t, func(t *testing.T) {
		f := newFake().put("k", inspect.ValueWindow{Type: keyspace.String, Raw: []byte("v")}, 0)
		p := play(t, f, 80, 24, Options{})
		p.press("X", "1")
		f.mu.Lock()
		f.down = errDown
		f.mu.Unlock()
		p.into(path).shows("connection lost")
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a file without keys is left: %v", err)
		}
	})
}
