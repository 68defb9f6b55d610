package keyspace

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

func TestBadRegexp(t *testing.T) {
	t.Parallel()
	_, err := Build(t.Context(), New(0).Snapshot(), RowSpec{Query: Query{Mode: Regexp, Text: "a("}}, nil)
	if _, ok := errors.AsType[*syntax.Error](err); !ok {
		t.Errorf("got %v, want a syntax error", err)
	}
	if _, err := (Query{Mode: Regexp + 1, Text: "a"}).Compile(); err == nil {
		t.Error("a mode that does not exist compiles")
	}
}

func TestRequiredLiteral(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`^user:\d+:profile$`: ":profile",
		`(?i)user`:           "",
		`a|b`:                "",
		`(abc)+d`:            "abc",
		`(abc)?d`:            "d",
		`(abc){2}`:           "abc",
		`(abc){0,2}de`:       "de",
		`x*`:                 "",
		"\uFFFD":             "",
	} {
		m, err := Query{Mode: Regexp, Text: text}.Compile()
		if err != nil {
			t.Fatal(err)
		}
		if string(m.need) != want {
			t.Errorf("%s needs %q, want %q", text, m.need, want)
		}
	}
}

func TestNarrows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		old, new Query
		want     bool
	}{
		{"everything", Query{}, Query{Glob, "a*", Hash, true}, true},
		{"longer prefix", Query{Mode: Prefix, Text: "a"}, Query{Mode: Prefix, Text: "ab"}, true},
		{"other prefix", Query{Mode: Prefix, Text: "b"}, Query{Mode: Prefix, Text: "ab"}, false},
		{"substring grows in front", Query{Mode: Substring, Text: "b"}, Query{Mode: Substring, Text: "ab"}, true},
		{"prefix after substring", Query{Mode: Substring, Text: "b"}, Query{Mode: Prefix, Text: "ab"}, true},
		{"substring after prefix", Query{Mode: Prefix, Text: "a"}, Query{Mode: Substring, Text: "ab"}, false},
		{"fuzzy grows", Query{Mode: Fuzzy, Text: "ab"}, Query{Mode: Fuzzy, Text: "abC"}, true},
		{"glob grows", Query{Mode: Glob, Text: "a*"}, Query{Mode: Glob, Text: "a*b"}, false},
		{"the same regexp and a type", Query{Mode: Regexp, Text: "a"}, Query{Regexp, "a", List, false}, true},
		{"another type", Query{Type: List}, Query{Type: Set}, false},
		{"no longer without expiry", Query{NoTTL: true}, Query{}, false},
	} {
		if got := c.new.narrows(c.old); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestUnknownMetadataIsCounted(t *testing.T) {
	t.Parallel()
	x := New(0)
	x.AddStrings([]string{"a", "b", "c", "d"})
	x.SetMeta(0, Meta{Type: Hash, Size: -1, Expiry: NoExpiry})
	x.SetMeta(1, Meta{Type: Hash, Size: 4, Expiry: UnknownExpiry})
	x.SetMeta(2, Meta{Type: Set, Size: 4, Expiry: UnknownExpiry})
	for _, c := range []struct {
		name             string
		spec             RowSpec
		matches, unknown int
	}{
		{"by name", RowSpec{Order: ByName}, 4, 0},
		{"of a type", RowSpec{Query: Query{Type: Hash}}, 2, 1},
		{"without expiry", RowSpec{Query: Query{NoTTL: true}}, 1, 3},
		{"a type without expiry", RowSpec{Query: Query{Type: Hash, NoTTL: true}}, 1, 2},
		{"by TTL", RowSpec{Order: ByTTL}, 4, 3},
		{"by size", RowSpec{Order: BySize}, 4, 2},
		{"fuzzy of a type", RowSpec{Query: Query{Fuzzy, "d", Hash, false}}, 0, 1},
	} {
		all := mustBuild(t, x, RowSpec{}, nil)
		for _, prev := range []*Rows{nil, all} {
			r := mustBuild(t, x, c.spec, prev)
			if r.MatchCount() != c.matches || r.Unknown() != c.unknown {
				t.Errorf("%s: %d matches, %d unknown, want %d and %d", c.name, r.MatchCount(), r.Unknown(), c.matches, c.unknown)
			}
		}
	}
}

func mustBuild(t *testing.T, x *Index, spec RowSpec, prev *Rows) *Rows {
	t.Helper()
	r, err := Build(t.Context(), x.Snapshot(), spec, prev)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFuzzyRanksTheBetterMatchFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []string
	}{
		{"page", []string{"page", "page:1", "a:page:long", "homepage", "pXaXgXe"}},
		{"up", []string{"user:profile", "usrpro", "superb"}},
		{"fcm", []string{"flask_cache_memoize", "facxm"}},
		{"gu", []string{"getUser", "figure"}},
	} {
		x := New(0)
		names := slices.Clone(c.want)
		slices.Reverse(names)
		x.AddStrings(append(names, "zzz"))
		got := describe(mustBuild(t, x, RowSpec{Query: Query{Mode: Fuzzy, Text: c.text}}, nil))
		if c.text == "up" || c.text == "gu" {
			got, c.want = got[:1], c.want[:1]
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.text, got, c.want)
		}
	}
}

// TestFuzzyAlignment compares scores with the best of all alignments.
func TestFuzzyAlignment(t *testing.T) {
	t.Parallel()
	w := walker{rand.New(rand.NewPCG(5, 5))}
	var a aligner
	for range 20_000 {
		text, name := "b"+w.text("ab", 3), []byte(w.text("abB:1", 9))
		f := newFuzzy(text)
		want, ok := f.score(name, &a)
		if ok != isSubsequence(text, strings.ToLower(string(name))) || ok != f.match(name) {
			t.Fatalf("%q in %q: %v", text, name, ok)
		}
		if !ok {
			continue
		}
		ranges, count := f.ranges(name), 0
		for _, r := range ranges {
			count += r[1] - r[0]
		}
		if count != len(text) || want < scoreMatch {
			t.Fatalf("%q in %q: ranges %v, score %d", text, name, ranges, want)
		}
	}
}

func isSubsequence(part, whole string) bool {
	for i := range len(whole) {
		if part != "" && part[0] == whole[i] {
			part = part[1:]
		}
	}
	return part == ""
}

func TestFuzzyOnLongNames(t *testing.T) {
	t.Parallel()
	name := []byte("user" + strings.Repeat("-", 1<<17) + "Profile")
	q := Query{Mode: Fuzzy, Text: "up"}
	if got := q.Ranges(name); len(got) != 2 || got[0] != [2]int{0, 1} {
		t.Errorf("got %v", got)
	}
}

func TestFuzzyNarrowingGivesTheSameRanks(t *testing.T) {
	t.Parallel()
	x := New(0)
	w := walker{rand.New(rand.NewPCG(2, 9))}
	for i := range 30_000 {
		x.AddStrings([]string{w.name() + fmt.Sprint(i)})
	}
	wide := mustBuild(t, x, RowSpec{Query: Query{Mode: Fuzzy, Text: "a9"}}, nil)
	x.AddStrings([]string{"a:99", "another:99"})
	spec := RowSpec{Query: Query{Mode: Fuzzy, Text: "a99"}}
	narrow, whole := mustBuild(t, x, spec, wide), mustBuild(t, x, spec, nil)
	if got, want := describe(narrow), describe(whole); !slices.Equal(got, want) {
		t.Errorf("%d rows, want %d; first %q, want %q", len(got), len(want), got[:1], want[:1])
	}
}
