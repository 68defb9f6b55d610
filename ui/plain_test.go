package ui

import (
	"strings"
	"testing"
)

// TestNothingIsSaidToBeNothing shows words where a blank pane would look broken.
func TestNothingIsSaidToBeNothing(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, newFake().str("none", "", 0), 120, 40, Options{})
		p.shows("(nothing: it is empty)")
		p.press("enter", "v").shows("shown raw")
	})
}

// TestALoneChildIsOpen however many items it has, and a chain of such.
func TestALoneChildIsOpen(t *testing.T) {
	playing(t, func(t *testing.T) {
		rows := strings.Repeat("[1,2],", 50)
		p := play(t, newFake().str("k", `{"data":{"rows":[`+strings.TrimSuffix(rows, ",")+`]}}`, 0), 120, 40, Options{})
		p.shows("▾ data", "▾ rows  list · 50 items", "▸ 1  [1, 2]")
	})
}

// TestKeysOfTheOtherPane say where they work.
func TestKeysOfTheOtherPane(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		p.press("v").shows("v (view as) works in the value: tab goes there")
		p.press("tab", "s").shows("s (sort) works in the list of keys: esc goes there")
		p.press("!").shows("! does nothing here: ? shows the keys")
	})
}

// TestNodesSayWhatTheyAre in the pane that has no value to show.
func TestNodesSayWhatTheyAre(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		p.press("j").shows("─ Prefix ─", "2 keys start with this")
	})
}
