package ui

import (
	"strings"
	"testing"
	"time"
)

// TestLastLineHasTheKeysOfTheDialog and nothing that does not work in it, and
// has those of the pane again afterwards.
func TestLastLineHasTheKeysOfTheDialog(t *testing.T) {
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			playing(t, func(t *testing.T) {
				p := s.reach(t, 110, 30, "")
				if p.m.dialog == nil {
					return
				}
				last := p.lastLine()
				for _, a := range p.m.dialog.ways(p.m) {
					if !strings.Contains(last, a.Help().Key+" "+a.Help().Desc) {
						t.Errorf("%q does not tell of %s", last, a.Help().Key)
					}
				}
				if strings.Contains(last, "q quit") {
					t.Errorf("%q is of the pane", last)
				}
				p.wait(time.Second).press("esc").wait(time.Second)
				if p.m.dialog != nil {
					t.Fatal("esc did not close it")
				}
				if p.press("esc").lastLine() == last {
					t.Error("the last line stayed")
				}
			})
		})
	}
}

func (p *player) lastLine() string {
	lines := strings.Split(strings.TrimSuffix(p.screen(), "\n"), "\n")
	return lines[len(lines)-1]
}
