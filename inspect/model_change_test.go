package inspect_test

import (
	"errors"
	"fmt"
	"time"

	"cacheview/inspect"
)

// look is what the server has under a name, as a modelEntry prints itself.
func (m *model) look(name string) (string, bool) {
	dump, ok := m.w.Do("DUMP", name).(string)
	return fmt.Sprintf("%q %d", dump, m.w.Int("PEXPIRETIME", name)), ok
}

// broken wants the error of a change to be nil, or that of a lost connection
// after which nobody knows.
func (m *model) broken(err error) bool {
	if err != nil && !inspect.IsDisconnected(err) {
		m.t.Fatalf("step %d: %v", m.steps, err)
	}
	return err != nil
}

// renameHere renames a key in the session, on a connection that may break.
func (m *model) renameHere() {
	from, ok := m.any()
	to := m.name()
	if !ok || from == to {
		return
	}
	m.changes++
	m.breakSoon()
	undo, err := m.c.Rename(m.t.Context(), []byte(from), []byte(to))
	m.heal()
	if _, taken := m.keys[to]; taken {
		if !errors.Is(err, inspect.ErrExists) && !m.broken(err) {
			m.t.Fatalf("step %d: %q was renamed to %q, which is there", m.steps, from, to)
		}
		return
	}
	if m.broken(err) && m.w.Int("EXISTS", from) == 1 {
		return
	}
	if undo == "" {
		m.t.Fatalf("step %d: %q was renamed, and nothing undoes it: %v", m.steps, from, err)
	}
	if m.rng.IntN(2) == 0 {
		if r, err := m.c.Undo(m.t.Context(), undo, inspect.UndoOptions{}); err != nil || r.Restored != 1 {
			m.t.Fatalf("step %d: %+v, %v", m.steps, r, err)
		}
		return
	}
	m.keys[to] = m.keys[from]
	delete(m.keys, from)
}

// retime changes the time to live of some keys in the session.
func (m *model) retime() {
	m.makePlan()
	m.changes++
	long := time.Duration(1_000_000+10_000*m.steps) * time.Millisecond
	change := []inspect.TTLChange{{To: long}, {Add: long}, {Persist: true}}[m.rng.IntN(3)]
	now := time.Now().UnixMilli()
	m.breakSoon()
	report, err := m.c.ChangeTTL(m.t.Context(), m.plan, change, nil)
	m.heal()
	lost := m.broken(err)
	done := 0
	for name, was := range m.planned {
		is := m.w.Int("PEXPIRETIME", name)
		wants := was.dies
		switch {
		case change.Persist:
			wants = -1
		case change.To > 0:
			wants = now + long.Milliseconds()
		case was.dies != -1:
			wants += long.Milliseconds()
		}
		const slack = 60_000 // PEXPIRE counts from when the server gets it
		right := is == wants || is != -1 && wants != -1 && is >= wants-slack && is <= wants+slack
		if !right && (!lost || is != was.dies) {
			m.t.Fatalf("step %d: %q dies at %d, did at %d, %+v: %+v, %v", m.steps, name, is, was.dies, change, report, err)
		}
		if is != was.dies {
			done++
		}
		was.dies = is
		m.keys[name] = was
	}
	if report.Changed > len(m.planned) || !lost && report.Changed < done {
		m.t.Fatalf("step %d: %d of %d changed: %+v", m.steps, done, len(m.planned), report)
	}
	m.plan = nil
}

// edit writes another text over a string, and takes that back half of the times.
func (m *model) edit() {
	name, ok := m.any()
	was := m.keys[name]
	if !ok || was.text == "" {
		return
	}
	m.changes++
	text := fmt.Sprint("edited ", m.steps)
	m.breakSoon()
	undo, err := m.c.Replace(m.t.Context(), []byte(name), []byte(was.text), []byte(text))
	m.heal()
	m.broken(err)
	switch is := m.w.Text("GET", name); {
	case is == was.text && err != nil:
		return
	case is != text:
		m.t.Fatalf("step %d: %q is %q", m.steps, name, is)
	case undo == "":
		m.t.Fatalf("step %d: %q was written, and nothing takes it back: %v", m.steps, name, err)
	}
	if m.rng.IntN(2) == 0 {
		if r, err := m.c.Undo(m.t.Context(), undo, inspect.UndoOptions{}); err != nil || r.Restored != 1 {
			m.t.Fatalf("step %d: %+v, %v", m.steps, r, err)
		}
		return
	}
	was.text, was.dump = text, m.w.Text("DUMP", name)
	m.keys[name] = was
}

// mourn deletes a key that would have expired by the time of its undo.
func (m *model) mourn() {
	const name = "brief"
	m.w.Do("SET", name, "x", "PX", "100")
	dies := m.w.Int("PEXPIRETIME", name)
	p, err := m.c.Plan(m.t.Context(), inspect.Selection{Keys: byteSlices(name)}, nil)
	if err != nil {
		m.t.Fatal(err)
	}
	report, err := m.c.Delete(m.t.Context(), p, inspect.DeleteOptions{})
	if err != nil {
		m.t.Fatal(err)
	}
	for time.Now().UnixMilli() <= dies { // there is no event when a moment has passed
		time.Sleep(time.Millisecond)
	}
	if report.Deleted == 0 {
		return // it was faster
	}
	undone, err := m.c.Undo(m.t.Context(), report.Undo, inspect.UndoOptions{})
	if err != nil || undone.Expired != 1 || undone.Restored != 0 || m.w.Int("EXISTS", name) == 1 {
		m.t.Fatalf("step %d: %+v, %v", m.steps, undone, err)
	}
}
