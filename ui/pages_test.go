package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
)

func TestFiguresAreAskedForOnlyWhileThePageIsOpen(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		asked := func(d time.Duration) int64 {
			before := f.looks
			p.wait(d)
			return f.looks - before
		}
		if n := asked(10 * time.Second); n != 2 { // for the top line
			t.Errorf("INFO %d times in 10 s with the keys on screen", n)
		}
		p.press("2").shows("Server")
		if n := asked(10 * time.Second); n < 10 || n > 13 {
			t.Errorf("INFO %d times in 10 s with the server page open", n)
		}
		p.press("esc").shows("homepage")
		if n := asked(10 * time.Second); n != 2 {
			t.Errorf("INFO %d times in 10 s after the page was closed", n)
		}
	})
}

func TestPagesTurn(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 80, 24, Options{})
		p.press("2").shows("Figures").press("3").shows("Hits and misses", "s runs MONITOR")
		p.press("1").shows("homepage").press("3", "esc").shows("homepage").press("2", "2", "1").shows("homepage")
		p.press("2", "?").shows("Keys of this page").press("esc").shows("Figures")
		// What acts on keys that are not on screen does nothing.
		p.press("d").shows("does nothing here").press("D", "C", "u", "i").shows("Figures")
		// Chosen by its name it goes back to the keys and acts there.
		p.press(":").typed("explain").press("enter").wait(shownAfter).shows("What is this key?").press("esc").hides("Figures")
		p.press(":").typed("sample").press("enter").shows("Run MONITOR")
	})
}

func TestPagesScrollAndKeepInside(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 40, 10, Options{})
		p.wait(time.Second).press("2").wait(2 * time.Second)
		first := p.screen()
		p.press("k").shows("1–6 of")
		for range 30 {
			p.press("pgdown")
		}
		p.shows("Biggest").press("G", "j").shows("page:1").press("g")
		if p.screen() != first && !strings.Contains(p.screen(), "1–6 of") {
			t.Errorf("g does not go to the top:\n%s", p.screen())
		}
		p.send(tea.MouseWheelMsg{X: 5, Y: 5, Button: tea.MouseWheelDown})
		p.shows("4–9 of")
		p.size(200, 50).shows("Biggest", "Warnings").size(40, 10)
	})
}

func TestSampleIsAskedForAndCanBeStopped(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		p.press("3", "s").wait(time.Second).press("enter", "n")
		if f.monitors != 0 {
			t.Fatal("MONITOR before the answer")
		}
		p.press("s", "y").wait(2 * time.Second).shows("8 s left").press("esc").shows("was stopped").hides("By prefix")
		if f.monitors != 1 {
			t.Fatalf("MONITOR %d times", f.monitors)
		}
		p.wait(15 * time.Second).hides("By prefix")
	})
}

// TestASurveyIsStoppedByEsc looks at many keys slowly, and at what it says of a
// part of them.
func TestASurveyIsStoppedByEsc(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake()
		for i := range 9000 {
			f.str(fmt.Sprintf("key:%d", i), "value", time.Hour)
		}
		p := play(t, f, 120, 40, Options{})
		p.wait(5 * time.Second)
		f.metaPace = time.Second
		p.press("2").wait(2500*time.Millisecond).shows("looking at 4,000 of 9,000 keys; esc stops", " esc stop the survey ")
		p.press("esc").wait(1500*time.Millisecond).shows(" stopped: the figures cover about 4,000 of 9,000 keys; r looks again", "stopped: the figures cover about 4,000 of 9,000 keys", "! 01:00:00  4,000 of key:", "Figures")
		p.press("r").wait(12 * time.Second).shows("looked at  all 9,000 keys").hides("stopped")
		p.press("esc").shows("key:")
	})
}

// follower is a fake that tells what changes.
type follower struct {
	*fake
	changes chan inspect.ChangeSet
}

func (f *follower) Watch(context.Context) (Watcher, error)       { return f, nil }
func (f *follower) openIt(context.Context, int) (Backend, error) { return f, nil }
func (f *follower) Next(c context.Context) (inspect.ChangeSet, error) {
	select {
	case ch := <-f.changes:
		return ch, nil
	case <-c.Done():
		return inspect.ChangeSet{}, context.Cause(c)
	}
}

func TestChangesShowUpOnTheActivityPage(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := &follower{guideKeys(), make(chan inspect.ChangeSet, 1)}
		p := &player{t: t, m: newModel(t.Context(), Options{Site: Site{Open: f.openIt}}), msgs: make(chan tea.Msg, 1000)}
		p.run(p.m.Init())
		p.size(80, 24).wait(time.Second).press("3").shows("nothing has changed yet")
		f.str("\x1b[2Jbad", "x", 0)
		f.changes <- inspect.ChangeSet{Names: [][]byte{[]byte("homepage"), []byte("\x1b[2Jbad"), []byte("of another database")}}
		p.wait(time.Second).shows("changed", "homepage", "set", `\x1b[2Jbad`).hides("of another")
	})
}
