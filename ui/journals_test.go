package ui

import (
	"testing"
	"time"

	"cacheview/inspect"
)

// TestJournalsAreChosenFrom restores one of several deletes, and none of those
// of another server or database.
func TestJournalsAreChosenFrom(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		p.press("U").shows("nothing was deleted that could be undone")
		at := time.Now()
		f.journals = []inspect.Journal{
			{ID: "4", Addr: "localhost:6379", DB: 0, When: at, What: "1 key", Keys: 1, Bytes: 300},
			{ID: "3", Addr: "localhost:6379", DB: 3, When: at.Add(-time.Minute), What: "prefix three:", Keys: 33},
			{ID: "2", Addr: "other:6379", DB: 0, When: at.Add(-time.Hour), What: "prefix other:", Keys: 22},
			{ID: "1", Addr: "localhost:6379", DB: 0, When: at.Add(-2 * time.Hour), What: "prefix old:", Keys: 11, Undone: true},
		}
		p.press("U").shows("Undo what?", "1 key", "33 keys", "22 keys", "11 keys", "(undone)", "300 B")
		p.press("down").shows("it was deleted from db3").press("enter").shows("cannot be restored here")
		p.press("U", "down", "down").shows("it was deleted on other:6379").press("esc")
		if len(f.undone) != 0 {
			t.Fatalf("undone %q", f.undone)
		}
		p.press("U", "down", "down", "down", "enter").shows("restored 0 keys")
		p.press("u")
		if got := f.undone; len(got) != 2 || got[0] != "1" || got[1] != "" {
			t.Errorf("undone %q", got)
		}
	})
}
