package inspect

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"cacheview/decode/flaskcaching"
	"cacheview/inspect/keyspace"
)

// FunctionError is returned when a name is not that of exactly one function.
type FunctionError struct {
	Name string
	// Like are the functions of that name under different prefixes, by their
	// memver keys; or, when there is none, those that the name may stand for.
	Like []string
}

// Error is one sentence.
func (e *FunctionError) Error() string {
	if len(e.Like) == 0 {
		return fmt.Sprintf("there is no memoized function %q", e.Name)
	}
	return fmt.Sprintf("%q is not the name of one memoized function; there is %s", e.Name, strings.Join(e.Like, ", "))
}

// PlanInvalidate plans what makes every call of a function run again: deleting
// its version, as Flask-Caching's delete_memoized_verhash does. The library's
// delete_memoized writes a new version instead, with the app's default timeout;
// the next call here writes one with the function's own. Neither removes the
// stored results, which can then only expire: Plan.Entries says how many and
// Plan.EntriesBytes how large they are, and withEntries plans to remove those
// that exist now, too.
//
// function is what Flask.Function takes. When the version has been renewed
// since f was made, the entries are looked for on the server again. An error
// may be a *FunctionError or a *ProtectedError.
func (c *Client) PlanInvalidate(ctx context.Context, f *Flask, function string, withEntries bool) (*Plan, error) {
	found := f.named(function)
	if len(found) != 1 {
		return nil, f.functionError(function, found)
	}
	m := &f.memvers[found[0]]
	p := &Plan{Server: c.Server(), Types: map[keyspace.Type]int{}}
	p.What = "version of " + m.fullName()
	p.Keys = once([][]byte{m.key})
	entries, err := c.dependents(ctx, f, found[0])
	if err != nil {
		return nil, err
	}
	if withEntries {
		p.What += " and its results"
		p.Keys = once(append(p.Keys, entries...))
	} else if err := c.leave(ctx, p, entries); err != nil {
		return nil, err
	}
	return c.finish(ctx, p, nil)
}

func (m *memver) fullName() string {
	if m.instance == "" {
		return m.name
	}
	return m.name + "." + m.instance
}

func (f *Flask) functionError(name string, found []int32) *FunctionError {
	e := &FunctionError{Name: name}
	for _, at := range found {
		e.Like = append(e.Like, string(f.memvers[at].key))
	}
	if len(found) > 0 {
		return e
	}
	for i := range f.memvers {
		if full := f.memvers[i].fullName(); strings.HasSuffix(full, "."+name) {
			e.Like = append(e.Like, full)
		}
	}
	return e
}

// dependents returns the entries that die with a version.
func (c *Client) dependents(ctx context.Context, f *Flask, at int32) ([][]byte, error) {
	m := &f.memvers[at]
	now, err := c.readVersions(ctx, [][]byte{m.key})
	if err != nil {
		return nil, err
	}
	if len(now) == 0 || now[0].version == m.version {
		return f.entriesOf(at), nil
	}
	// A new version: its entries are not in the snapshot.
	names, err := c.list(ctx, ScanOptions{Prefix: []byte(m.prefix), Match: EscapeGlob([]byte(m.prefix)) + "*" + EscapeGlob(now[0].version[:]) + "*"}, nil)
	if err != nil {
		return nil, err
	}
	kept := names[:0]
	for _, name := range names {
		if m.holds(name, now[0].version) {
			kept = append(kept, name)
		}
	}
	return kept, nil
}

// holds reports whether a name is that of an entry with a version of m.
func (m *memver) holds(name []byte, v version) bool {
	rest, ok := bytes.CutPrefix(name, []byte(m.prefix))
	if !ok || !isBase64(rest) {
		return false
	}
	switch {
	case len(rest) == entryLen:
		return m.instance == "" && version(rest[digestLen:]) == v
	case len(rest) == methodLen && m.instance != "":
		return version(rest[entryLen:]) == v
	case len(rest) == methodLen:
		return version(rest[digestLen:entryLen]) == v
	}
	return false
}

// entriesOf returns the names of the entries of the snapshot that depend on a
// memver.
func (f *Flask) entriesOf(at int32) [][]byte {
	names := make([][]byte, 0, f.memvers[at].entries)
	for _, e := range f.entries {
		if e.function == at || e.instance == at {
			names = append(names, f.snap.Name(e.id))
		}
	}
	return names
}

// PlanOrphans plans to remove the entries that no call can hit any more. It
// does not rely on what f knew: it lists the versions on the server again,
// which takes a whole scan, and looks at the beginning of each value, since a
// name alone could be anybody's. An entry is planned when f calls it an orphan,
// still no memver key holds its version, and its value is a pickle behind "!"
// or an integer, as Flask-Caching writes them. progress may be nil.
func (c *Client) PlanOrphans(ctx context.Context, f *Flask, progress func(Progress)) (*Plan, error) {
	names, err := c.list(ctx, ScanOptions{Match: "*" + memverEnd}, progress)
	if err != nil {
		return nil, err
	}
	live, err := c.readVersions(ctx, names)
	if err != nil {
		return nil, err
	}
	versions := indexVersions(live)
	var dead [][]byte
	for _, id := range f.orphans {
		name := f.snap.Name(id)
		if _, ok := versions.resolve(live, name); !ok {
			dead = append(dead, name)
		}
	}
	p := &Plan{Server: c.Server(), Types: map[keyspace.Type]int{}, What: "results that no call can hit any more"}
	err = c.heads(ctx, dead, orphanHead, func(i int, raw []byte) {
		if writtenByFlaskCaching(raw) {
			p.Keys = append(p.Keys, dead[i])
		}
	})
	if err != nil {
		return nil, err
	}
	return c.finish(ctx, p, nil)
}

// orphanHead is how much of a value shows that the library wrote it.
const orphanHead = 32

func writtenByFlaskCaching(head []byte) bool {
	if _, ok := flaskcaching.Pickled(head); ok {
		return true
	}
	digits := bytes.TrimPrefix(head, []byte("-"))
	return len(digits) > 0 && len(bytes.Trim(digits, "0123456789")) == 0
}
