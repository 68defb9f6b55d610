package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cacheview/ui/config"
)

// againThere is three deleted keys of which two exist again.
func againThere(t *testing.T, w, h int, opt Options) *player {
	t.Helper()
	f := newFake().str("a", "old", time.Hour).str("b", "old", time.Hour).str("c", "old", time.Hour)
	p := play(t, f, w, h, opt)
	p.press("a", "d").wait(time.Second)
	if opt.Place.Environment == config.Production {
		p.typed("db0").press("enter")
	} else {
		p.typed("db0").press("enter") // these are all keys
	}
	p.wait(time.Second)
	f.mu.Lock()
	f.str("b", "new", 0).str("c", "new", 0)
	f.sent = nil
	f.mu.Unlock()
	p.press("r").wait(time.Second).press("u").wait(time.Second)
	return p
}

func TestUndoAsksBeforeItWritesOver(t *testing.T) {
	for _, s := range sizes {
		playing(t, func(t *testing.T) {
			p := againThere(t, s[0], s[1], Options{})
			p.shows("Overwrite 2 keys?", "localhost:6379 · db 0", "restored 1 key of 3; 2 exist", "y overwrite", "n cancel")
			// Nothing is the default: neither enter, nor a key that was pressed too soon.
			p.press("enter", "space").shows("Overwrite 2 keys?")
			if got := p.fake.commands(); !slices.Equal(got, []string{"RESTORE a"}) {
				t.Fatalf("before an answer: %q", got)
			}
			p.press("n").wait(time.Second).hides("Overwrite")
			p.shows("restored 1 key of 3; 2 exist again and are skipped"[:min(s[0]-8, 30)])
			if string(p.fake.raw([]byte("b"))) != "new" {
				t.Error("a key was written over unasked")
			}
		})
	}
}

func TestUndoWritesOverWhatWasShown(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := againThere(t, 120, 40, Options{})
		p.shows("Overwrite 2 keys?").wait(time.Second).press("y").wait(time.Second)
		p.shows("restored 2 keys", "u undoes that")
		if got := p.fake.commands(); !slices.Equal(got, []string{"RESTORE a", "RESTORE b", "RESTORE c"}) {
			t.Errorf("%q", got)
		}
		if string(p.fake.raw([]byte("b"))) != "old" {
			t.Error("b is not as it was deleted")
		}
	})
}

// TestUndoOverInProduction has the count typed.
func TestUndoOverInProduction(t *testing.T) {
	playing(t, func(t *testing.T) {
		opt := Options{}
		opt.Place.Environment = config.Production
		p := againThere(t, 120, 40, opt)
		p.shows("Overwrite 2 keys?", "Type 2").wait(time.Second).press("y").wait(time.Second)
		if got := strings.Join(p.fake.commands(), ", "); got != "RESTORE a" {
			t.Fatalf("after y alone: %s", got)
		}
		p.press("backspace").typed("2").press("enter").wait(time.Second).shows("restored 2 keys")
	})
}
