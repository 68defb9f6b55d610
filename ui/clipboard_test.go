package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCopyGoesToTheProgram(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clip")
	playing(t, func(t *testing.T) {
		f := newFake().str("k:\x1b", "one\ntwo\x07\n", 0)
		p := play(t, f, 120, 40, Options{Clipboard: []string{"tee", file}})
		p.press("Y").shows("copied the key, 6 characters, with tee")
		if got, err := os.ReadFile(file); string(got) != `k:\x1b` || err != nil {
			t.Errorf("%q was copied (%v)", got, err)
		}
		p.press("enter", "y").shows("copied the value, 12 characters in 3 lines, with tee; not exact")
		if got, err := os.ReadFile(file); string(got) != "one\ntwo\\x07\n" || err != nil {
			t.Errorf("%q was copied (%v)", got, err)
		}
	})
}

// A text without control characters is copied to the byte, also where the screen
// escapes parts of it.
func TestCopyIsExact(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clip")
	for _, text := range []string{"one\r\ntwo\r\n", "x\U0001f468\u200d\U0001f469\u200d\U0001f467y", "\tmixed\rbreaks\n", "a\u00a0b\ufeff"} {
		playing(t, func(t *testing.T) {
			p := play(t, newFake().str("k", text, 0), 120, 40, Options{Clipboard: []string{"tee", file}})
			p.press("enter", "y").shows("with tee; decoded")
			if got, err := os.ReadFile(file); string(got) != text || err != nil {
				t.Errorf("%q was copied of %q (%v)", got, text, err)
			}
		})
	}
}

func TestCopyFallsBackOnTheTerminal(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake().str("k", strings.Repeat("x", termLimit+1), 0)
		p := play(t, f, 120, 40, Options{Clipboard: []string{"false"}})
		p.press("Y").shows("false failed", "sent the key, 1 character, to the terminal")
		p.press("enter", "y").shows("nothing was copied: false")
	})
	playing(t, func(t *testing.T) {
		f := newFake().str("k", strings.Repeat("x", termLimit+1), 0)
		p := play(t, f, 120, 40, Options{})
		p.press("Y").shows("sent the key, 1 character, to the terminal")
		p.press("enter", "y").shows("the value is too long for the clipboard (72.0 KB)")
	})
}
