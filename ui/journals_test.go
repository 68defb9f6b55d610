package ui

import (
	"errors"
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
		p.press("U").shows("nothing was changed that could be undone")
		at := time.Now()
		f.journals = []inspect.Journal{
			{ID: "4", Addr: "localhost:6379", DB: 0, When: at, Description: "1 key", Keys: 1, Bytes: 300},
			{ID: "3", Addr: "localhost:6379", DB: 3, When: at.Add(-time.Minute), Description: "prefix three:", Keys: 33, NotHere: errors.New("it belongs to db3")},
			{ID: "2", Addr: "other:6379", DB: 0, When: at.Add(-time.Hour), Description: "prefix other:", Keys: 22, NotHere: &inspect.ServerError{}},
			{ID: "1", Addr: "localhost:6379", DB: 0, When: at.Add(-2 * time.Hour), Description: "prefix old:", Keys: 11, Undone: true},
			{ID: "0", When: at, Err: errors.New("not an undo journal"), NotHere: errors.New("not an undo journal")},
		}
		p.press("U").shows("Undo what?", "1 key", "33 keys", "22 keys", "11 keys", "(undone)", "300 B")
		p.press("down").shows("it belongs to db3").press("enter").shows("cannot undo it here")
		if len(f.undone) != 0 {
			t.Fatalf("undone %q", f.undone)
		}
		// Another server, and one that was undone before: both are asked about.
		p.press("U", "down", "down", "enter").shows("Undo this?", "does not record which server").wait(time.Second).press("n").shows("nothing was restored")
		p.press("U", "down", "down", "down", "enter").shows("Undo this?", "undone before").wait(time.Second).press("y").wait(time.Second)
		p.shows("restored 0 keys")
		if got := f.undone; len(got) != 1 || got[0] != "1" {
			t.Errorf("undone %q", got)
		}
	})
}

// TestJournalNotices deletes a key, which announces that a journal is evicted next:
// the screen names it.
func TestJournalNotices(t *testing.T) {
	playing(t, func(t *testing.T) {
		for _, size := range [][2]int{{80, 24}, {40, 10}} {
			f := guideKeys()
			p := play(t, f, size[0], size[1], Options{})
			f.notices = []inspect.JournalNotice{{Journal: inspect.Journal{
				ID: "20240102T030405Z", Op: "delete", Description: "prefix old:", Keys: 11, Addr: "localhost:6379", When: time.Now().Add(-time.Hour),
			}}}
			p.press("d", "y").wait(time.Second).shows("Undo journals", "20240102T030405Z")
			p.press("esc").wait(time.Second)
			if p.m.dialog != nil {
				t.Error("the dialog stays")
			}
			p.press("u").wait(time.Second)
			if p.m.dialog != nil {
				t.Error("the notice is shown twice")
			}
		}
	})
}
