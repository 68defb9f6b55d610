package ui

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
)

func TestBreakText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		w          int
		want       []string
	}{
		{"empty", "", 10, []string{""}},
		{"fits", "hello", 5, []string{"hello"}},
		{"at newlines", "a\nb\r\n\nc", 5, []string{"a", "b", "", "c"}},
		{"at spaces", "the quick brown fox", 10, []string{"the quick ", "brown fox"}},
		{"a word too long", "abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"wide runes", "日本語テキスト", 6, []string{"日本語", "テキス", "ト"}},
		{"emoji", "aaa🎉bb", 4, []string{"aaa", "🎉bb"}},
		{"an accent stays on its letter", "abce\u0301f", 4, []string{"abce\u0301", "f"}},
		{"what an escape takes is counted", "a\x1bb", 5, []string{"a\x1b", "b"}},
		{"one column", "日a", 1, []string{"日", "a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, r := range breakText(ansi.GraphemeWidth, c.text, c.w) {
				got = append(got, r.of(c.text))
			}
			if !slices.Equal(got, c.want) {
				t.Fatalf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzBreakText(f *testing.F) {
	f.Add("hello wörld 日本語 e\u0301 \x1b[31m\xff", 7)
	f.Fuzz(func(t *testing.T, text string, w int) {
		w = 1 + (w&0x7fff)%60
		var all strings.Builder
		for _, r := range breakText(ansi.GraphemeWidth, text, w) {
			line := r.of(text)
			all.WriteString(line)
			// A single character may be wider than a very narrow row.
			if n := ansi.StringWidth(decode.Printable(line)); n > w && w >= 12 {
				t.Fatalf("row %q takes %d cells of %d", line, n, w)
			}
		}
		strip := strings.NewReplacer("\r\n", "", "\n", "", "\r", "")
		if strip.Replace(all.String()) != strip.Replace(text) {
			t.Fatalf("%q lost text: %q", text, all.String())
		}
	})
}
