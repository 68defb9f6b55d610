package ui

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
	"cacheview/ui/keyfile"
)

// exporting is what is to be exported. names is called in the background.
type exporting struct {
	keys  int
	names func() [][]byte
}

// askExport offers what can be exported: what is marked, what is under the
// cursor, what the filter lets through, and all.
func (m *model) askExport() tea.Cmd {
	rows := m.list.rows
	switch {
	case m.be == nil || m.link.lost():
		m.status.say("there is no connection")
		return nil
	case rows == nil || !m.progress.Done:
		m.status.say("the keys are still being listed: press it again then")
		return nil
	case m.idx.Snapshot().KeyCount() == 0:
		m.status.say("there is no key to export")
		return nil
	}
	var items []menuItem
	add := func(label, note string, what func(m *model) exporting) {
		items = append(items, menuItem{label: label, note: note, run: func(m *model) tea.Cmd { return m.askExportTo(what(m)) }})
	}
	if marked := m.list.markedKeys(); len(marked) > 0 {
		add(human.Plural(len(marked), "marked key"), "wherever they are in the list", func(*model) exporting { return exportOf(marked) })
	}
	if r, ok := m.list.current(); ok && r.Leaf {
		key := bytes.Clone(m.list.currentKey())
		add("key "+quote(key), "the one under the cursor", func(*model) exporting { return exportOf([][]byte{key}) })
	} else if ok {
		under := r.Prefix
		ids := func() []uint32 {
			if r.Group {
				return rows.GroupKeys(under)
			}
			return slices.Collect(rows.KeysWithPrefix(under))
		}
		add(human.Plural(r.Count, "key")+" of "+quote(under), "the prefix under the cursor", func(m *model) exporting {
			return exportOf(m.namesOf(slices.Values(ids())))
		})
	}
	if sel, err := m.matching(); err == nil {
		add(sel.text(rows.MatchCount()), "all keys that match the filter", func(*model) exporting {
			return exporting{rows.MatchCount(), func() [][]byte { return sel.names() }}
		})
	}
	all := m.idx.Snapshot()
	add("all "+human.Plural(all.KeyCount(), "key")+" of "+m.be.Server().Name(), "whatever the list shows", func(*model) exporting {
		return exporting{all.KeyCount(), func() [][]byte { return living(all) }}
	})
	m.dialog = &menuDialog{title: "Export", items: items, said: "Exact copies go to a file: values, types and times to live. Nothing is changed here."}
	return nil
}

func exportOf(names [][]byte) exporting {
	return exporting{len(names), func() [][]byte { return names }}
}

// living are the names of all keys of a snapshot.
func living(s *keyspace.Snapshot) [][]byte {
	names := make([][]byte, 0, s.KeyCount())
	for id := range uint32(s.IDCount()) {
		if s.IsAlive(id) {
			names = append(names, s.Name(id))
		}
	}
	return names
}

// askExportTo asks for the name of the file.
func (m *model) askExportTo(what exporting) tea.Cmd {
	name := "cacheview-" + m.be.Server().Name() + m.now().Format("-20060102-150405") + ".jsonl"
	help := human.Plural(what.keys, "key") + ", to a new file"
	return m.prompt.beginWith("export to", help, name, func(text string) tea.Cmd {
		if strings.TrimSpace(text) == "" {
			return nil
		}
		return m.exportTo(text, what)
	})
}

func (m *model) exportTo(path string, what exporting) tea.Cmd {
	ctx, id := m.plan.begin(m.root)
	be, d, now, create := m.be, m.busyWith(id, "Exporting", true), m.now(), m.opt.NewFile
	if create == nil {
		create = newFile
	}
	d.step(0, what.keys)
	return tea.Batch(d.tick(), m.change(func() tea.Msg {
		msg := exportedMsg{id: id, path: path, what: what}
		file, err := create(path)
		if err != nil {
			msg.err = err
			return msg
		}
		msg.opened = true
		w := bufio.NewWriter(file)
		keys := keyfile.NewWriter(w, be.Server(), now)
		msg.err = be.Export(ctx, what.names(), func(s inspect.DumpedKey) error {
			defer func() { d.step(keys.Keys(), what.keys) }()
			return keys.Add(s)
		}, func(err inspect.KeyError) {
			if msg.failed++; msg.first == nil {
				msg.first = &err
			}
		})
		msg.keys = keys.Keys()
		if msg.err == nil {
			msg.err = keys.Close()
		}
		msg.end(file, w)
		return msg
	}))
}

// newFile makes a file that only its owner can read, and never writes over
// another. ~/ is the home directory, as a shell has it.
func newFile(path string) (*os.File, error) {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, err
		}
		path = filepath.Join(home, rest)
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// end closes the file. One that is not whole, or has no key in it, is removed: it
// would be taken for an export one day.
func (msg *exportedMsg) end(file *os.File, w *bufio.Writer) {
	if err := w.Flush(); msg.err == nil {
		msg.err = err
	}
	if info, err := file.Stat(); err == nil {
		msg.bytes = info.Size()
	}
	if err := file.Close(); msg.err == nil {
		msg.err = err
	}
	if msg.err != nil || msg.keys == 0 {
		if err := os.Remove(file.Name()); err != nil {
			msg.err = errors.Join(msg.err, fmt.Errorf("the incomplete file remains:  %w", err))
		}
	}
}

// exported tells what became of an export; a name that will not do is asked for
// again.
func (m *model) exported(msg exportedMsg) tea.Cmd {
	if msg.id != m.plan.id {
		return nil
	}
	m.plan.stop()
	m.dialog = nil
	switch {
	case !msg.opened && errors.Is(msg.err, fs.ErrExist):
		cmd := m.askExportTo(msg.what)
		return tea.Batch(cmd, m.prompt.again(msg.path, errors.New("there is such a file: another name")))
	case !msg.opened:
		cmd := m.askExportTo(msg.what)
		why := msg.err
		if e, ok := errors.AsType[*fs.PathError](why); ok {
			why = e.Err
		}
		return tea.Batch(cmd, m.prompt.again(msg.path, why))
	case errors.Is(msg.err, context.Canceled):
		m.status.say(msg.said())
	case msg.err != nil:
		m.status.fail(errors.New(msg.said()))
		if inspect.IsDisconnected(msg.err) {
			return m.lose(msg.err)
		}
	default:
		m.status.say(msg.said())
		m.status.bad = msg.failed > 0
	}
	return nil
}

// said is what became of an export, in one line.
func (msg exportedMsg) said() string {
	switch {
	case errors.Is(msg.err, context.Canceled):
		return "stopped: no file was made"
	case msg.err != nil:
		return "nothing was exported: " + msg.err.Error()
	case msg.keys == 0 && msg.failed == 0:
		return "nothing was exported: none of the keys is there any more"
	}
	s := "exported " + human.Plural(msg.keys, "key")
	if msg.keys > 0 {
		s += " (" + human.Size(msg.bytes) + ") to " + msg.path
	}
	if gone := msg.what.keys - msg.keys - msg.failed; gone > 0 {
		s += ", " + human.Count(gone) + " were gone"
	}
	if msg.failed > 0 {
		s += ", " + human.Count(msg.failed) + " failed: " + msg.first.Error()
	}
	return s
}
