package ui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/decode/flaskcaching"
	"cacheview/inspect"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// explain asks what the key under the cursor is.
func (m *model) explain() tea.Cmd {
	key := m.list.currentKey()
	if key == nil {
		m.status.say("there is no key under the cursor")
		return nil
	}
	if m.be == nil || m.link.lost() {
		m.status.say("there is no connection")
		return nil
	}
	be, f, snap, urls := m.be, m.flask.known, m.idx.Snapshot(), m.opt.URLs
	return m.during("Looking at the key", false, func(ctx context.Context) tea.Msg {
		x, err := be.Explain(ctx, key, f)
		if err == nil && x.HasIndex() {
			var all *inspect.Frameworks
			if all, err = be.Frameworks(ctx, snap); err == nil {
				all.Explain(&x, urls)
			}
		}
		return explainedMsg{x, err}
	})
}

func (m *model) explained(msg explainedMsg) tea.Cmd {
	if msg.err != nil {
		return m.failed(msg.err)
	}
	m.dialog = &pageDialog{title: "What is this key?", lines: func(th *theme.Theme, w int) []string {
		return explanation(th, msg.x, m.keys.Palette.name(), w)
	}}
	return nil
}

// explanation is what is known of a key, a fact a line. palette is the key that
// a call is typed after.
func explanation(th *theme.Theme, x inspect.Explanation, palette string, w int) []string {
	var out []string
	for _, line := range wrapName(decode.PrintableName(x.Key), w) {
		out = append(out, th.Strong.Plain.Paint(line))
	}
	out = append(out, "")
	fact := func(name, text string) {
		if text == "" {
			return
		}
		for i, line := range wrapWords(text, max(w-13, 8)) {
			label := name
			if i > 0 {
				label = ""
			}
			out = append(out, th.Dim.Plain.Paint(fit(decode.Printable(label), 12))+" "+th.Text.Plain.Paint(decode.Printable(line)))
		}
	}
	framework := x.Framework
	switch {
	case framework == "":
		framework = "unknown"
	case !x.Certain:
		framework += ", perhaps"
	}
	fact("written by", framework)
	if x.Support != x.Why {
		fact("because", x.Support)
	}
	fact("kind", x.Kind)
	for _, p := range x.Parts {
		fact(p.Name, p.Text)
	}
	fact("call", x.Call)
	if x.Call == "" {
		fact("function", x.Function)
		if x.Function != "" && x.Kind == string(flaskcaching.Memoize) && !x.Stale {
			name := x.Function[strings.LastIndexByte(x.Function, '.')+1:]
			fact("call", "arguments unknown. Press "+palette+" and type "+name+"(…) to look one up")
		}
	}
	fact("instance", x.Instance)
	switch {
	case x.Stale:
		fact("stale", x.Why)
	case x.Possible:
		fact("not known", "whether it is a left-over result: "+x.Reason)
	default:
		fact("status", x.Why)
		fact("not known", x.Reason)
	}
	if x.Entries > 0 {
		entries := human.Plural(x.Entries, "result")
		if x.Sized == x.Entries {
			entries += ", " + human.Size(x.Bytes)
		}
		fact("depend on it", entries)
	}
	fact("TTL", x.TTL)
	fact("invalidate", x.Invalidate)
	if x.Where != nil {
		fact("hash slot", fmt.Sprintf("%d, at %s", x.Where.Slot, x.Where.Node))
	}
	return out
}

// newNotFound lists the keys that were looked for and do not exist, and results
// of the function to choose from.
func newNotFound(typed string, found inspect.FoundCall, f *inspect.FlaskIndex) *pageDialog {
	return &pageDialog{title: "Not found", lines: func(th *theme.Theme, w int) []string {
		out := []string{th.Strong.Plain.Paint(clip(decode.Printable(typed), w)), ""}
		add := func(text string) {
			for _, line := range wrapWords(text, w) {
				out = append(out, th.Text.Plain.Paint(line))
			}
		}
		add("No key was found, which does not prove that the call is not cached. If the function has more parameters with defaults, name them all.")
		for i, key := range found.Results[:min(len(found.Results), 8)] {
			if i == 0 {
				out = append(out, "", th.Text.Plain.Paint("Results of the function that are cached:"))
			}
			out = append(out, "  "+th.Name.Plain.Paint(clip(decode.Printable(f.Display(key)), w-2)))
		}
		out = append(out, "", th.Text.Plain.Paint("Keys that do not exist:"))
		for _, c := range found.List[:min(len(found.List), 6)] {
			for _, line := range wrapName(decode.PrintableName(c.Key), w-2) {
				out = append(out, "  "+th.Name.Plain.Paint(line))
			}
			if c.Rule != "" {
				out = append(out, "    "+th.Dim.Plain.Paint(clip(decode.Printable(c.Rule), w-4)))
			}
		}
		return out
	}}
}

// pageDialog is a page of text that scrolls; any other key closes it.
type pageDialog struct {
	title string
	lines func(th *theme.Theme, w int) []string
	top   int
	over  bool // there is more than was drawn last
}

func (d *pageDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case hits(msg, m.keys.Down):
		d.top++
	case hits(msg, m.keys.Up):
		d.top = max(d.top-1, 0)
	case hits(msg, m.keys.PageDown), hits(msg, m.keys.HalfDown), msg.String() == "space":
		d.top += 10
	case hits(msg, m.keys.PageUp), hits(msg, m.keys.HalfUp):
		d.top = max(d.top-10, 0)
	case hits(msg, m.keys.Top):
		d.top = 0
	default:
		m.dialog = nil
	}
	return nil
}

func (d *pageDialog) box(m *model, w, h int) (string, []string, bool) {
	lines := d.lines(m.th, w)
	d.top = min(d.top, max(len(lines)-h, 0))
	d.over = len(lines) > h
	title := d.title
	if d.over {
		title += fmt.Sprintf(" · %d-%d of %d", d.top+1, min(d.top+h, len(lines)), len(lines))
	}
	return title, lines[d.top:min(d.top+h, len(lines))], false
}

func (d *pageDialog) ways(m *model) []action {
	if d.over {
		return []action{way(m.arrows(), "scroll"), way("space", "page down"), way("esc", "close")}
	}
	return []action{way("esc", "close")}
}
