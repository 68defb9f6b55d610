package inspect_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// modelEntry is a key of the model: its bytes, and when it dies.
type modelEntry struct {
	dump string // as the server dumped it when it was written
	dies int64  // Unix milliseconds; -1 for never
	text string // the value of a string, "" for other types
}

func (e modelEntry) String() string { return fmt.Sprintf("%q %d", e.dump, e.dies) }

// model is what the server must hold, and a session that works on it through a
// proxy that breaks now and then.
type model struct {
	t     *testing.T
	rng   *rand.Rand
	srv   *inspecttest.Server
	w     *inspecttest.Wire // another client, whose connection never breaks
	proxy *inspecttest.Proxy
	c     *inspect.Client

	keys    map[string]modelEntry
	plan    *inspect.Plan
	planned map[string]modelEntry // the keys as they were then
	undoes  []undoable

	figures
}

// undoable is a delete whose journal holds these keys, all of them when it was
// not cut short. Some may never have been deleted.
type undoable struct {
	id    string
	keys  map[string]modelEntry
	doubt map[string]modelEntry // were not deleted, which the session does not know
	whole bool
}

type figures struct{ steps, deletes, undos, changes, scans, disconnects, compared int }

func newModel(t *testing.T, seed uint64) *model {
	srv := inspecttest.Start(t)
	proxy := inspecttest.NewProxy(t, srv.Addr)
	return &model{
		t: t, rng: rand.New(rand.NewPCG(seed, 1)), srv: srv, w: srv.Dial(0), proxy: proxy,
		c:    open(t, inspect.Config{URL: "redis://" + proxy.Addr, Timeout: 5 * time.Second}),
		keys: map[string]modelEntry{},
	}
}

func (m *model) name() string {
	odd := []string{"user[1]:", "user1:", "*", "", "\xff", "a b"}
	return odd[m.rng.IntN(len(odd))] + fmt.Sprint(m.rng.IntN(60))
}

// step does one thing to the server and to the model, and compares them now and
// then.
func (m *model) step() {
	m.steps++
	switch n := m.rng.IntN(100); {
	case n < 44:
		m.set()
	case n < 52:
		m.expire()
	case n < 56:
		m.rename()
	case n < 59:
		m.renameHere()
	case n < 62:
		m.retime()
	case n < 65:
		m.edit()
	case n < 66:
		m.w.Do("FLUSHDB")
		clear(m.keys)
	case n < 78:
		m.makePlan()
	case n < 90:
		m.delete()
	case n < 97:
		m.undo()
	case n < 99:
		m.scan()
	default:
		m.mourn()
	}
	m.compare()
}

// set writes a key of some type, with a time to live that is long enough for the
// test or such that no two are close: a plan can tell them apart.
func (m *model) set() {
	name := m.name()
	text := strings.Repeat("v", m.rng.IntN(300)) + fmt.Sprint(m.steps)
	m.w.Do("DEL", name)
	e := modelEntry{dies: -1}
	switch m.rng.IntN(8) {
	case 0: // of two fields in a hash table the server dumps either first
		m.w.Do("HSET", name, "field", text)
	case 1:
		m.w.Do("RPUSH", name, text, "", text)
	case 2:
		m.w.Do("SADD", name, fmt.Sprint(m.steps), fmt.Sprint(m.rng.IntN(1000)))
	case 3:
		m.w.Do("ZADD", name, fmt.Sprint(m.steps), text)
	default:
		e.text = text
		m.w.Do("SET", name, text)
	}
	e.dump = m.w.Text("DUMP", name)
	m.keys[name] = e
	if m.rng.IntN(2) == 0 {
		m.mortal(name)
	}
}

func (m *model) mortal(name string) {
	e := m.keys[name]
	e.dies = time.Now().UnixMilli() + 1_000_000 + 10_000*int64(m.steps)
	m.w.Do("PEXPIREAT", name, fmt.Sprint(e.dies))
	m.keys[name] = e
}

func (m *model) any() (string, bool) {
	if len(m.keys) == 0 {
		return "", false
	}
	names := slices.Sorted(maps.Keys(m.keys))
	return names[m.rng.IntN(len(names))], true
}

