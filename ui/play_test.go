package ui

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
)

// player runs the model as the program would: Update and the commands that it
// returns, one after the other, in the time of a synctest bubble.
type player struct {
	t    *testing.T
	m    *model
	fake *fake
	msgs chan tea.Msg
	w, h int
}

// play starts a program of w by h cells on a fake server and lets it settle.
func play(t *testing.T, f *fake, w, h int, opt Options) *player {
	t.Helper()
	opt.Open = f.open
	p := &player{t: t, m: newModel(t.Context(), opt), fake: f, msgs: make(chan tea.Msg, 1000)}
	p.send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
	p.run(p.m.Init())
	p.size(w, h)
	p.wait(50 * time.Millisecond)
	return p
}

// run starts a command as Bubble Tea does: in a goroutine of its own.
func (p *player) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		msg := cmd()
		if msg != nil {
			select {
			case p.msgs <- msg:
			case <-p.t.Context().Done():
			}
		}
	}()
}

func (p *player) send(msg tea.Msg) {
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, c := range batch {
			p.run(c)
		}
		return
	}
	if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeOf(tea.Cmd(nil)) {
		for i := range v.Len() {
			p.run(v.Index(i).Interface().(tea.Cmd))
		}
		return
	}
	_, cmd := p.m.Update(msg)
	p.run(cmd)
	p.fits()
}

// wait lets d pass and deals with everything that happens meanwhile.
func (p *player) wait(d time.Duration) *player {
	end := time.After(d)
	for {
		synctest.Wait()
		select {
		case msg := <-p.msgs:
			p.send(msg)
			continue
		default:
		}
		select {
		case msg := <-p.msgs:
			p.send(msg)
		case <-end:
			return p
		}
	}
}

func (p *player) size(w, h int) *player {
	p.w, p.h = w, h
	p.send(tea.WindowSizeMsg{Width: w, Height: h})
	return p
}

var keyCodes = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace,
}

// press presses keys one after the other and lets each take effect.
func (p *player) press(keys ...string) *player {
	for _, k := range keys {
		p.send(keyMsg(k))
		p.wait(20 * time.Millisecond)
	}
	return p
}

func keyMsg(k string) tea.KeyPressMsg {
	switch {
	case k == "ctrl+space":
		return tea.KeyPressMsg{Code: tea.KeySpace, Mod: tea.ModCtrl}
	case k == "space":
		return tea.KeyPressMsg{Code: ' ', Text: " "}
	case strings.HasPrefix(k, "ctrl+"):
		return tea.KeyPressMsg{Code: rune(k[5]), Mod: tea.ModCtrl}
	case keyCodes[k] != 0:
		return tea.KeyPressMsg{Code: keyCodes[k]}
	}
	r, _ := utf8.DecodeRuneInString(k)
	return tea.KeyPressMsg{Code: r, Text: k}
}

// typed presses every character of a text.
func (p *player) typed(text string) *player {
	for _, r := range text {
		p.press(string(r))
	}
	return p
}

// enters types a line and presses enter.
func (p *player) enters(text string) *player { return p.typed(text).press("enter") }

// screen is what a terminal of the program's size shows.
func (p *player) screen() string {
	out := ansi.Strip(lipgloss.NewCanvas(p.w, p.h).Compose(lipgloss.NewLayer(p.m.View().Content)).Render())
	lines := strings.Split(out, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// fits fails when a frame is not exactly as large as the screen.
func (p *player) fits() {
	p.t.Helper()
	if p.m.lay.W == 0 || p.m.lay.Tiny {
		return
	}
	lines := strings.Split(p.m.View().Content, "\n")
	if len(lines) != p.h {
		p.t.Fatalf("frame has %d lines, the screen %d", len(lines), p.h)
	}
	for i, l := range lines {
		if n := p.m.cells.StringWidth(l); n != p.w {
			p.t.Fatalf("line %d is %d cells wide, the screen %d:\n%q", i, n, p.w, ansi.Strip(l))
		}
	}
}

func (p *player) shows(texts ...string) *player {
	p.t.Helper()
	s := p.screen()
	for _, want := range texts {
		if !strings.Contains(s, want) {
			p.t.Fatalf("the screen does not show %q:\n%s", want, s)
		}
	}
	return p
}

func (p *player) hides(texts ...string) *player {
	p.t.Helper()
	s := p.screen()
	for _, bad := range texts {
		if strings.Contains(s, bad) {
			p.t.Fatalf("the screen shows %q:\n%s", bad, s)
		}
	}
	return p
}

// playing runs fn in a bubble in which time costs nothing, and afterwards lets
// the timers that are still under way run out.
func playing(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(time.Minute)
		fn(t)
	})
}

var sizes = [][2]int{{40, 10}, {80, 24}, {120, 40}, {200, 50}}

// atEverySize runs fn at the sizes that the screens are made for and keeps the
// last screen of each as a golden file.
func atEverySize(t *testing.T, f func() *fake, fn func(p *player)) {
	t.Helper()
	for _, s := range sizes {
		t.Run(fmt.Sprintf("%dx%d", s[0], s[1]), func(t *testing.T) {
			playing(t, func(t *testing.T) {
				p := play(t, f(), s[0], s[1], Options{})
				fn(p)
				golden.RequireEqual(t, p.screen())
			})
		})
	}
}
