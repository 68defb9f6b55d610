package keyspace

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestGlob(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, pattern string
		yes, no       []string
	}{
		{"star alone matches even nothing", "*", []string{"", "a", "a:b\x00\xff"}, nil},
		{"stars do not match the empty name", "**", []string{"a", "ab"}, []string{""}},
		{"question mark", "h?llo", []string{"hello", "hallo", "h\xffllo"}, []string{"hllo", "heello", "hello "}},
		{"star in the middle", "h*llo", []string{"hllo", "heeeello", "hllollo"}, []string{"hell", "xhello"}},
		{"class", "h[ae]llo", []string{"hello", "hallo"}, []string{"hillo", "h[llo", "hllo"}},
		{"negated class", "h[^e]llo", []string{"hallo", "hbllo", "h^llo"}, []string{"hello", "hllo"}},
		{"range", "h[a-b]llo", []string{"hallo", "hbllo"}, []string{"hcllo", "h-llo"}},
		{"range written backwards", "h[b-a]llo", []string{"hallo", "hbllo"}, []string{"hcllo"}},
		{"range of signed bytes", "[\x80-\x01]", []string{"\x00", "\x01", "\x80", "\xff"}, []string{"\x02", "\x7f"}},
		{"range up to the bracket", "[a-]x]", []string{"a", "]", "^", "x"}, []string{"-", "b", "ax]"}},
		{"dash at the end of the pattern", "[a-", []string{"a", "-"}, []string{"b", ""}},
		{"escaped bracket in a class", `[\]]`, []string{"]"}, []string{`\`, `\]`}},
		{"escaped dash in a class", `[a\-z]`, []string{"a", "-", "z"}, []string{"b"}},
		{"backslash that ends a class", `[\`, []string{`\`}, []string{"["}},
		{"empty class", "[]a]", nil, []string{"a]", "]", "a", "]a]"}},
		{"negated empty class", "[^]", []string{"a", "]", "^"}, []string{"", "ab"}},
		{"unclosed class", "[ab", []string{"a", "b"}, []string{"c", "[ab", "ab"}},
		{"unclosed negated class", "x[^ab", []string{"xc"}, []string{"xa", "x"}},
		{"bracket that ends the pattern", "a[", nil, []string{"a", "a[", "ab"}},
		{"caret that ends the pattern", "a[^", []string{"ab", "a["}, []string{"a", "abc"}},
		{"escaped star", `a\*`, []string{"a*"}, []string{"ab", `a\*`, "a"}},
		{"escaped letter", `\a`, []string{"a"}, []string{`\a`}},
		{"backslash that ends the pattern", `a\`, []string{`a\`}, []string{"a"}},
		{"escaped backslash", `\\`, []string{`\`}, []string{`\\`}},
		{"prefix", "user:*", []string{"user:", "user:1"}, []string{"user", "xuser:1"}},
		{"suffix", "*:1", []string{":1", "a:1"}, []string{":12", "1"}},
		{"inside", "*er*", []string{"er", "user:1"}, []string{"e:r"}},
		{"ends", "a*b", []string{"ab", "a:b", "abab"}, []string{"a", "b", "aba"}},
		{"ends that may not overlap", "aba*ba", []string{"ababa", "abaxba"}, []string{"aba", "abba"}},
		{"several stars", "*a*b*c", []string{"abc", "xaxbxc", "cabcabc"}, []string{"acb", "abcx", ""}},
		{"class behind a star", "*[0-9][0-9]", []string{"12", "a123"}, []string{"1a2", "1"}},
		{"exact", "a:b", []string{"a:b"}, []string{"a:bc", "a:", ""}},
		{"NUL in the pattern", "a\x00*", []string{"a\x00b"}, []string{"a", "ab"}},
		{"many stars on a long name", "*a*a*a*a*a*a*a*a*b", nil, []string{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q := Query{Mode: Glob, Text: c.pattern}
			for _, name := range c.yes {
				if !q.Match([]byte(name)) {
					t.Errorf("%q does not match %q", c.pattern, name)
				}
			}
			for _, name := range c.no {
				if q.Match([]byte(name)) {
					t.Errorf("%q matches %q", c.pattern, name)
				}
			}
		})
	}
}

// TestGlobShortCuts compares the short cuts for simple patterns, and what the
// filter looks for before it matches, with the general way.
func TestGlobShortCuts(t *testing.T) {
	t.Parallel()
	w := walker{rand.New(rand.NewPCG(7, 7))}
	for range 50_000 {
		pattern, name := w.text(`ab*?[]^\-`, 7), []byte(w.text("ab-]", 6))
		if pattern == "" || len(name) == 0 {
			continue
		}
		q := Query{Mode: Glob, Text: pattern}
		m, err := q.Compile()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := m.Match(name), m.glob.run(name, nil); got != want {
			t.Fatalf("%q on %q: %v, want %v", pattern, name, got, want)
		}
		if m.Match(name) && (m.decided() || len(m.need) > 0) {
			lit := Query{Mode: Substring, Text: string(m.need)}
			if !lit.Match(name) {
				t.Fatalf("%q matches %q, which does not contain %q", pattern, name, m.need)
			}
		}
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode       MatchMode
		text, name string
		want       [][2]int
	}{
		{Prefix, "us", "user", [][2]int{{0, 2}}},
		{Prefix, "us", "bus", nil},
		{Prefix, "", "bus", nil},
		{Substring, "aa", "aaaaxaa", [][2]int{{0, 2}, {2, 4}, {5, 7}}},
		{Substring, "b", "aaa", nil},
		{Glob, "u*r:?b", "user:ab", [][2]int{{0, 1}, {3, 5}, {6, 7}}},
		{Glob, "*ab", "aab", [][2]int{{1, 3}}},
		{Glob, "*", "aab", nil},
		{Glob, "b*", "aab", nil},
		{Regexp, "[0-9]+", "a12b3", [][2]int{{1, 3}, {4, 5}}},
		{Regexp, "x*", "ab", nil},
		{Regexp, "(", "ab", nil},
		{Fuzzy, "up", "user:1:up:profile", [][2]int{{7, 9}}},
		{Fuzzy, "usrprof", "user:1:profile", [][2]int{{0, 2}, {3, 4}, {7, 11}}},
		{Fuzzy, "pro us", "user:1:profile", [][2]int{{0, 2}, {7, 10}}},
		{Fuzzy, "UP", "user:profile", nil},
		{Fuzzy, "up", "UserProfile", [][2]int{{0, 1}, {4, 5}}},
		{Fuzzy, "p", "apply:page", [][2]int{{6, 7}}},
	} {
		t.Run(fmt.Sprintf("%v %s in %s", c.mode, c.text, c.name), func(t *testing.T) {
			t.Parallel()
			q := Query{Mode: c.mode, Text: c.text}
			if got := q.Ranges([]byte(c.name)); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
