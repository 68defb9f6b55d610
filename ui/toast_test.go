package ui

import (
	"errors"
	"testing"
	"time"
)

func TestToastSaysHowLongUndoIsOfUse(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		p.press("/").typed("homepage").press("enter", "d").wait(time.Second)
		p.press("y").shows("deleted 1 key", "u undoes the delete · 29s left")
		p.press("esc").shows("? help", "u undoes the delete · 29s left").hides("deleted 1 key")
		p.wait(10 * time.Second).shows("u undoes the delete · 19s left")
		p.press("u").shows("restored 1 key").hides("undoes the delete")
		p.press("/").typed("homepage").press("enter", "d").wait(time.Second).press("y").press("esc")
		p.wait(20 * time.Second).hides("undoes the delete")
	})
}

func TestToastOfKeysThatNeverExpire(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 40, 10, Options{})
		p.press("/").typed("config").press("enter", "d").wait(time.Second).press("y")
		p.shows("deleted 1 key", "u undo").press("esc").shows("? help", "u undo").hides("left")
		p.wait(2 * toastFor).press("j").hides("u undo")
	})
}

// TestFailuresStayUntilSeen types on when an error comes in.
func TestFailuresStayUntilSeen(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 80, 24, Options{})
		p.m.failed(errors.New("the server said no"))
		p.press("j", "k", "m").shows("the server said no")
		p.wait(2 * time.Second).press("j").hides("the server said no")
		p.m.failed(errors.New("the server said no"))
		p.press("j").shows("the server said no").press("esc").hides("the server said no")
		// A line that is typed covers the message, and does not count.
		p.press("/")
		p.m.failed(errors.New("the server said no"))
		p.wait(2 * time.Second).typed("ho").wait(2 * time.Second).press("enter").shows("the server said no")
	})
}

func TestWhatIsWaitedForCanBeGivenUp(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		f.metaPace = time.Hour
		p := play(t, f, 80, 24, Options{})
		p.press("J").typed("config").press("enter")
		p.hides("Looking for the key").wait(2*shownAfter).shows("Looking for the key", "waiting for localhost:6379", "esc stops")
		p.press("esc").hides("Looking").shows("nothing was changed")
	})
}