func (m *model) expire() {
	name, ok := m.any()
	switch {
	case !ok:
	case m.rng.IntN(3) == 0: // it is over
		m.w.Do("PEXPIREAT", name, "1")
		delete(m.keys, name)
	default:
		m.mortal(name)
	}
}

func (m *model) rename() {
	from, ok := m.any()
	to := m.name()
	if ok && from != to {
		m.w.Do("RENAME", from, to)
		m.keys[to] = m.keys[from]
		delete(m.keys, from)
	}
}

func (m *model) makePlan() {
	sel, wants := inspect.Selection{Prefix: []byte("user[1]:")}, func(n string) bool { return strings.HasPrefix(n, "user[1]:") }
	switch m.rng.IntN(3) {
	case 0:
		sel, wants = inspect.Selection{Glob: "user[1]:*"}, func(n string) bool { return strings.HasPrefix(n, "user1:") }
	case 1:
		name := m.name()
		sel, wants = inspect.Selection{Keys: byteSlices(name)}, func(n string) bool { return n == name }
	}
	p, err := m.c.Plan(m.t.Context(), sel, nil)
	if err != nil {
		m.t.Fatalf("step %d: %v", m.steps, err)
	}
	want := maps.Clone(m.keys)
	maps.DeleteFunc(want, func(n string, _ modelEntry) bool { return !wants(n) })
	if len(p.Keys) != len(want) {
		m.t.Fatalf("step %d: %s: %d keys planned of %d", m.steps, p.Description, len(p.Keys), len(want))
	}
	m.plan, m.planned = p, want
}

// delete carries out the last plan, which may be old, and half of the times on a
// connection that breaks. Then the server says what is gone, and the report must
// agree.
func (m *model) delete() {
	if m.plan == nil {
		return
	}
	m.deletes++
	m.breakSoon()
	report, err := m.c.Delete(m.t.Context(), m.plan, inspect.DeleteOptions{})
	m.heal()
	before := maps.Clone(m.keys)
	gone, missing, changed := 0, 0, 0
	for name, was := range m.planned {
		now, ok := before[name]
		there := m.w.Int("EXISTS", name) == 1
		switch {
		case !ok:
			missing++
		case was != now && !there:
			m.t.Fatalf("step %d: %q changed since the plan and was deleted", m.steps, name)
		case was != now:
			changed++
		case !there:
			gone++
			delete(m.keys, name)
		}
	}
	if err == nil && (report.Deleted != gone || report.Expired+report.Gone != missing || report.Changed != changed || report.Failed != 0) {
		m.t.Fatalf("step %d: %d gone, %d missing, %d changed: %+v", m.steps, gone, missing, changed, brief(report))
	}
	if report.Deleted > gone+missing || report.Deleted+report.Expired+report.Gone+report.OutcomeUnknown < gone {
		m.t.Fatalf("step %d: %d gone: %+v, %v", m.steps, gone, brief(report), err)
	}
	if err != nil && !inspect.IsDisconnected(err) {
		m.t.Fatalf("step %d: %v", m.steps, err)
	}
	if report.Undo != "" {
		kept := maps.Clone(before)
		maps.DeleteFunc(kept, func(n string, _ modelEntry) bool { _, there := m.keys[n]; return there })
		doubt := maps.Clone(m.planned)
		maps.DeleteFunc(doubt, func(n string, was modelEntry) bool { return report.OutcomeUnknown == 0 || m.keys[n] != was })
		m.undoes = append(m.undoes, undoable{report.Undo, kept, doubt, err == nil && report.NotUndoable == 0})
	}
	m.plan = nil
}

