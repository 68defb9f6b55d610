package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// here is the row of the screen that the cursor of the list is on.
func here(p *player) string {
	for l := range strings.SplitSeq(p.screen(), "\n") {
		if _, row, ok := strings.Cut(l, "▌"); ok {
			return strings.TrimSpace(row)
		}
	}
	return ""
}

func TestArrowsWalkTheTree(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 80, 24, Options{})
		p.press("g", "down")
		for _, step := range []struct{ key, at string }{
			{"left", "▸ flask"},
			{"left", "▸ flask"}, // nothing to go out to
			{"right", "▾ flask"},
			{"right", "4 "}, // into what is unfolded
			{"h", "▾ flask"},
			{"enter", "▸ flask"},
			{"l", "▾ flask"},
		} {
			if p.press(step.key); !strings.HasPrefix(here(p), step.at) {
				t.Fatalf("after %s the cursor is on %q, not on %q", step.key, here(p), step.at)
			}
		}
		p.press("right", "right").shows("Square of 4 is 16")
		if p.m.focus != onValue {
			t.Fatal("the right arrow does not open a key")
		}
		p.press("backspace")
		if p.m.focus != onKeys {
			t.Fatal("backspace does not go back")
		}
		p.press("esc").shows("q to quit")
	})
}

func TestArrowsWalkTheValue(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake().str("x", `{"a":{"b":{"c":1}},"d":2}`, 0)
		p := play(t, f, 80, 24, Options{})
		at := func() string {
			row := p.m.value.body.(*outlineBody).at(p.m.value.cursor)
			return labelText(row.Label)
		}
		p.press("enter")
		for _, step := range []struct{ key, at string }{
			{"right", "b"}, {"right", "c"}, {"right", "c"}, {"left", "b"}, {"left", "b"}, {"right", "b"}, {"left", "b"}, {"left", "a"}, {"down", "b"}, {"down", "d"},
		} {
			if p.press(step.key); at() != step.at {
				t.Fatalf("after %s the cursor is on %q, not on %q:\n%s", step.key, at(), step.at, p.screen())
			}
		}
		if p.press("left"); p.m.focus != onKeys {
			t.Fatal("the left arrow does not leave a value with nothing to fold")
		}
	})
}

func TestZoom(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		p.shows("Keys", "debug").press("+").hides("debug").shows("+ zoom")
		p.press("enter").shows("debug").hides("Keys ─")
		p.press("esc").shows("Keys ─").hides("debug")
		p.press("enter", "+").shows("Keys ─", "debug")
		if p.m.focus != onValue {
			t.Fatal("zooming out moved the focus")
		}
		p.size(80, 24).press("+").shows("one pane at a time")
	})
}

func TestMarkRangesAndPrefixes(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 80, 24, Options{})
		p.press("g", "down", "space").shows("2 marked") // the prefix, and on to its first key
		p.press("up", "space").hides("marked")
		p.press("g", "space", "j", "j", "j", "ctrl+space").shows("4 marked") // config, 4, 5, homepage
		if got := strings.Join(names(p.m.list.markedKeys()), " "); got != "config flask_cache_memoize:square:4 flask_cache_memoize:square:5 homepage" {
			t.Errorf("marked are %s", got)
		}
	})
}

func names(keys [][]byte) []string {
	var out []string
	for _, k := range keys {
		out = append(out, string(k))
	}
	return out
}

func TestTTLOfMatches(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		p.press("ctrl+t").shows("nothing is filtered")
		p.press("/").typed("square").press("enter", "ctrl+t").shows("of 2 keys: 30s")
		p.enters("1h").wait(time.Second)
		p.shows("Let 2 keys expire in 1h00m", "2 keys that contain ‘square’")
		f.sent = nil
		p.press("enter").shows("Let 2 keys")
		p.press("y").wait(time.Second).shows("2 keys will expire in 1h00m")
		if want := []string{"EXPIRE flask_cache_memoize:square:4", "EXPIRE flask_cache_memoize:square:5"}; !slices.Equal(f.sent, want) {
			t.Errorf("sent %q, want %q", f.sent, want)
		}
	})
}

func TestEscStopsReadingForAnOrder(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake()
		for i := range 3 * metaStep {
			f.str("k"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+time.Duration(i).String(), "1", time.Hour)
		}
		f.metaPace = time.Second * 3 * inspect.MetaBatchSize / metaStep // three batches at a time: a second a step
		p := play(t, f, 120, 40, Options{})
		p.press("s").wait(1500*time.Millisecond).shows("by TTL", "TTLs 33%")
		p.press("esc").shows("stopped reading; sorted by name").hides("by TTL")
		if p.m.order != keyspace.ByName || p.m.metaAll.on {
			t.Error("metadata is still being read")
		}
	})
}
