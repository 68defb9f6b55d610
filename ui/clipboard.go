package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/ui/human"
)

// copyLimit is the most that is put on the clipboard: terminals drop longer
// OSC 52 sequences without a word.
const copyLimit = 72 << 10

// copyKey puts the key under the cursor on the clipboard, made printable: what
// is pasted into a shell must not be able to press keys there.
func (m *model) copyKey() tea.Cmd {
	key := m.list.currentKey()
	if key == nil {
		m.status.say("there is no key under the cursor")
		return nil
	}
	m.status.say("copied the key, if the terminal allows it")
	return tea.SetClipboard(decode.PrintableBytes(key))
}

// copyValue puts the value that is shown on the clipboard.
func (m *model) copyValue() tea.Cmd {
	c := m.value.content
	if c == nil {
		m.status.say("there is no value to copy")
		return nil
	}
	text := copyText(c.Root)
	if len(text) > copyLimit {
		m.status.say("the value is too long for the clipboard (" + human.Size(int64(len(text))) + "): cacheview get prints it")
		return nil
	}
	m.status.say("copied " + human.Size(int64(len(text))) + ", if the terminal allows it")
	return tea.SetClipboard(text)
}

// copyText is a text as it is but for control characters, which are escaped
// line by line; anything else is its literal.
func copyText(v value.Value) string {
	if v.Kind() != value.Text || v.Tag() != "" {
		return decode.Literal(v, copyLimit+1)
	}
	lines := strings.Split(v.Text(), "\n")
	for i, l := range lines {
		lines[i] = strings.ReplaceAll(decode.Printable(l), `\t`, "\t")
	}
	return strings.Join(lines, "\n")
}