// undo takes back one of the deletes, and asks for its keys to be written over
// now and then. Otherwise it may bring back only what is not there now.
func (m *model) undo() {
	if len(m.undoes) == 0 {
		return
	}
	m.undos++
	i := m.rng.IntN(len(m.undoes))
	u := m.undoes[i]
	m.undoes = slices.Delete(m.undoes, i, i+1)
	replace := m.rng.IntN(4) == 0
	m.breakSoon()
	report, err := m.c.Undo(m.t.Context(), u.id, inspect.UndoOptions{Replace: replace})
	m.heal()
	if errors.Is(err, inspect.ErrNoJournal) {
		return // more than are kept
	}
	if err != nil && !inspect.IsDisconnected(err) {
		m.t.Fatalf("step %d: %v", m.steps, err)
	}
	back := 0
	for name, was := range u.keys {
		now, there := m.keys[name]
		is, ok := m.look(name)
		switch {
		case there && !replace, !ok && !there:
			if u.whole && err == nil && !there {
				m.t.Fatalf("step %d: %q does not come back: %+v", m.steps, name, report)
			}
		case ok && is == was.String():
			back++
			m.keys[name] = was
		case u.whole && err == nil || is != now.String():
			m.t.Fatalf("step %d: %q is %s, was %s before the undo of %s", m.steps, name, is, now, was)
		}
	}
	for name, was := range u.doubt {
		now, there := m.keys[name]
		is, ok := m.look(name)
		switch {
		case there && !replace, !ok && !there:
		case ok && is == was.String():
			back++
			m.keys[name] = was
		case !there || is != now.String():
			m.t.Fatalf("step %d: %q is %s, was %s before the undo of %s", m.steps, name, is, now, was)
		}
	}
	if err == nil && u.whole && report.Restored != back || report.Restored > back {
		m.t.Fatalf("step %d: %d came back: %+v", m.steps, back, report)
	}
}

func (m *model) scan() {
	m.scans++
	found := listed(m.t, m.c, inspect.ScanOptions{})
	if want := slices.Sorted(maps.Keys(m.keys)); !slices.Equal(found, want) {
		m.t.Fatalf("step %d: found %q, want %q", m.steps, found, want)
	}
}

func (m *model) breakSoon() {
	if m.rng.IntN(2) == 0 {
		m.proxy.CutAt(1+m.rng.IntN(6), inspecttest.Loss(m.rng.IntN(3)), m.rng.IntN(4) == 0)
	}
}

// heal ends what breakSoon began.
func (m *model) heal() {
	if m.proxy.Broke() {
		m.disconnects++
	}
	m.proxy.CutAt(0, 0, false)
	m.proxy.Refuse(false)
}

// compare wants the server to hold exactly the model: keys, bytes, expiries.
func (m *model) compare() {
	if m.steps%20 != 0 {
		return
	}
	names := slices.Sorted(maps.Keys(m.keys))
	if n := m.w.Int("DBSIZE"); n != int64(len(names)) {
		m.t.Fatalf("step %d: %d keys, want %d", m.steps, n, len(names))
	}
	for _, n := range names {
		m.w.Send("DUMP", n)
		m.w.Send("PEXPIRETIME", n)
	}
	for _, n := range names {
		m.compared++
		is := fmt.Sprintf("%q %v", m.w.Receive(), m.w.Receive())
		if is != m.keys[n].String() {
			m.t.Fatalf("step %d: %q is %q, want %q", m.steps, n, is, m.keys[n])
		}
	}
}

func TestModel(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3} {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			m := newModel(t, seed)
			for range 2000 {
				m.step()
			}
			if m.deletes < 50 || m.undos < 20 || m.disconnects < 10 || m.changes < 50 {
				t.Errorf("too little was done: %+v", m.figures)
			}
		})
	}
}

// TestSoak runs the model with new seeds for as long as SOAK says, such as 30m.
func TestSoak(t *testing.T) {
	soak := os.Getenv("SOAK")
	if soak == "" {
		return
	}
	long, err := time.ParseDuration(soak)
	if err != nil {
		t.Fatal(err)
	}
	var sum figures
	end := time.Now().Add(long)
	for time.Now().Before(end) {
		seed := rand.Uint64()
		ok := t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			m := newModel(t, seed)
			for m.steps < 20_000 && time.Now().Before(end) {
				m.step()
			}
			sum.steps += m.steps
			sum.deletes += m.deletes
			sum.undos += m.undos
			sum.changes += m.changes
			sum.scans += m.scans
			sum.disconnects += m.disconnects
			sum.compared += m.compared
		})
		if !ok {
			break
		}
	}
	t.Logf("%d steps, %d deletes, %d undos, %d other changes, %d scans, %d disconnects, %d keys compared",
		sum.steps, sum.deletes, sum.undos, sum.changes, sum.scans, sum.disconnects, sum.compared)
}
