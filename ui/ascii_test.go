package ui

import (
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestASCIILocaleGetsASCII on every screen, and no cell moves: send holds that
// each line is as wide as the screen.
func TestASCIILocaleGetsASCII(t *testing.T) {
	for _, s := range append(states, state{"wide", wideKeys, Options{}, press("j", "j", "j"), "?"}) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			playing(t, func(t *testing.T) {
				opt := s.opt
				opt.ASCII = true
				p := play(t, s.on(), 90, 24, opt)
				s.way(p)
				for _, r := range p.m.View().Content {
					if r > 0x7e {
						t.Fatalf("there is a %q on\n%s", r, p.screen())
					}
				}
			})
		})
	}
}

func TestInASCII(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"db 0 · live":             "db 0 - live",
		"\x1b[1m‘abc…’\x1b[m":     "\x1b[1m'abc~'\x1b[m",
		"日本 語":                    "???? ??",
		"e\u0301 café·x":          "e caf?-x",
		"\U0001f1e9\U0001f1ea ok": "?? ok",
		"▂▅▇ 10":                  "??? 10",
	} {
		got := inASCII(ansi.GraphemeWidth, in)
		if got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
