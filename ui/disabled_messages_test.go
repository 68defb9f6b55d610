package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cacheview/inspect"
)

// TestNoKeyIsSilent presses every key of the list, of the value and of the
// pages in every state of them: the screen changes, or says why nothing does.
// What moves is let off, for at the end of a list there is nothing to say, and
// so is what leaves the program or draws it anew.
func TestNoKeyIsSilent(t *testing.T) {
	k := newKeyMap()
	var quiet []string
	for _, a := range []action{
		k.Up, k.Down, k.Top, k.Bottom, k.PageUp, k.PageDown, k.HalfUp, k.HalfDown,
		k.Interrupt, k.Quit, k.Redraw, k.Suspend, k.Pager, k.Edit,
	} {
		quiet = append(quiet, a.ID)
	}
	// States that take keys in another way than all the rest.
	differ := strings.Fields(`keys keys-flat-by-ttl keys-node keys-wide-text keys-not-live zoomed value-text value-tree
		value-table value-scores value-hash value-raw value-hex value-opcodes value-search server activity empty no-match no-server`)
	for _, s := range states {
		if at := slices.Index(differ, s.name); at >= 0 {
			differ = slices.Delete(differ, at, at+1)
		} else {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var silent []string
			playing(t, func(t *testing.T) {
				for _, a := range k.actionsAt(s.reach(t, 110, 30, "").place()) {
					if len(a.Keys()) == 0 || slices.Contains(quiet, a.ID) {
						continue
					}
					p := s.reach(t, 110, 30, "")
					p.m.status = status{} // what was said on the way there
					before := p.m.View()
					p.press(a.Keys()[0]).wait(500 * time.Millisecond)
					after := p.m.View()
					if before.Content == after.Content && before.MouseMode == after.MouseMode {
						silent = append(silent, fmt.Sprintf("%s (%s) on\n%s", a.Keys()[0], a.ID, ansi.Strip(after.Content)))
					}
				}
			})
			for _, s := range silent {
				t.Error("silent:", s)
			}
		})
	}
	if len(differ) > 0 {
		t.Error("there is no such state:", differ)
	}
}

// TestIdleKeysSayWhy names the reasons that a stranger meets first.
func TestIdleKeysSayWhy(t *testing.T) {
	for _, tt := range []struct {
		name string
		on   func() *fake
		way  func(*player)
		key  string
		says string
	}{
		{"no tree in a flat list", guideKeys, press("t"), "h", "flat list"},
		{"no marks", guideKeys, press(), "A", "no key is marked: space marks"},
		{"no search", showcase, open("a:page"), "n", "/ searches in the value"},
		{"one match", showcase, func(p *player) { open("a:page", "/")(p); p.typed("doctype").press("enter") }, "n", "the only match"},
		{"no fold in a text", showcase, open("a:page"), "z", "nothing to collapse"},
		{"no fold in a table", showcase, open("b:rows"), "z", "v shows the tree"},
		{"nothing beside wrapped text", showcase, open("a:page"), "L", "w cuts them instead"},
		{"no wrap of a table", showcase, open("c:scores"), "w", "only lines of a text"},
		{"no value on a prefix", guideKeys, press("j"), "tab", "the cursor is on no key"},
		{"nothing there", newFake, press(), "enter", "no key in this database"},
		{"nothing matches", guideKeys, func(p *player) { p.press("/").typed("zebra").press("enter") }, "space", "esc clears the filter"},
		{"not connected", down(inspect.ConnRefused, "refused", ""), press(), "t", "no connection yet"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			playing(t, func(t *testing.T) {
				p := play(t, tt.on(), 120, 40, Options{})
				tt.way(p)
				p.press(tt.key).shows(tt.says)
			})
		})
	}
}

// TestDialogOverWideText covers half of a wide character without growing the
// line.
func TestDialogOverWideText(t *testing.T) {
	for w := 40; w < 130; w++ {
		playing(t, func(t *testing.T) {
			p := play(t, wideKeys(), w, 30, Options{})
			p.press("j", "j", "j", ":").press("esc", "?").press("esc", "C")
		})
	}
}
