package ui

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/ownfile"
)

// memory is how the user left the screen of one database, for the next time.
// The file has no value and no password in it, but names of keys, and so only
// its owner may read it.
type memory struct {
	Left    time.Time          `json:"left"`
	Order   keyspace.SortOrder `json:"order"`
	Reverse bool               `json:"reverse,omitempty"`
	Flat    bool               `json:"flat,omitempty"`
	Raw     bool               `json:"raw_keys,omitempty"`
	Filter  string             `json:"filter,omitempty"`
	Mode    keyspace.MatchMode `json:"mode,omitempty"`
	Chosen  bool               `json:"mode_chosen,omitempty"`
	Split   int                `json:"split"`
	Past    past               `json:"typed,omitempty"`
}

// memories is the file: a memory for each database, by address and number.
type memories map[string]memory

// memoryLimit is how many databases are remembered.
const memoryLimit = 50

// whose is the name of a database in the file.
func whose(s inspect.Server) string { return s.Addr + " " + s.Name() }

func loadMemories(path string) (memories, error) {
	all := memories{}
	raw, err := ownfile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	return all, json.Unmarshal(raw, &all)
}

// recallMemory returns what is remembered of a database. A file that cannot be
// read is a file without memories: it is made anew when the user quits.
func recallMemory(path string, s inspect.Server) (memory, bool) {
	if path == "" {
		return memory{}, false
	}
	all, err := loadMemories(path)
	if err != nil {
		return memory{}, false
	}
	mem, ok := all[whose(s)]
	return mem, ok && mem.Order <= keyspace.BySize && mem.Mode <= keyspace.Regexp
}

// save puts the memory of a database into the file, which is replaced whole.
func (mem memory) save(path string, s inspect.Server) error {
	all, err := loadMemories(path)
	if err != nil {
		all = memories{}
	}
	all[whose(s)] = mem
	for len(all) > memoryLimit {
		oldest := ""
		for name, other := range all {
			if oldest == "" || other.Left.Before(all[oldest].Left) {
				oldest = name
			}
		}
		delete(all, oldest)
	}
	raw, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "screens-")
	if err != nil {
		return err
	}
	_, err = file.Write(raw)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// memory is how the screen is now.
func (m *model) memory() memory {
	return memory{
		Left: m.now(), Order: m.order, Reverse: m.spec.Reverse, Flat: !m.spec.Tree, Raw: m.flask.raw,
		Filter: m.filter.input.Value(), Mode: m.filter.mode, Chosen: m.filter.chosen, Split: m.split, Past: m.past,
	}
}

// restore makes the screen as it was left. A prefix from the command line
// counts more than the filter of last time.
func (m *model) restore(mem memory) {
	m.order, m.spec.Reverse, m.spec.Tree = mem.Order, mem.Reverse, !mem.Flat
	m.flask.raw = mem.Raw
	if m.opt.Prefix == "" && !m.filter.active() {
		m.filter.input.SetValue(mem.Filter)
		m.filter.mode, m.filter.chosen = mem.Mode, mem.Chosen
		if mem.Filter != "" {
			m.status.say("Filter from last time: " + m.keys.Back.name() + " clears it")
		}
	}
	m.split = min(max(mem.Split, minSplit), maxSplit)
	for kind, lines := range mem.Past {
		lines = slices.DeleteFunc(lines, func(s string) bool { return strings.ContainsAny(s, "\r\n") })
		m.past[kind] = lines[:min(len(lines), pastLimit)]
	}
	m.spec = m.wantedSpec()
	m.resize(m.lay.W, m.lay.H)
}
