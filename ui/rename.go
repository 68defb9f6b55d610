package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/inspect"
)

// askRename asks for another name of the key under the cursor.
func (m *model) askRename() tea.Cmd {
	key := m.list.currentKey()
	switch {
	case key == nil:
		m.status.say("there is no key under the cursor")
		return nil
	case !m.mayChange():
		return nil
	}
	key = bytes.Clone(key)
	name := decode.PrintableName(key)
	return m.prompt.beginWith("rename to", "never overwrites an existing key", name, func(text string) tea.Cmd {
		to, err := decode.ParseName(text)
		if err != nil {
			return m.prompt.again(text, err)
		}
		if text == "" || bytes.Equal(to, key) {
			m.status.say("nothing was renamed")
			return nil
		}
		be := m.be
		return m.during("Renaming", true, func(ctx context.Context) tea.Msg {
			undo, err := be.Rename(ctx, key, to)
			return renamedMsg{key, to, undo, err}
		})
	})
}

// mayChange says why nothing can be changed here, if so.
func (m *model) mayChange() bool {
	switch {
	case m.be == nil || m.link.lost():
		m.status.say("there is no connection")
	case m.be.ReadOnly():
		m.status.fail(fmt.Errorf("%w: nothing can be changed or restored", inspect.ErrReadOnly))
	default:
		return true
	}
	return false
}

func (m *model) renamed(msg renamedMsg) tea.Cmd {
	switch {
	case errors.Is(msg.err, inspect.ErrExists):
		m.status.fail(errors.New("there is a key " + quote(msg.to) + " already: delete it first, or take another name"))
		return nil
	case errors.Is(msg.err, context.Canceled):
		m.status.fail(errors.New("stopped: " + quote(msg.from) + " may have been renamed or not, see the list"))
		return m.startScan()
	case msg.err != nil:
		return m.failed(msg.err)
	}
	m.toast = toast{} // u would take back something else
	m.status.say("renamed to " + quote(msg.to))
	if msg.undo != "" {
		m.offerUndo("the rename", time.Time{})
	}
	m.idx.Release(msg.from)
	if id, ok := m.idx.Lookup(msg.from); ok {
		m.idx.Remove(id)
	}
	m.idx.Add(msg.to)
	return m.goTo(msg.to)
}
