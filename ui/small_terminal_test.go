package ui

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
)

// TestDialogsOnASmallScreen holds that what has to be read before an answer is
// on the smallest screen, too, and that the last line stays in sight.
func TestDialogsOnASmallScreen(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 40, 10, Options{})
		p.press("/").typed("square").press("enter")
		p.press("D").wait(time.Second)
		p.shows("Delete 2 keys?", "localhost:6379 · db 0", "contain ‘square’", "y delete")
		if !strings.HasSuffix(p.screen(), "y delete  n cancel\n") {
			t.Error("the last line does not tell the keys of the dialog")
		}
		p.press("n", "C")
		for _, choice := range []string{"1  ‘flask_cache_memoize:sq", "2  2 keys that contain", "3  ‘flask_cache_’", "5  the whole database"} {
			p.shows(choice)
		}
		p.shows("every key that starts").press("down", "down", "down", "down").shows("asks you to type its name")
	})
}

func TestClearOffersTheCacheOfTheApp(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 80, 24, Options{})
		p.press("g", "C").shows("‘flask_cache_’", "the whole database").press("1").wait(time.Second)
		p.shows("Delete 2 keys?", "prefix flask_cache_")
	})
	playing(t, func(t *testing.T) {
		p := play(t, newFake().str("a", "1", 0), 80, 24, Options{})
		p.press("C").shows("the whole database").hides("Flask")
	})
}

// TestUndoIsOfWhatTheToastSays drops the toast once u could be taken to mean
// something else.
func TestUndoIsOfWhatTheToastSays(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		p.press("g", "d").wait(time.Second).press("y").shows("u undoes the delete")
		p.press("j", "e").typed("5m").press("enter").wait(time.Second).hides("u undoes the delete")
	})
}

// TestAskingLeavesThePlanAlone holds the order of the keys that a plan has, by
// which it knows what each of them looked like.
func TestAskingLeavesThePlanAlone(t *testing.T) {
	t.Parallel()
	p := &inspect.Plan{Keys: [][]byte{[]byte("c"), []byte("a"), []byte("b")}}
	p.Sample = p.Keys[:2]
	newDeleteConfirm(p, 0, time.Now())
	if got := string(bytes.Join(p.Keys, nil)); got != "cab" {
		t.Errorf("the keys of the plan are %s now", got)
	}
	if got := string(bytes.Join(p.Sample, nil)); got != "ac" {
		t.Errorf("the sample is %s", got)
	}
}

func TestNothingToUndoIsNoFailure(t *testing.T) {
	for _, s := range sizes {
		playing(t, func(t *testing.T) {
			p := play(t, guideKeys(), s[0], s[1], Options{})
			p.press("u").wait(time.Second).shows("nothing to undo here").hides("journal")
			if p.m.status.bad {
				t.Error("it is called a failure")
			}
		})
	}
}

// TestAWrongTimeToLiveSaysWhy has screens whose last line has no room for it.
func TestAWrongTimeToLiveSaysWhy(t *testing.T) {
	for _, s := range sizes {
		playing(t, func(t *testing.T) {
			p := play(t, guideKeys(), s[0], s[1], Options{})
			p.press("g", "e").enters("soon").shows("a time looks like 30s, 5m, 1h30m or 2d", "soon")
			p.press("esc").hides("a time looks like")
		})
	}
}

// TestCopiesAreRememberedOnAnotherServer has a pager that outlives the session
// it was opened in: ending the program still removes its copy.
func TestCopiesAreRememberedOnAnotherServer(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 80, 24, Options{})
		c := new(copyFile)
		p.m.copies = append(p.m.copies, c)
		p.run(p.m.switchTo(Site{Open: p.fake.open}, DefaultDB))
		p.wait(time.Second).shows("homepage")
		if !slices.Contains(p.m.copies, c) {
			t.Error("the copy is forgotten")
		}
	})
}
