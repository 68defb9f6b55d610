package decode_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"cacheview/decode"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"ascii", "plain text", "plain text"},
		{"letters and emoji", "Lampe à poser 灯 🙂", "Lampe à poser 灯 🙂"},
		{"colour", "\x1b[31mred", `\x1b[31mred`},
		{"line breaks", "a\r\n\tb", `a\r\n\tb`},
		{"nul and del", "\x00\x7f", `\x00\x7f`},
		{"c1 as utf-8", "\u009b31m", `\u009b31m`},
		{"c1 as a byte", "\x9b31m", `\x9b31m`},
		{"bidi override", "a\u202eb\u2066", `a\u202eb\u2066`},
		{"zero width", "a\u200bb\ufeff", `a\u200bb\ufeff`},
		{"no-break space", "a\u00a0b", `a\u00a0b`},
		{"line separator", "a\u2028b", `a\u2028b`},
		{"variation selector", "a\ufe0f", `a\ufe0f`},
		{"tag characters", "a\U000e0041", `a\U000e0041`},
		{"hangul filler", "\u3164", `\u3164`},
		{"accent kept", "e\u0301", "e\u0301"},
		{"accent without base", "\u0301", `\u0301`},
		{"flood", "a" + strings.Repeat("\u0301", 6), "a" + strings.Repeat("\u0301", 4) + `\u0301\u0301`},
		{"invalid utf-8", "caf\xe9", `caf\xe9`},
		{"backslash", `C:\temp`, `C:\temp`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := decode.Printable(tt.in); got != tt.want {
				t.Errorf("Printable = %q, want %q", got, tt.want)
			}
			if got := decode.PrintableBytes([]byte(tt.in)); got != tt.want {
				t.Errorf("PrintableBytes = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPrintableAllocatesNothingForASCII(t *testing.T) {
	s := strings.Repeat("flask_cache_memoize:square:", 10)
	if n := testing.AllocsPerRun(100, func() { decode.Printable(s) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// TestPrintableAgreesWithUnicode asks every rune: what is kept must be
// printable, and what has no reason to be escaped must be kept.
func TestPrintableAgreesWithUnicode(t *testing.T) {
	t.Parallel()
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if r == 0xd800 {
			r = 0xe000 // no surrogates in strings
		}
		in := "a" + string(r)
		kept := decode.Printable(in) == in
		switch {
		case kept && !unicode.IsPrint(r):
			t.Errorf("%U is kept", r)
		case !kept && unicode.In(r, unicode.Ll, unicode.Lu, unicode.Nd, unicode.Sm, unicode.Sc):
			t.Errorf("%U is escaped", r)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("plain")
	f.Add("\x1b]0;title\x07\u202e\u0301\xff")
	f.Fuzz(func(t *testing.T, s string) {
		p := decode.Printable(s)
		requirePrintable(t, p)
		if again := decode.Printable(p); again != p {
			t.Errorf("printable text changed: %q, then %q", p, again)
		}
	})
}

// requirePrintable fails when s holds anything that a terminal acts on.
func requirePrintable(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%q is not UTF-8", s)
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			t.Errorf("%q has %U", s, r)
		}
	}
}

func TestHexdump(t *testing.T) {
	t.Parallel()
	raw := []byte("0123456789abcdef\x1b[m")
	want := []string{
		"00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|",
		"00000010  1b 5b 6d                                          |.[m|",
	}
	got := decode.Hexdump(raw, 0, 10)
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("dump\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := decode.Hexdump(raw, 17, 1); len(got) != 1 || got[0] != want[1] {
		t.Errorf("from 17: %q", got)
	}
	if got := decode.Hexdump(raw, 32, 1); got != nil {
		t.Errorf("past the end: %q", got)
	}
}
