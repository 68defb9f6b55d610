package ui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// TestRandomKeys presses keys without sense on every screen. Nothing may panic,
// no frame may be larger or smaller than the screen (send checks that), and
// nothing may be deleted but by an answer to a confirmation.
func TestRandomKeys(t *testing.T) {
	keys := []string{
		"j", "k", "g", "G", "up", "down", "left", "right", "pgup", "pgdown", "enter", "enter", "esc", "esc", "tab",
		"/", "a", "A", "b", "*", "ctrl+g", "t", "s", "S", "T", "E", "space", "d", "D", "C", "u", "r", "y", "y", "n", "N",
		"z", "Z", "v", "w", "<", ">", "m", "?", "1", "2", "3", "backspace", "Y", "ctrl+d", "ctrl+u", "x", "i", ":",
		"+", "ctrl+l", "ctrl+space", "ctrl+t", "ctrl+r", "ctrl+o", "e", "R", "U", "V", "J", "[", "]", "h", "l", "H", "L", "f", "#",
	}
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			playing(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 7))
				f := guideKeys()
				for i := range 60 {
					f.str(fmt.Sprintf("item:%d:%d", i%7, i), fmt.Sprintf(`{"n":%d,"list":[1,2,{"deep":[%d]}]}`, i, i), time.Duration(i)*time.Minute)
				}
				f.str("odd\x1b[31m\u202e name \xff", "\x1b]0;title\x07 日本語 e\u0301", time.Hour)
				p := play(t, f, 100, 30, Options{})
				for step := range 700 {
					if step%50 == 49 {
						s := sizes[r.IntN(len(sizes))]
						p.size(s[0]+r.IntN(9), s[1]+r.IntN(5))
					}
					if r.IntN(9) == 0 {
						p.wait(time.Second)
					}
					before, sent := p.m.dialog, len(f.sent)
					p.press(keys[r.IntN(len(keys))])
					_, asked := before.(*confirmDialog)
					if len(f.sent) > sent && !asked && strings.HasPrefix(f.sent[sent], "UNLINK") {
						t.Fatalf("step %d sent %q without a confirmation", step, f.sent[sent:])
					}
				}
			})
		})
	}
}
