package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cacheview/ui/config"
)

func TestCheckKeys(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		keys map[string][]string
		want string // of the error; "" is none
	}{
		{"nothing", nil, ""},
		{"a free key", map[string][]string{"delete": {"K"}}, ""},
		{"two actions changed over", map[string][]string{"delete": {"t"}, "tree": {"d"}}, ""},
		{"the same key in another place", map[string][]string{"wrap": {"s"}}, ""},
		{"a taken key", map[string][]string{"delete": {"q"}}, `the key "q" is both for "delete" and for "quit"`},
		{"no such action", map[string][]string{"remove": {"X"}}, `there is no action "remove"`},
		{"no key", map[string][]string{"delete": {}}, `the action "delete" needs a key`},
	} {
		err := ValidateKeys(tt.keys)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) && !strings.Contains(err.Error(), `"quit" and for "delete"`) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestEveryActionCanBeFound fails when an action is in the help and cannot be
// given a key.
func TestEveryActionCanBeFound(t *testing.T) {
	t.Parallel()
	k := newKeyMap()
	ids := map[string]bool{"quit-now": true}
	for _, a := range k.all() {
		if a.ID == "" || ids[a.ID] {
			t.Errorf("action %q", a.ID)
		}
		ids[a.ID] = true
	}
	for _, g := range k.groups() {
		for _, a := range g.Actions {
			if !ids[a.ID] {
				t.Errorf("%s is not to be found", a.ID)
			}
		}
	}
}

func TestOtherKeysWorkAndAreShown(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{Keys: map[string][]string{"delete": {"K"}}})
		p.shows("K delete")
		p.press("d").wait(time.Second).shows("d does nothing here")
		p.press("K").wait(time.Second).shows("Delete 1 key?")
	})
}

func TestProductionHasEveryCountTyped(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{Site: Site{Place: Place{Name: "shop", Environment: config.Production}}})
		p.shows("PRODUCTION", "shop · localhost:6379")
		p.press("d").wait(time.Second).shows("Delete 1 key?", "Type 1 to confirm")
		p.press("y", "enter").wait(time.Second)
		if len(f.sent) > 0 {
			t.Fatal(f.sent)
		}
		p.press("backspace").typed("1").press("enter").wait(time.Second).shows("deleted 1 key")
		p.press("e").enters("5m").wait(time.Second).shows("Type 1 to confirm")
	})
}

func TestOtherDelimiters(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake().str("a/b/1", "x", 0).str("a/b/2", "x", 0).str("c:1", "x", 0).str("c:2", "x", 0)
		p := play(t, f, 120, 40, Options{Site: Site{Delims: ":/"}})
		p.shows("a/b/", "c:", "2 keys")
	})
}

// TestKeysAgreeEverywhere gives every action a key that nothing else has, and
// looks for it wherever keys are shown: in the footers, the keys of a pane, the
// page of all keys and the palette.
func TestKeysAgreeEverywhere(t *testing.T) {
	playing(t, func(t *testing.T) {
		plain := newKeyMap()
		keys, now := map[string][]string{}, map[string]string{}
		for i, a := range plain.all() {
			key := fmt.Sprintf("f%d", 101+i)
			if len(a.Keys()) == 0 {
				continue // only ever found in the palette, by what is typed
			}
			keys[a.ID], now[a.ID] = []string{key}, key
		}
		p := play(t, guideKeys(), 200, 50, Options{Keys: keys})
		now["quit-now"], now["find-call"] = plain.Interrupt.Help().Key, plain.FindCall.Help().Key
		text := func(lines []string) string { return ansi.Strip(strings.Join(lines, "\n")) }
		hasAll := func(where, text string, actions []action) {
			t.Helper()
			for _, a := range actions {
				if key := now[a.ID]; !strings.Contains(text, key) {
					t.Errorf("%s has no %s for %s:\n%s", where, key, a.ID, text)
				}
			}
		}
		th, k := p.m.th, p.m.keys
		hasAll("the footer of the keys", ansi.Strip(hints(th, k.keysHints(), 1000)), plain.keysHints())
		hasAll("the footer of the value", ansi.Strip(hints(th, k.valueHints(), 1000)), plain.valueHints())
		for _, at := range []page{serverPage, activityPage} {
			hasAll("the footer of a page", ansi.Strip(hints(th, k.pageHints(at), 1000)), plain.pageHints(at))
		}
		var everywhere []action
		for _, g := range plain.groups() {
			everywhere = append(everywhere, g.Actions...)
		}
		hasAll("the page of all keys", text(helpLines(th, k.groups(), 100)), everywhere)
		for _, f := range []focus{onKeys, onValue} {
			p.m.focus = f
			_, lines, _ := newWhichKey(p.m).box(p.m, 200, 200)
			on := map[focus]scope{onKeys: inKeys, onValue: inValue}[f]
			for _, g := range plain.groups() {
				if g.On == anywhere || g.On == on {
					hasAll("the keys of a pane", text(lines), slices.DeleteFunc(slices.Clone(g.Actions), func(a action) bool { return len(a.Keys()) == 0 }))
				}
			}
		}
		for _, row := range newPalette(p.m).rows {
			if row.Right != now[row.Also] {
				t.Errorf("the palette has %q for %s, which is on %q", row.Right, row.Also, now[row.Also])
			}
		}
	})
}
