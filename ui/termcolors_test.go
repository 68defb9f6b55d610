package ui

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/dlclark/regexp2/v2"

	"cacheview/ui/syntax"
	"cacheview/ui/theme"
)

// TestMain has everybody live in the same time zone, and starts the clock of the library of regular expressions for as long
// as the tests run. It would otherwise be started by whoever needs it first,
// inside a bubble whose time is not that of the others, and time out at random.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	regexp2.SetTimeoutCheckPeriod(24 * time.Hour)
	clock := regexp2.MustCompile("x")
	clock.MatchTimeout = time.Second
	if _, err := clock.MatchString("x"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// TestColoursAreOfTheText says that colours change no byte of a text, and hide
// nothing of what it is.
func TestColoursAreOfTheText(t *testing.T) {
	t.Parallel()
	th := theme.New(theme.Dark, theme.Screen{})
	for _, text := range []string{
		"<a b='", "<!--", "<p><a<b>&;&amp&x;", "<?xml?>\n<r a=1/>", "{\"a\\", "[{\"a\":-1e5,\"b\":tru", "SELECT 1 'a",
		"<p>\x1b[31m\u202e</p>", "<p>e\u0301\u0301 日本語</p>", "{\"\u202e\":\"\x1b]0;x\x07\"}",
	} {
		b := &textBody{th: th, cells: ansi.GraphemeWidth, text: text, lang: syntax.LanguageOf(text), rows: breakText(ansi.GraphemeWidth, text, 30)}
		var plain []string
		for i := range b.Len() {
			plain = append(plain, b.Line(i, 30, false))
		}
		b.tokens = syntax.Tokens(t.Context(), b.lang, text, time.Minute)
		for i := range b.Len() {
			line := ansi.Strip(b.Line(i, 30, false))
			if line != ansi.Strip(plain[i]) || ansi.StringWidth(line) != 30 || strings.ContainsAny(line, "\x1b\u202e") {
				t.Errorf("%.40q: row %d is %q and in colours %q", text, i, plain[i], line)
			}
		}
	}
}

// TestColoursCome shows a text that is coloured, in every way of looking at it.
func TestColoursCome(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, showcase(), 120, 40, Options{Site: Site{Theme: theme.Dark}})
		word := p.m.th.Node.Plain.Paint("body")
		coloured := func(when string) {
			t.Helper()
			if !strings.Contains(p.m.View().Content, word) {
				t.Fatalf("%s: no colours", when)
			}
		}
		p.press("/").typed("a:page").press("enter", "enter")
		coloured("opened")
		p.press("w")
		coloured("not wrapped")
		p.press("<", "<", "#")
		coloured("without numbers, in another width")
		asked := p.m.inks.id
		p.press(">")
		if p.m.inks.id != asked {
			t.Error("another width looks for the colours again")
		}
	})
}
