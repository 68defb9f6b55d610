package ui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/ui/human"
)

// restLimit bounds the members that a search loads of one collection, and
// restBytes their bytes.
const (
	restLimit = 1_000_000
	restBytes = 256 << 20
)

// restFoundMsg is a collection read on to the first member that matches, or to
// its end.
type restFoundMsg struct {
	text    string
	content *content // nil when err is not
	err     error
}

// searchRest goes on with a search that found nothing in the members that are
// loaded, where the server has more.
func (m *model) searchRest() tea.Cmd {
	c, text := m.value.content, m.value.search.text
	if c == nil || text == "" || m.value.search.len() > 0 || !c.collection() || !c.Win.More || m.be == nil || m.link.lost() {
		return nil
	}
	be := m.be
	var d *busyDialog
	cmd := m.during("Searching the rest of "+c.size()+" for ‘"+text+"’", false, func(ctx context.Context) tea.Msg {
		all, err := readToMatch(ctx, be, c, text, func(n int) { d.step(n, 0) })
		return restFoundMsg{text, all, err}
	})
	d, _ = m.dialog.(*busyDialog)
	d.one, d.stopped = "member", "stopped; only the first "+human.Count(len(c.Win.Rows))+" of "+c.size()+" were searched"
	return cmd
}

// readToMatch reads windows after c until a member matches text.
func readToMatch(ctx context.Context, be Backend, c *content, text string, progress func(n int)) (*content, error) {
	match := matcher(text)
	win, rows, size := c.Win, slices.Clone(c.Win.Rows), int64(0)
	for win.More && len(rows) < restLimit && size < restBytes {
		next, err := be.Read(ctx, win.Key.Name, inspect.ReadOptions{Limit: readLimit, Rows: moreRows, From: win.Next})
		if err != nil {
			return nil, err
		}
		rows = append(rows, next.Rows...)
		for _, r := range next.Rows {
			size += int64(len(r.Field) + len(r.Value))
			for _, p := range r.Pairs {
				size += int64(len(p))
			}
		}
		part := newContent(next, c.As)
		next.FieldTTLs = next.FieldTTLs || win.FieldTTLs
		next.Facts, next.Groups = c.Win.Facts, c.Win.Groups
		win = next
		progress(len(rows))
		if found, _ := searchValue(part.Root, match); len(found) > 0 {
			break
		}
	}
	win.Rows, win.Truncated = rows, win.More
	return newContent(win, c.As), nil
}

// restFound shows what was read on, and searches it.
func (m *model) restFound(msg restFoundMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		return m.failed(msg.err)
	case m.value.content == nil || string(m.value.content.Win.Key.Name) != string(msg.content.Win.Key.Name):
		return nil
	}
	m.value.SetContent(msg.content)
	search := m.value.searcher(msg.text)
	m.value.found(search())
	if w := msg.content.Win; m.value.search.len() == 0 && w.More {
		m.status.say("no match in the first " + human.Count(len(w.Rows)) + " of " + msg.content.size() + "; more are not searched")
	}
	return nil
}
