package ui

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/decode/value"
	views "cacheview/decode/view"
	"cacheview/ui/child"
	"cacheview/ui/human"
)

// What is copied goes to the program of Options.Clipboard, on its standard
// input and nowhere else, or through the terminal itself (OSC 52), which works
// over SSH but not in every terminal, and without an answer.
const (
	// termLimit is the most that goes through the terminal: many drop longer
	// sequences without a word.
	termLimit = 72 << 10
	// copyLimit is the most that goes to a program.
	copyLimit = 4 << 20
	// copyPatience is how long the program may take.
	copyPatience = 3 * time.Second
)

// copiedMsg says how the program of the clipboard took a text.
type copiedMsg struct {
	what, how, text string
	err             error
}

// copyKey puts the key under the cursor on the clipboard, made printable: what
// is pasted into a shell must not be able to press keys there.
func (m *model) copyKey() tea.Cmd {
	key := m.list.currentKey()
	if key == nil {
		m.status.say("there is no key under the cursor")
		return nil
	}
	how, text := "", decode.PrintableName(key)
	if text != string(key) {
		how = "; not its exact bytes but as it is printed: they could press keys in a shell"
	}
	return m.copyOut("the key", how, text)
}

// copyValue puts the value that is shown on the clipboard.
func (m *model) copyValue() tea.Cmd {
	c := m.value.content
	if c == nil {
		m.status.say("there is no value to copy")
		return nil
	}
	how, text := m.value.copied()
	what := "the value"
	if c.Win.Truncated || c.Win.More {
		what = "the beginning of the value"
	}
	return m.copyOut(what, how, text)
}

func (m *model) copyOut(what, how, text string) tea.Cmd {
	limit := copyLimit
	if len(m.opt.Clipboard) == 0 {
		limit = termLimit
	}
	if len(text) > limit {
		m.status.say(what + " is too long for the clipboard (" + human.Size(int64(len(text))) + "): " + m.keys.Pager.name() + " opens it, cacheview get prints it")
		return nil
	}
	if len(m.opt.Clipboard) == 0 {
		return m.copyByTerminal(what, how, text, "")
	}
	args, secrets, root := m.opt.Clipboard, m.opt.Secrets, m.root
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(root, copyPatience)
		defer cancel()
		cmd := child.Command(ctx, secrets, args[0], args[1:]...)
		cmd.Stdin = strings.NewReader(text)
		return copiedMsg{what, how, text, cmd.Run()}
	}
}

func (m *model) copyByTerminal(what, how, text, why string) tea.Cmd {
	m.status.say(why + "sent " + measured(what, text) + ", to the terminal's clipboard" + how)
	return tea.SetClipboard(text)
}

func (m *model) copied(msg copiedMsg) tea.Cmd {
	by := filepath.Base(m.opt.Clipboard[0])
	switch {
	case msg.err == nil:
		m.status.say("copied " + measured(msg.what, msg.text) + ", with " + by + msg.how)
		return nil
	case len(msg.text) > termLimit:
		m.status.fail(fmt.Errorf("nothing was copied: %s: %w", by, msg.err))
		return nil
	}
	return m.copyByTerminal(msg.what, msg.how, msg.text, by+" failed ("+msg.err.Error()+"): ")
}

// measured is what was copied and how long it is.
func measured(what, text string) string {
	s := what + ", " + human.Plural(utf8.RuneCountInString(text), "character")
	if n := strings.Count(text, "\n"); n > 0 {
		s += " in " + human.Plural(n+1, "line")
	}
	return s
}

// copied is what the view holds, and which view it is: the bytes of the server in
// the raw view, the lines of a dump or of opcodes, else the decoded value. That
// is exact, except for a text that could press keys where it is pasted.
func (p *valuePane) copied() (how, text string) {
	c := p.content
	switch {
	case c.Win.Module != "":
		return "; only its metadata", bodyText(p.body)
	case p.mode == viewRaw && !c.collection():
		return "; its exact bytes", string(c.raw())
	case p.mode == viewHex || p.mode == viewOps:
		return "; as " + p.modeName(), bodyText(p.body)
	}
	if c.Shown != nil && p.mode == viewDecoded {
		return copiedView(*c.Shown)
	}
	root := c.Root
	if c.Doubts > 0 {
		root = withoutDoubts(root)
	}
	if isPlainText(root) && pressesKeys(root.Text()) {
		return "; not exact: its control characters are escaped, the raw view has them", escapeControls(root.Text())
	}
	return "; decoded", copyText(root)
}

// copiedView is a view as it is copied: a table as CSV, a text exactly.
func copiedView(v views.View) (how, text string) {
	switch {
	case v.Kind == views.TableKind:
		return "; the table as CSV", viewCSV(v, copyLimit)
	case pressesKeys(v.Text):
		return "; not exact: its control characters are escaped", escapeControls(v.Text)
	}
	return "; the text that is shown", v.Text
}

func isPlainText(v value.Value) bool { return v.Kind() == value.Text && v.Tag() == "" }

// pressesKeys reports whether a text has control characters that a shell or an
// editor takes for keys, or that end a bracketed paste. Tabs and line breaks are
// text.
func pressesKeys(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r'
	})
}

// escapeControls makes a text printable, except for its tabs and line breaks.
func escapeControls(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		n := strings.IndexAny(s, "\t\n\r")
		if n < 0 {
			n = len(s)
		}
		b.WriteString(decode.Printable(s[:n]))
		if s = s[n:]; s != "" {
			b.WriteByte(s[0])
			s = s[1:]
		}
	}
	return b.String()
}

// bodyText is the lines of a body.
func bodyText(b body) string {
	var s strings.Builder
	for i := 0; b != nil && i < b.Len() && s.Len() <= copyLimit; i++ {
		s.WriteString(strings.TrimRight(lineText(b, i), " ") + "\n")
	}
	return s.String()
}

// copyText is a text or bytes as they are; anything else is its literal.
func copyText(v value.Value) string {
	if isPlainText(v) {
		return v.Text()
	}
	return decode.Literal(v, copyLimit+1)
}
