package ui

import "testing"

// TestPasteIsTextHoweverItIsRead has keys and pastes come in two reads, cut at
// each byte: what Bubble Tea gets is the same.
func TestPasteIsTextHoweverItIsRead(t *testing.T) {
	t.Parallel()
	const begin, end = "\x1b[200~", "\x1b[201~"
	for name, tt := range map[string]struct{ typed, want string }{
		"keys":               {"dy\x1b[A\x1b\x1b[3~\x03é\x1b]11;rgb:00/00/00\a", "dy\x1b[A\x1b\x1b[3~\x03é\x1b]11;rgb:00/00/00\a"},
		"text":               {"a" + begin + "b é €\t🙂\r\nc" + end + "d", "a" + begin + "b é €\t🙂\r\nc" + end + "d"},
		"nothing":            {begin + end, begin + end},
		"a sequence":         {begin + "a\x1b[31mb" + end + "c", begin + "a[31mb" + end + "c"},
		"a cut sequence":     {begin + "a\x1b]0;t" + end + "c", begin + "a]0;t" + end + "c"},
		"escapes":            {begin + "\x1b\x1b[20\x1b[2" + end + "\x1b", begin + "[20[2" + end + "\x1b"},
		"a second beginning": {begin + "a" + begin + "b" + end, begin + "a[200~b" + end},
		"controls":           {begin + "\x00a\x03b\x7f\u009b" + end, begin + "ab" + end},
		"not UTF-8":          {begin + "a\x9d\xff\xe2\x82" + end, begin + "a" + end},
		"two of them":        {begin + "a" + end + "k\x1b[A" + begin + "b", begin + "a" + end + "k\x1b[A" + begin + "b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for cut := range len(tt.typed) + 1 {
				var p pastedText
				got := string(p.tame([]byte(tt.typed[:cut])))
				got += string(p.tame([]byte(tt.typed[cut:])))
				if got != tt.want {
					t.Errorf("cut at %d: %q, want %q", cut, got, tt.want)
				}
			}
		})
	}
}

// TestPasteEndsWithItsLastMark has the mark in the text, and is read at once.
func TestPasteEndsWithItsLastMark(t *testing.T) {
	t.Parallel()
	const begin, end = "\x1b[200~", "\x1b[201~"
	var p pastedText
	got := string(p.tame([]byte(begin + "a" + end + "dy\r" + begin + "b" + end + "j")))
	if want := begin + "a[201~dy\r[200~b" + end + "j"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := string(p.tame([]byte(begin+"a"))) + string(p.tame([]byte("\x03"))); got != begin+"a"+end+"\x03" {
		t.Errorf("ctrl+c alone: %q", got)
	}
}
