package ui

import (
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestPaletteRuns(t *testing.T) {
	tests := []struct{ name, typed, want string }{
		{"an action by its name", "delete matches", "nothing is filtered"},
		{"an action by a part of its name", "dm", "nothing is filtered"},
		{"an action by a word of its sentence", "database", "Clear"},
		{"an action by its key", "C", "Clear"},
		{"an action of the value", "view as", "shown raw"},
		{"a call", `app.square(4, unit="cm")`, "functions are known once all keys"},
		{"a page", "/page?x=1", "functions are known once all keys"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			playing(t, func(t *testing.T) {
				p := play(t, guideKeys(), 120, 40, Options{})
				p.press(":").typed(tt.typed).press("enter").shows(tt.want).hides("Actions")
			})
		})
	}
}

func TestPaletteByMouse(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		p.press(":").typed("explain")
		x, y := find(t, p.screen(), "explain this key")
		p.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		p.wait(shownAfter).shows("What is this key?")
	})
}

// find is the cell in which a text begins on the screen.
func find(t *testing.T, screen, text string) (x, y int) {
	t.Helper()
	for y, line := range strings.Split(screen, "\n") {
		if before, _, ok := strings.Cut(line, text); ok {
			return len([]rune(before)), y
		}
	}
	t.Fatalf("the screen does not show %q:\n%s", text, screen)
	return 0, 0
}

func TestPaletteSaysWhenNothingMatches(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 80, 24, Options{})
		p.press(":").typed("zzz").shows("no action is called that").press("enter").shows("Actions").press("esc").hides("Actions")
	})
}

// TestActionIDs holds what the configuration relies on: every action of the key
// map has a name of its own and is on the help page.
func TestActionIDs(t *testing.T) {
	t.Parallel()
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	seen := map[string]string{}
	for _, g := range newKeyMap().groups() {
		for _, a := range g.Actions {
			if !kebab.MatchString(a.ID) {
				t.Errorf("%q is no ID in kebab-case", a.ID)
			}
			if seen[a.ID] != "" {
				t.Errorf("%q is the ID of %q and of %q", a.ID, a.Long, seen[a.ID])
			}
			seen[a.ID] = a.Long
		}
	}
}
