package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/theme"
)

// showcase is a server with a value of every shape.
func showcase() *fake {
	f := newFake()
	f.str("a:page", "<!DOCTYPE html>\n<html lang=\"de\">\n  <!-- cached -->\n  <body class='x'>caf&eacute; &amp; 日本語 👩‍👩‍👧</body>\n</html>\n", 4*time.Minute)
	f.str("a:query", "SELECT id, name FROM users -- all\nWHERE id IN (1, 2) AND name = 'O''Hara'\n", 8*time.Second)
	f.str("b:rows", `[{"id":1,"name":"Ada","ok":true},{"id":2,"name":"Grace Hopper","ok":false},{"id":30,"name":"日本","ok":null}]`, 50*time.Second)
	f.str("b:tree", `{"user":{"name":"Ada","tags":["x",{"deep":{"er":1}}]},"n":-1.5e3}`, 0)
	f.put("c:scores", inspect.ValueWindow{Type: keyspace.ZSet, Total: 3, Rows: []inspect.Member{
		{Value: []byte("ada"), Score: 1200.5}, {Value: []byte("grace"), Score: 7}, {Value: []byte("\x1b[31mred"), Score: -3},
	}}, time.Hour)
	f.put("c:stream", inspect.ValueWindow{Type: keyspace.Stream, Total: 2, Rows: []inspect.Member{
		{Field: []byte("1-0"), Pairs: [][]byte{[]byte("event"), []byte("login"), []byte("user"), []byte("ada")}},
		{Field: []byte("2-0"), Pairs: [][]byte{[]byte("event"), []byte("logout"), []byte("user"), []byte("grace hopper of Arlington, Virginia, by the sea")}},
	}}, 0)
	f.put("c:user", inspect.ValueWindow{Type: keyspace.Hash, Total: 2, Rows: []inspect.Member{
		{Field: []byte("name"), Value: []byte("ada")}, {Field: []byte("favourite colour"), Value: []byte("mauve")},
	}}, 0)
	return f
}

// TestMonoHasNoColour looks at every frame of the mono theme for anything but
// bold, faint, underline and reverse.
func TestMonoHasNoColour(t *testing.T) {
	for _, opt := range []Options{{Site: Site{Theme: theme.Mono}}, {Mono: true}} {
		playing(t, func(t *testing.T) {
			p := play(t, showcase(), 120, 40, opt)
			for _, k := range []string{"j", "j", "space", "j", "enter", "v", "esc", "?", "esc", ":", "esc", "d"} {
				p.press(k)
				for _, seq := range strings.Split(p.m.View().Content, "\x1b[")[1:] {
					codes, _, _ := strings.Cut(seq, "m")
					for _, c := range strings.Split(codes, ";") {
						if len(c) > 1 {
							t.Fatalf("after %s: a colour in the mono theme: %q", k, codes)
						}
					}
				}
			}
		})
	}
}

func TestTableTurnsIntoATree(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, showcase(), 120, 40, Options{})
		p.press("/").typed("b:rows").press("enter", "enter").shows("#  id  name")
		p.press("v").shows("shown as a tree", "map · 3 entries").hides("#  id")
		p.press("v").shows("shown raw").press("v", "v").shows("#  id  name")
		p.press("/").typed("grace").press("enter").shows("match 1 of 1")
	})
}

func TestWhichKeyRuns(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 80, 24, Options{})
		p.press("?").shows("Keys of the list").press("q").hides("Keys of the list")
		p.press("?", "t").hides("Keys of the list", "▾").press("?", "?").shows("Help")
	})
}

func TestMouse(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		edge := p.m.lay.Value.X
		p.send(tea.MouseClickMsg{X: edge, Y: 5, Button: tea.MouseLeft})
		p.send(tea.MouseMotionMsg{X: 70, Y: 5, Button: tea.MouseLeft})
		p.send(tea.MouseReleaseMsg{X: 70, Y: 5, Button: tea.MouseLeft})
		if got := p.m.lay.Value.X; got < 69 || got > 71 {
			t.Fatalf("the edge was dragged to 70 and is at %d", got)
		}
		p.send(tea.MouseMotionMsg{X: 20, Y: 5, Button: tea.MouseLeft})
		if got := p.m.lay.Value.X; got < 69 {
			t.Fatalf("the edge follows the mouse after it was let go, to %d", got)
		}
		_, y := find(t, p.screen(), "homepage")
		for range 2 {
			p.send(tea.MouseClickMsg{X: 5, Y: y, Button: tea.MouseLeft})
		}
		if p.m.focus != onValue {
			t.Fatal("a double click does not open the value")
		}
	})
}
