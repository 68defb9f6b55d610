package decode_test

import (
	"bytes"
	"fmt"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"cacheview/decode"
)

// heads are what values of a format start with, for repetitions behind it: the
// first byte of a repetition rarely opens a format.
var heads = map[string][]string{
	"java-serialized": {
		"\xac\xed\x00\x05", "\xac\xed\x00\x05sr\x00\x01A\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01L\x00\x01f",
		"\xac\xed\x00\x05sr\x00\x01A\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00",
	},
	"ruby-marshal":  {"\x04\x08", "\x04\x08I", "\x04\x08I:", "\x04\x08o:"},
	"v8-serialize":  {"\xff\x0f", "\xff\x0fA\x01"},
	"igbinary":      {"\x00\x00\x00\x02", "\x00\x00\x00\x02\x14\x01"},
	"pickle":        {"", "\x80\x04", "\x80\x02"},
	"php-serialize": {"", "a:1:{i:0;", "O:1:\"A\":1:{i:0;"},
	"php-session":   {"x|"},
	"json":          {"", "[", "{\"a\":"},
	"rails-msgpack": {"\xcc\x80"},
	"cbor":          {"", "\xd9\xd9\xf7"},
}

// tokens are sequences that open something in one of the formats: what a
// reader calls itself for.
var tokens = []string{
	"y{", "{y", "r\x00\x01A\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00xp", "vr\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01L\x00\x00",
	"r\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01L\x00\x00", "}\x00\x00\x00\x00", "~r\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00",
	"I:\x00\x06", ":\x00\x06I", "e:\x06A", "U:\x06A", "C:\x06A", "[\x06", "{\x06i\x06", "I[\x06", "o:\x06A\x06:\x06a",
	"rc", "A\x01", ";I", "'", "a\x01I\x00", "o\"\x01a", "?\x00", "\x00?",
	"\x14\x01\x06\x00", "\x17\x01A\x14\x01\x06\x00", "a:1:{i:0;", "O:1:\"A\":1:{s:1:\"a\";", "C:1:\"A\":9:{", "a:1:{i:0;R:1;",
	"[[", "{\"a\":", "[{\"a\":", "]", "(", "((", "(l", "\x85", "\x90", "]a", "}u", "(]", "N\x85R",
	"\x81\x01", "\x91", "\x81", "\xc1", "\xd8\x01", "\x9f", "\xbf\x01", "\x82\x01\x02",
	"\xd4\x72\x40\x91\xa1a", "\xc7\x05\x72", "\x0b", "\x13\x00", "\x0a\x0b", "\x03a\x00\x0c\x00\x00\x00",
	"W10=", "eJw=", "x\x9c", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", "bytes:", "!",
}

// readRepeated reads head and then n bytes of token as a format, and fails when
// that takes too long. A reader that calls itself without counting how deep it
// is ends the test, and would end the program.
func readRepeated(t *testing.T, as, head, token string, n int) {
	t.Helper()
	raw := append([]byte(head), bytes.Repeat([]byte(token), n/len(token))...)
	began := time.Now()
	r := decode.Decode(raw, decode.Options{As: as})
	out, _ := decode.AppendJSON(nil, r.Value, r.RenderLimits())
	decode.AppendText(out[:0], r.Value, decode.TextOptions{Limits: r.RenderLimits()})
	if spent := time.Since(began); spent > 2*time.Minute {
		t.Errorf("%q and %q × %d as %q took %v", head, token, n/len(token), as, spent)
	}
}

// TestRepetitions reads long repetitions in every format. A stack that
// overflows cannot be recovered from, and short fuzzed inputs do not find one.
func TestRepetitions(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(256 << 20))
	for _, as := range append(slices.Compact(slices.Sorted(slices.Values(decode.Formats()))), "") {
		t.Run(fmt.Sprintf("as %q", as), func(t *testing.T) {
			for _, head := range append(heads[as], "") {
				for _, token := range tokens {
					readRepeated(t, as, head, token, repeatedBytes/50)
				}
			}
			if len(heads[as]) > 0 || as == "" {
				for c := range 256 {
					readRepeated(t, as, append(heads[as], "")[0], string([]byte{byte(c)}), repeatedBytes/50)
				}
			}
		})
	}
}

// TestRepetitionsAreLimited has what ended the program: a byte again and again.
func TestRepetitionsAreLimited(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(256 << 20))
	for as, tokens := range map[string][]string{
		"java-serialized": {"y", "{", "{y", "y{", "ur", "vr\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01L\x00\x00"},
		"ruby-marshal":    {"[\x06", "I:\x00\x06", "e:\x06A", "I"},
		"v8-serialize":    {"'", "A\x01", "rc", "?\x00"},
		"json":            {"["},
		"msgpack":         {"\x81\x01", "\x91"},
		"cbor":            {"\x81", "\xc1", "\x9f"},
		"pickle":          {"(", "]", "(l", "\x85"},
		"php-serialize":   {"a:1:{i:0;"},
		"igbinary":        {"\x14\x01\x06\x00"},
	} {
		for _, head := range append(heads[as], "") {
			for _, token := range tokens {
				readRepeated(t, as, head, token, repeatedBytes)
			}
		}
	}
}
