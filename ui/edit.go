package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	udiff "github.com/aymanbagabas/go-udiff"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/ui/human"
)

// edit opens the value in the user's editor: text to be changed, anything else
// as a copy to read.
func (m *model) edit() tea.Cmd {
	c := m.value.content
	if c == nil {
		m.status.say("there is no value to open")
		return nil
	}
	why := editable(c)
	if why == nil && m.be != nil && m.be.ReadOnly() {
		why = inspect.ErrReadOnly
	}
	if why != nil {
		cmd := m.readOutside(m.opt.Editor, "EDITOR")
		m.status.say("read-only copy: " + decode.Printable(why.Error()))
		return cmd
	}
	name := "value.txt"
	if isJSON(c) {
		name = "value.json"
	}
	return m.outside(m.opt.Editor, "EDITOR", name, c.raw(), 0o600, bytes.Clone(c.Win.Key.Name))
}

func isJSON(c *content) bool {
	return len(c.Result.Layers) == 1 && c.Result.Layers[0].Name == "json"
}

// edited shows what an editor left of a value, before it is written.
func (m *model) edited(key []byte, c *copyFile, now []byte) tea.Cmd {
	if !bytes.HasSuffix(c.was, []byte("\n")) {
		now = bytes.TrimSuffix(now, []byte("\n")) // editors end the last line
	}
	if bytes.Equal(now, c.was) {
		c.remove()
		m.status.say("nothing was changed")
		return nil
	}
	m.dialog = newDiff(key, c, now)
	return nil
}

// diffDialog shows what an edit changes and asks whether to write it.
type diffDialog struct {
	name   []byte // of the key
	copy   *copyFile
	now    []byte
	lines  []string // of the difference, as diff -u has them
	warn   string
	top    int
	height int
}

func newDiff(key []byte, c *copyFile, now []byte) *diffDialog {
	d := &diffDialog{name: key, copy: c, now: now}
	d.lines = difference(layOut(c.was, now))
	if json.Valid(c.was) && !json.Valid(now) {
		var v any
		d.warn = "This is no longer valid JSON:  " + json.Unmarshal(now, &v).Error()
	}
	return d
}

// difference is what diff -u would say, without the names of files.
func difference(was, now string) []string {
	text, err := udiff.ToUnified("", "", was, udiff.Lines(was, now), 2)
	if err != nil {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return slices.DeleteFunc(lines[min(2, len(lines)):], func(l string) bool { return strings.HasPrefix(l, `\`) })
}

// layOut lays out JSON that is all on one line, so that a change in it can
// be seen; anything else is compared as it is.
func layOut(was, now []byte) (string, string) {
	var a, b bytes.Buffer
	if !bytes.ContainsRune(was, '\n') && json.Indent(&a, was, "", "  ") == nil && json.Indent(&b, now, "", "  ") == nil {
		return a.String(), b.String()
	}
	return string(was), string(now)
}

func (d *diffDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	k := m.keys
	switch {
	case hits(msg, k.Down):
		d.top++
	case hits(msg, k.Up):
		d.top = max(d.top-1, 0)
	case hits(msg, k.PageDown):
		d.top += d.height
	case hits(msg, k.PageUp):
		d.top = max(d.top-d.height, 0)
	case hits(msg, k.Yes):
		m.dialog = nil
		return m.writeNow(d)
	case msg.String() == "e":
		m.dialog = nil
		return m.editOn(d)
	case hits(msg, k.No):
		m.dialog = nil
		d.copy.remove()
		m.status.say("nothing was written")
	}
	return nil
}

func (d *diffDialog) box(m *model, w, h int) (string, []string, bool) {
	th := m.th
	head := wrapName(decode.PrintableName(d.name), w)
	head = head[:min(len(head), max(h/2, 1))]
	foot := []string{"", th.HintKey.Paint("y") + " save   " + th.HintKey.Paint("e") + " keep editing   " + th.HintKey.Paint("n") + " discard"}
	if d.warn != "" {
		foot = append([]string{"", th.Warn.Plain.Paint(clip(decode.Printable(d.warn), w))}, foot...)
	}
	d.height = max(h-len(head)-len(foot)-1, 1)
	d.top = max(min(d.top, len(d.lines)-d.height), 0)
	lines := append(head, "")
	for _, l := range d.lines[d.top:min(d.top+d.height, len(d.lines))] {
		ink := th.Dim
		switch {
		case strings.HasPrefix(l, "+"):
			ink = th.Good
		case strings.HasPrefix(l, "-"):
			ink = th.Bad
		}
		lines = append(lines, ink.Plain.Paint(clip(decode.Printable(l), w)))
	}
	return "Write this value?", append(lines, foot...), false
}

func (d *diffDialog) ways(m *model) []action {
	return []action{way(m.keys.Yes.name(), "save"), way("e", "keep editing"), way(m.keys.No.name(), "discard"), way(m.arrows(), "scroll")}
}

// writeNow writes an edit that was confirmed.
func (m *model) writeNow(d *diffDialog) tea.Cmd {
	be := m.be
	return m.during("Writing", true, func(ctx context.Context) tea.Msg {
		undo, err := be.Replace(ctx, d.name, d.copy.was, d.now)
		return writtenMsg{d, undo, err}
	})
}

func (m *model) written(msg writtenMsg) tea.Cmd {
	d := msg.diff
	if msg.err == nil {
		d.copy.remove()
		s := "wrote " + human.Size(int64(len(d.now))) + ", the time to live is as it was"
		m.status.say(s)
		if msg.undo != "" {
			m.offerUndo("the edit", time.Time{})
		}
		return tea.Batch(m.reread([][]byte{d.name}), m.wantValue(true))
	}
	// What was typed must not be lost.
	d.copy.keep()
	wrote := "nothing was written"
	if errors.Is(msg.err, inspect.ErrOutcomeUnknown) || errors.Is(msg.err, context.Canceled) {
		wrote = "it may have been written or not"
	}
	m.status.fail(fmt.Errorf("%w · %s; your text is in %s", msg.err, wrote, d.copy.path))
	if inspect.IsDisconnected(msg.err) {
		return m.lose(msg.err)
	}
	return nil
}
