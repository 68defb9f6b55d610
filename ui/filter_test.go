package ui

import (
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// middleKeys has keys that people know by a word from their middle.
func middleKeys() *fake {
	return newFake().
		str("flask_cache_homepage", "1", 0).
		str("flask_cache_homepage:de", "2", 0).
		str("flask_cache_square:4", "16", 0).
		str("home", "3", 0).
		str("page:1", "4", 0).
		str("page:2", "5", 0)
}

func sentBy(p *player, f *fake, keys ...string) []string {
	f.sent = nil
	p.press(keys...).wait(time.Second)
	slices.Sort(f.sent)
	return f.sent
}

func TestFilterFindsWordsFromTheMiddle(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := middleKeys()
		p := play(t, f, 80, 24, Options{})
		p.press("/").typed("homepage")
		p.shows("contains homepage", "2 of 6", "contains › homepage", "no key starts with it").hides("page:1")
		p.press("enter").shows("Keys · contains homepage", "no key starts with it")
		p.press("D").wait(time.Second)
		p.shows("Delete 2 keys?", "2 keys that contain ‘homepage’", "flask_cache_homepage:de")
		if got := sentBy(p, f, "y"); !slices.Equal(got, []string{"UNLINK flask_cache_homepage", "UNLINK flask_cache_homepage:de"}) {
			t.Errorf("D deleted %q", got)
		}
		p.shows("Keys · contains homepage", "No key matches")
	})
}

func TestFilterIsAPrefixWhereSomethingStartsWithIt(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := middleKeys()
		p := play(t, f, 80, 24, Options{})
		p.press("/").typed("page")
		p.shows("prefix page", "2 of 6", "2 more contain it: ctrl+g").hides("homepage")
		p.press("enter", "D").wait(time.Second)
		p.shows("2 keys that start with ‘page’")
		if got := sentBy(p, f, "y"); !slices.Equal(got, []string{"UNLINK page:1", "UNLINK page:2"}) {
			t.Errorf("D deleted %q", got)
		}
		// The list does not turn into another now that nothing starts with it.
		p.shows("Keys · prefix page", "No key matches").hides("homepage")
		p.press("D").wait(time.Second).shows("no key matches")
		p.press("ctrl+g").shows("contains page", "flask_cache_homepage")
	})
}

// TestDeleteOfAPrefixTakesWhatTheFilterShowsOfIt stands on a node of the tree
// of which the filter hides a part.
func TestDeleteOfAPrefixTakesWhatTheFilterShowsOfIt(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake().str("shop:red:1", "1", 0).str("shop:red:2", "2", 0).str("shop:blue:1", "3", 0).str("other:red", "4", 0)
		p := play(t, f, 100, 30, Options{})
		p.press("/").typed("red").press("enter", "g").shows("contains red", "shop:red:").hides("blue")
		p.press("d").wait(time.Second).shows("Delete 1 key?", "other:red").press("esc", "j")
		p.press("d").wait(time.Second).shows("Delete 2 keys?", "shop:red:2").hides("blue")
		if got := sentBy(p, f, "y"); !slices.Equal(got, []string{"UNLINK shop:red:1", "UNLINK shop:red:2"}) {
			t.Errorf("d deleted %q", got)
		}
	})
}

func TestFilterThatWasChosenIsNoOther(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, middleKeys(), 80, 24, Options{Site: Site{Prefix: "homepage"}})
		p.shows("prefix homepage", "No key matches", "None of 6 keys starts with ‘homepage’.")
		p.press("/").typed("homepage").shows("contains homepage", "2 of 6")
		for range 4 { // round to the prefix, by hand this time
			p.press("ctrl+g")
		}
		p.shows("prefix homepage", "0 of 6", "None of 6 keys starts with ‘homepage’.")
		p.press("esc").shows("Keys · prefix homepage", "0 of 6")
		p.press("/").typed("nowhere").shows("None of 6 keys starts with or contains ‘nowhere’.")
	})
}

// TestFilterWhileKeysAreListed has the one key that starts with the text come
// last.
func TestFilterWhileKeysAreListed(t *testing.T) {
	late := func(t *testing.T) *player {
		f := newFake().str("a:word", "1", 0).str("b:word", "1", 0).str("c", "1", 0).str("word:1", "1", 0)
		f.page, f.pace = 1, time.Second
		p := play(t, f, 80, 24, Options{})
		p.wait(2 * time.Second)
		return p.press("/").typed("word").shows("contains word", "a:word", "no key starts with it").hides("word:1")
	}
	playing(t, func(t *testing.T) {
		// What is being typed follows the listing, and says so.
		p := late(t).wait(5 * time.Second)
		p.shows("prefix word", "word:1", "1 of 4", "2 more contain it").hides("a:word")
	})
	playing(t, func(t *testing.T) {
		// What somebody works on stays what it is called.
		p := late(t).press("enter").wait(5 * time.Second)
		p.shows("contains word", "a:word", "b:word", "word:1", "3 of 4")
	})
	playing(t, func(t *testing.T) {
		p := late(t).press("down").wait(5 * time.Second)
		p.shows("contains word", "a:word", "word:1", "3 of 4")
	})
}

func TestDeleteWaitsForTheFilter(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := middleKeys()
		p := play(t, f, 80, 24, Options{})
		p.press("/").typed("page").press("enter")
		// All at once: the list still has what was asked for before.
		for _, k := range []string{"/", "s", "q", "enter", "D"} {
			p.send(keyMsg(k))
		}
		if p.m.dialog != nil {
			t.Fatal("D plans what the title does not name")
		}
		p.wait(2*time.Second).shows("1 key that contains ‘sq’", "flask_cache_square:4")
	})
}

func TestFilterLineIsReplacedAndRecalled(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, middleKeys(), 80, 24, Options{})
		p.press("/").typed("page").press("enter")
		p.press("/").typed("home").press("enter").shows("prefix home ")
		p.press("/", "end").typed("p").shows("contains homep").press("esc").shows("prefix home ")
		p.press("/", "backspace").hides("Keys · ").press("esc")
		p.press("/", "up").shows("prefix › page").press("down").shows("prefix › home").press("esc")
		p.press("/", "ctrl+r").shows("prefix › page").press("esc").shows("prefix home ")
		// Once something is typed, the arrows are the list's.
		p.press("/").typed("page").press("up", "down").shows("prefix › page", "▌")
		p.press("esc", "/")
		p.send(tea.PasteMsg{Content: "square"})
		p.wait(time.Second).shows("contains square")
	})
}
