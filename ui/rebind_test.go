package ui

import (
	"strings"
	"testing"
	"time"

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
		{"a free key", map[string][]string{"delete": {"X"}}, ""},
		{"two actions changed over", map[string][]string{"delete": {"t"}, "tree": {"d"}}, ""},
		{"the same key in another place", map[string][]string{"wrap": {"s"}}, ""},
		{"a taken key", map[string][]string{"delete": {"q"}}, `the key "q" is both for "delete" and for "quit"`},
		{"no such action", map[string][]string{"remove": {"X"}}, `there is no action "remove"`},
		{"no key", map[string][]string{"delete": {}}, `the action "delete" needs a key`},
	} {
		err := CheckKeys(tt.keys)
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
		p := play(t, guideKeys(), 120, 40, Options{Keys: map[string][]string{"delete": {"X"}}})
		p.shows("X delete")
		p.press("d").wait(time.Second).shows("d does nothing here")
		p.press("X").wait(time.Second).shows("Delete 1 key?")
	})
}

func TestProductionHasEveryCountTyped(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{Site: Site{Place: Place{Name: "shop", Environment: config.Production}}})
		p.shows("PRODUCTION", "shop · localhost:6379")
		p.press("d").wait(time.Second).shows("Delete 1 key?", "Type 1 and press enter")
		p.press("y", "enter").wait(time.Second)
		if len(f.sent) > 0 {
			t.Fatal(f.sent)
		}
		p.press("backspace").typed("1").press("enter").wait(time.Second).shows("deleted 1 key")
		p.press("e").typed("5m").press("enter").wait(time.Second).shows("Type 1 and press enter")
	})
}

func TestOtherDelimiters(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake().str("a/b/1", "x", 0).str("a/b/2", "x", 0).str("c:1", "x", 0).str("c:2", "x", 0)
		p := play(t, f, 120, 40, Options{Site: Site{Delims: ":/"}})
		p.shows("a/b/", "c:", "2 keys")
	})
}
