package ui

import (
	"bytes"
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/inspect"
)

// visits is the way through the keys that were opened or jumped to.
type visits struct {
	keys [][]byte
	at   int // of the key that was visited last
}

// visitLimit is how many keys the way is remembered for.
const visitLimit = 100

// add notes a key; what was ahead of it is forgotten.
func (v *visits) add(key []byte) {
	if len(v.keys) > 0 {
		if bytes.Equal(v.keys[v.at], key) {
			return
		}
		v.keys = v.keys[:v.at+1]
	}
	v.keys = append(v.keys, bytes.Clone(key))
	if len(v.keys) > visitLimit {
		v.keys = v.keys[1:]
	}
	v.at = len(v.keys) - 1
}

// travel goes back (by -1) or forward (+1) on the way.
func (m *model) travel(by int) tea.Cmd {
	v := &m.visits
	if here := m.list.currentKey(); by < 0 && here != nil && len(v.keys) > 0 && !bytes.Equal(here, v.keys[v.at]) {
		// The cursor has been moved on since: back is to where it came from.
		if v.at == len(v.keys)-1 {
			v.add(here)
		}
	}
	if v.at+by < 0 || v.at+by >= len(v.keys) {
		m.status.say(map[int]string{
			-1: "there is no key before this one: " + m.keys.Open.name() + " opens, " + m.keys.GoTo.name() + " goes to a key",
			1:  "there is no key after this one",
		}[by])
		return nil
	}
	v.at += by
	return m.goTo(v.keys[v.at])
}

// askKey asks for the exact name of a key to go to, listed or not.
func (m *model) askKey() tea.Cmd {
	if m.be == nil || m.link.lost() {
		m.status.say("there is no connection")
		return nil
	}
	return m.prompt.beginWith("go to key", "exact name, as the list shows it", "", func(text string) tea.Cmd {
		if text == "" {
			return nil
		}
		key, err := decode.ParseName(text)
		if err != nil {
			return m.prompt.again(text, err)
		}
		be := m.be
		return m.during("Looking for the key", false, func(ctx context.Context) tea.Msg {
			keys, err := be.Meta(ctx, [][]byte{key}, true)
			if err == nil && !keys[0].Exists {
				err = inspect.ErrNoKey
			}
			return keyFoundMsg{key, err}
		})
	})
}

// keyFound goes to a key that exists, though the scan may not have come to it.
func (m *model) keyFound(msg keyFoundMsg) tea.Cmd {
	switch {
	case errors.Is(msg.err, inspect.ErrNoKey):
		m.status.say("there is no key " + quote(msg.key) + " in " + m.server.Name())
		return nil
	case msg.err != nil:
		return m.failed(msg.err)
	}
	if _, ok := m.idx.Lookup(msg.key); !ok {
		m.idx.Add(msg.key)
	}
	m.visits.add(msg.key)
	return m.goTo(msg.key)
}
