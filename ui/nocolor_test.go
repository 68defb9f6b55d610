package ui

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"cacheview/inspect"
)

// TestNothingIsSaidToBeNothing shows words where a blank pane would look broken.
func TestNothingIsSaidToBeNothing(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, newFake().str("none", "", 0), 120, 40, Options{})
		p.shows("(empty)")
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

// TestBarOfALifeIsNoShorterThanWhatIsLeft says of both in the same seconds.
func TestBarOfALifeIsNoShorterThanWhatIsLeft(t *testing.T) {
	playing(t, func(t *testing.T) {
		play(t, newFake().str("k", "v", 46400*time.Millisecond), 120, 40, Options{}).shows("expires in 47s ", "━ 47s")
	})
}

// TestDeleteNamesTheCall whose result dies, and a key that is named already
// once only.
func TestDeleteNamesTheCall(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		p.m.list.flask = new(inspect.FlaskIndex)
		p.press("/").typed("square").press("enter").wait(time.Second).press("j", "j", "d").wait(time.Second)
		p.shows("Delete 1 key?", "square(5)  flask_cache_memoize:square:5")
	})
}

// TestFilterOfLastTimeIsTold because a list that lacks keys looks like a loss.
func TestFilterOfLastTimeIsTold(t *testing.T) {
	playing(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "screens.json")
		p := play(t, guideKeys(), 120, 40, Options{StateFile: path})
		p.press("/").typed("page").press("enter")
		if err := p.m.memory().save(path, p.m.server); err != nil {
			t.Fatal(err)
		}
		p = play(t, guideKeys(), 120, 40, Options{StateFile: path})
		p.shows("Filter from last time: esc clears it").press("esc").shows("homepage").hides("last time")
	})
}

// TestJSONInATextIsATree and the text when asked for; what is copied is the text.
func TestJSONInATextIsATree(t *testing.T) {
	const doc = `{"q": "shoes", "hits": [1, null], "ok": true}`
	playing(t, func(t *testing.T) {
		f := newFake().str("page", "!\x80\x04\x8c"+string(rune(len(doc)))+doc+".", 0)
		p := play(t, f, 120, 40, Options{})
		p.shows("Flask-Caching › pickle 4 › str › JSON", "▾ hits  list · 2 items", "1  null", "ok  true")
		p.press("enter", "v").shows("shown as text", doc)
		p.press("v").shows("shown raw")
		p.press("v", "v", "v").shows("▾ hits")
		p.press("Z").hides("1  null").press("/").typed("shoes").press("enter").shows("match 1 of 1")
		if got := copyText(p.m.value.content.Root); got != doc {
			t.Errorf("a copy is %q", got)
		}
	})
	playing(t, func(t *testing.T) {
		f := newFake().str("text", "!\x80\x04\x8c\x05[1,2.", 0)
		play(t, f, 120, 40, Options{}).shows("[1,2").hides("list · 2 items")
	})
}

// TestTooSmallSaysWhatIsNeeded in as many lines as it takes.
func TestTooSmallSaysWhatIsNeeded(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 20, 8, Options{})
		p.shows("20 by 8 is too\nsmall: cacheview\nneeds 40 by 10\n")
		p.size(80, 24).shows("homepage")
	})
}

// TestClickTakesAMessageAway as a key does.
func TestClickTakesAMessageAway(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		p.press("A").shows("no key is marked")
		p.send(tea.MouseClickMsg{X: 10, Y: 4, Button: tea.MouseLeft})
		p.hides("no key is marked").shows("? help")
	})
}

// lookOnly is a server of a session that may not change anything.
type lookOnly struct{ *fake }

func (lookOnly) ReadOnly() bool { return true }

// TestLastLineOffersWhatWorks and not what a value has not, or a session may not.
func TestLastLineOffersWhatWorks(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, showcase(), 140, 40, Options{})
		if s := p.lastLine(); !strings.Contains(s, "d delete") || !strings.Contains(s, "u undo") {
			t.Error(s)
		}
		open("a:page")(p)
		if s := p.lastLine(); strings.Contains(s, "fold") || !strings.Contains(s, "w wrap") {
			t.Errorf("of a text: %s", s)
		}
		p.press("esc")
		open("b:tree")(p)
		if s := p.lastLine(); !strings.Contains(s, "z fold") || strings.Contains(s, "w wrap") {
			t.Errorf("of a tree: %s", s)
		}
	})
	playing(t, func(t *testing.T) {
		f := showcase()
		p := &player{t: t, fake: f, msgs: make(chan tea.Msg, 1000)}
		p.m = newModel(t.Context(), Options{Site: Site{Open: func(context.Context, int) (Backend, error) { return lookOnly{f}, nil }}})
		p.run(p.m.Init())
		p.size(140, 40).wait(time.Second).shows("read-only")
		for _, no := range []string{"delete", "clear", "undo", "TTL"} {
			if s := p.lastLine(); strings.Contains(s, no) {
				t.Errorf("%s is offered: %s", no, s)
			}
		}
	})
}

// TestALonePrefixIsOpen because a filter that shows one folded row shows nothing
// of what it found. What the user folds stays folded.
func TestALonePrefixIsOpen(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake()
		for i := range 900 {
			f.str(fmt.Sprintf("shop:cart:%03d", i), "x", time.Hour)
		}
		p := play(t, f, 120, 40, Options{})
		p.wait(time.Second).shows("▾ shop:cart:", "▌   000")
	})
	playing(t, func(t *testing.T) {
		f := many()
		for i := range 900 {
			f.str(fmt.Sprintf("shop:cart:%03d", i), "x", time.Hour)
		}
		p := play(t, f, 120, 40, Options{})
		p.wait(time.Second).shows("▸ item:", "▸ shop:cart:")
		p.press("/").typed("shop").press("enter").wait(time.Second).shows("▾ shop:cart:", "000")
		p.press("g", "h").shows("▸ shop:cart:").hides(" 000")
		p.press("esc").shows("▸ item:")
	})
}

// TestARenameToTheSameNameIsNone and says so.
func TestARenameToTheSameNameIsNone(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		p.press("R").wait(time.Second).press("enter").shows("nothing was renamed")
		if sent := p.fake.commands(); len(sent) > 0 {
			t.Error(sent)
		}
	})
}

// TestAKeyIsNamedOnceInADelete and leaves no gap where its name stood again.
func TestAKeyIsNamedOnceInADelete(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 80, 24, Options{})
		name := []byte("homepage")
		plan := &inspect.Plan{Description: `key "homepage"`, Keys: [][]byte{name}, Sample: [][]byte{name}, Bytes: 63, Server: p.m.server}
		_, lines, _ := newDeleteConfirm(plan, 1<<20, time.Now()).box(p.m, 60, 20)
		text := ansi.Strip(strings.Join(lines, "\n"))
		if strings.Count(text, "homepage") != 1 || strings.Contains(text, "\n\n\n") {
			t.Error(text)
		}
	})
}
