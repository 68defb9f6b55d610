package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/inspect/keyspace"
	"cacheview/ui/child"
)

// outsideMsg says that the program which had the terminal has ended.
type outsideMsg struct {
	copy *copyFile
	key  []byte // of the value that may be written back; nil for a copy to read
	err  error
}

// inPager shows the value that is on screen, all of it, in the user's pager.
func (m *model) inPager() tea.Cmd {
	return m.readOutside(m.opt.Pager, "PAGER")
}

// readOutside opens what the pane shows in a program that gets a copy to read.
func (m *model) readOutside(program, variable string) tea.Cmd {
	c := m.value.content
	if c == nil {
		m.status.say("there is no value to open")
		return nil
	}
	text := shownText(c, m.value.mode)
	return m.outside(program, variable, "value.txt", text, 0o400, nil)
}

// outside gives the terminal to a program with one file.
func (m *model) outside(program, variable, name string, data []byte, mode os.FileMode, key []byte) tea.Cmd {
	args := strings.Fields(program)
	if len(args) == 0 {
		m.status.fail(fmt.Errorf("set %s to the program to open values with", variable))
		return nil
	}
	c, err := newCopy(name, data, mode)
	if err != nil {
		m.status.fail(err)
		return nil
	}
	m.copies = append(m.copies, c)
	return c.open(m.opt.Secrets, args, variable, key)
}

// editOn opens what was typed so far in the editor again.
func (m *model) editOn(d *diffDialog) tea.Cmd {
	return d.copy.open(m.opt.Secrets, strings.Fields(m.opt.Editor), "EDITOR", d.name)
}

// open runs the program on the copy. Its arguments are the user's own; secrets are
// the variables that are kept from it.
func (c *copyFile) open(secrets, args []string, variable string, key []byte) tea.Cmd {
	cmd := child.Command(context.Background(), secrets, args[0], append(args[1:], c.path)...)
	cmd.Stdin = os.Stdin // and not the reader of pastes, which would be a pipe
	return tea.ExecProcess(cmd, func(err error) tea.Msg {
		if err != nil {
			err = fmt.Errorf("%s ($%s): %w", args[0], variable, err)
		}
		return outsideMsg{c, key, err}
	})
}

func (m *model) cameBack(msg outsideMsg) tea.Cmd {
	if msg.key == nil || msg.err != nil {
		msg.copy.remove()
		if msg.err != nil {
			m.status.fail(msg.err)
		}
		return nil
	}
	now, err := os.ReadFile(msg.copy.path)
	if err != nil {
		msg.copy.remove()
		m.status.fail(err)
		return nil
	}
	return m.edited(msg.key, msg.copy, now)
}

// shownText is the whole value as the pane shows it, every byte made printable:
// a pager may be set to pass escape sequences on.
func shownText(c *content, mode viewMode) []byte {
	switch mode {
	case viewRaw:
		return printableLines(string(c.raw()))
	case viewHex:
		return []byte(strings.Join(decode.Hexdump(c.raw(), 0, (len(c.raw())+15)/16), "\n") + "\n")
	case viewOps:
		if ops, ok := c.ops(); ok {
			var b strings.Builder
			for _, op := range ops {
				fmt.Fprintf(&b, "%8d %3d %-18s %s%s\n", op.Offset, op.Depth, op.Name, decode.Printable(op.Arg), decode.Printable(op.Err))
			}
			return []byte(b.String())
		}
	}
	if v := c.Root; v.Kind() == value.Text && v.Tag() == "" {
		return printableLines(v.Text())
	}
	return append(decode.AppendText(nil, c.Root, decode.TextOptions{Width: 100, Limits: c.Result.RenderLimits()}), '\n')
}

// printableLines makes a text printable line by line; tabs stay.
func printableLines(text string) []byte {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.ReplaceAll(decode.Printable(l), `\t`, "\t")
	}
	return []byte(strings.Join(lines, "\n"))
}

// editable says why a value cannot be edited; nil when it can be. Only what a
// text editor gives back byte for byte can: text, and JSON.
func editable(c *content) error {
	switch {
	case c.Win.Type != keyspace.String:
		return errors.New("only strings can be edited, this is a " + c.Win.Type.String())
	case c.Win.Truncated:
		return errors.New("only the beginning of the value was read: it is too long to be edited")
	case c.Outside:
		return errors.New("it is read by an external decoder: what that shows is not the value itself")
	case c.As != "":
		return errors.New("it is read in a format that was chosen by hand: choose automatic (V) to edit it")
	case c.Result.Pickle != nil:
		return errors.New("a pickle cannot be edited: only Python should write one")
	}
	raw := string(c.raw())
	for l := range strings.SplitSeq(raw, "\n") {
		if strings.ReplaceAll(decode.Printable(l), `\t`, "\t") != l {
			return errors.New("only plain text can be edited, and there are other bytes in it")
		}
	}
	return nil
}
