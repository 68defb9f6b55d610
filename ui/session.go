package ui

import (
	"reflect"

	tea "charm.land/bubbletea/v2"
)

// A session is the time from one switch of the server, or of the database, to
// the next. Each has a model, a context and a Backend of its own, and no reply
// to a command of one session ever reaches the next: a mark is the position of
// a key in one index, a plan is of one database.

// ofSession is a reply to a command of one session.
type ofSession struct {
	session int
	msg     tea.Msg
}

// stamp has the replies of a command carry the session that it belongs to.
// What Bubble Tea understands itself goes to Bubble Tea.
func stamp(session int, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		switch msg := cmd().(type) {
		case nil:
			return nil
		case tea.BatchMsg:
			all := make(tea.BatchMsg, len(msg))
			for i, c := range msg {
				all[i] = stamp(session, c)
			}
			return all
		default:
			if reflect.TypeOf(msg).PkgPath() == ownPath {
				return ofSession{session, msg}
			}
			return msg
		}
	}
}

var ownPath = reflect.TypeFor[ofSession]().PkgPath()

// arrived unwraps a reply. Of a session that is over nothing is left to do but
// to close what it may have opened.
func (m *model) arrived(msg ofSession) (tea.Msg, tea.Cmd) {
	if msg.session == m.session {
		return msg.msg, nil
	}
	if late, ok := msg.msg.(disposable); ok {
		return nil, late.dispose()
	}
	return nil, nil
}

// disposable is a reply that holds something open.
type disposable interface{ dispose() tea.Cmd }

func (msg connectedMsg) dispose() tea.Cmd {
	if !msg.opened {
		return nil
	}
	return func() tea.Msg { _ = msg.be.Close(); return nil }
}

func (msg watchingMsg) dispose() tea.Cmd {
	if msg.src == nil {
		return nil
	}
	return func() tea.Msg { _ = msg.src.Close(); return nil }
}

// switchTo leaves the server for a database of a site. The screen is
// remembered and the old connections are closed before a new one is opened.
func (m *model) switchTo(s Site, db int) tea.Cmd {
	opt := m.opt
	opt.Site, opt.OfferConnections = s, false
	next := newModel(m.top, opt)
	next.session, next.db = m.session+1, db
	next.noMouse = m.noMouse
	next.copies = m.copies // a pager or an editor may still have them
	next.on = m.on
	next.retheme()
	next.count(m.cells)
	next.resize(m.lay.W, m.lay.H)
	leave := m.leaving()
	*m = *next
	open := m.connect()
	return tea.Batch(poll(), func() tea.Msg {
		leave()
		return open()
	})
}

// leaving ends the session, and returns what that takes of I/O.
func (m *model) leaving() func() {
	m.end()
	be, path, left, server := m.be, m.opt.StateFile, m.memory(), m.server
	return func() {
		if be == nil {
			return
		}
		if path != "" {
			_ = left.save(path, server) // quitting says so, if that is still so
		}
		_ = be.Close()
	}
}
