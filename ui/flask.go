package ui

import (
	"bytes"
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/decode/flaskcaching"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// flaskState is what is known of the functions behind memoized results.
type flaskState struct {
	known *inspect.FlaskIndex // nil until it was worked out once
	rev   uint64              // of the snapshot that it was made from
	job   job
	next  time.Time        // not to be worked out again before
	nodes keyspace.Grouper // the functions as nodes of the tree; nil when there are none
	calls *inspect.Calls   // when results stop being reached; nil when not known
	// prefixes are nodes of the tree whatever they end in.
	prefixes keyspace.Prefixes
	// renewed is set when a version key has changed since known was worked out.
	renewed bool
	raw     bool   // the user wants the keys alone
	jump    []byte // the key to go to once the list shows it
	find    job    // looks for the keys of a typed call
}

// The functions are worked out anew when keys came or went, but not more often
// than this, and arguments are guessed for no longer than that.
const (
	flaskEvery = 2 * time.Second
	flaskRest  = 20 // times as long as the last time took
	// groupsOf is up to how many keys are searched for those of other frameworks.
	groupsOf = 20_000
	guessFor = 3 * time.Second
)

// wantFlask works out which function made which key, when keys have come or
// gone since it was done last.
func (m *model) wantFlask() tea.Cmd {
	s := &m.flask
	if s.job.on || m.be == nil || m.link.lost() || !m.progress.Done || m.now().Before(s.next) {
		return nil
	}
	snap := m.idx.Snapshot()
	if s.known != nil && s.rev == snap.Revision() && !s.renewed {
		return nil
	}
	s.rev, s.renewed = snap.Revision(), false
	ctx, id := s.job.begin(m.root)
	be, older, now := m.be, s.known, m.now
	return func() tea.Msg {
		start := now()
		f, err := be.Flask(ctx, snap, nil)
		if err != nil {
			return flaskMsg{id: id, err: err}
		}
		f.Adopt(older)
		short, cancel := context.WithTimeout(ctx, guessFor)
		defer cancel()
		_, err = be.Guess(short, f)
		calls, cerr := be.Calls(ctx, f)
		if inspect.IsDisconnected(cerr) {
			err = cerr
		}
		var others *inspect.Frameworks
		if snap.IDCount() <= groupsOf {
			if others, cerr = be.FrameworkGroups(ctx, snap); inspect.IsDisconnected(cerr) {
				err = cerr
			}
		}
		return flaskMsg{id, f, calls, nodesOf(f, others, snap), now().Sub(start), err}
	}
}

func (m *model) flaskArrived(msg flaskMsg) tea.Cmd {
	if !m.flask.job.mine(msg.id) {
		return nil
	}
	m.flask.job.stop()
	m.flask.next = m.now().Add(max(flaskEvery, flaskRest*msg.took))
	if msg.flask != nil {
		m.flask.known, m.list.flask, m.flask.nodes = msg.flask, m.shownFlask(msg.flask), msg.nodes
		m.flask.calls, m.list.calls = msg.calls, msg.calls
		m.flask.prefixes = inspect.PrefixesOf(msg.flask)
	}
	if msg.err != nil && inspect.IsDisconnected(msg.err) {
		return m.failed(msg.err)
	}
	return m.refresh()
}

// nodesOf are the functions, and what other frameworks have, as nodes of the tree.
func nodesOf(f *inspect.FlaskIndex, others *inspect.Frameworks, snap *keyspace.Snapshot) keyspace.Grouper {
	if g := inspect.NewGroups(f, others, snap); g != nil {
		return g
	}
	return nil
}

// shownGroups are the nodes, unless keys are to be shown alone.
func (s *flaskState) shownGroups() keyspace.Grouper {
	if s.raw {
		return nil
	}
	return s.nodes
}

// shownNames are the calls as names to find keys by, unless keys are shown
// alone.
func (s *flaskState) shownNames() keyspace.AliasFinder {
	if s.raw || s.known == nil {
		return nil
	}
	return s.known
}

func (m *model) shownFlask(f *inspect.FlaskIndex) *inspect.FlaskIndex {
	if m.flask.raw {
		return nil
	}
	return f
}

// toggleCalls shows calls beside the keys, or the keys alone.
func (m *model) toggleCalls() tea.Cmd {
	m.flask.raw = !m.flask.raw
	m.list.flask = m.shownFlask(m.flask.known)
	if m.flask.raw {
		m.status.say("keys alone")
		return m.refresh()
	}
	m.status.say("keys with the calls that made them, under their functions")
	return m.refresh()
}

// findCall goes to the entry of a call or a page that the user typed.
func (m *model) findCall(typed string) tea.Cmd {
	if typed == "" {
		return nil
	}
	if m.flask.known == nil {
		m.status.say("functions are known once all keys are listed; try again in a moment")
		return nil
	}
	ctx, id := m.flask.find.begin(m.root)
	be, f, snap := m.be, m.flask.known, m.idx.Snapshot()
	m.status.say("looking for " + decode.Printable(typed))
	return func() tea.Msg {
		if inspect.IsForeignCall(typed) {
			all, err := be.Frameworks(ctx, snap)
			if err != nil {
				return callFoundMsg{id: id, typed: typed, err: err}
			}
			if found := all.Candidates(typed); found.Exists() || !flaskcaching.IsTyped(typed) {
				return callFoundMsg{id, typed, found, nil}
			}
		}
		found, err := f.FindAll(typed)
		return callFoundMsg{id, typed, found, err}
	}
}

// callFound goes to the key of a typed call.
func (m *model) callFound(msg callFoundMsg) tea.Cmd {
	if !m.flask.find.mine(msg.id) {
		return nil
	}
	m.flask.find.stop()
	list := msg.found.List
	switch {
	case msg.err != nil:
		m.status.fail(msg.err)
	case len(list) == 0 || !list[0].Exists:
		m.dialog = newNotFound(msg.typed, msg.found, m.flask.known)
	case list[0].Other:
		m.status.say("no key of " + decode.Printable(msg.typed) + " was found; this is " + decode.Printable(list[0].Call))
		return m.goTo(list[0].Key)
	default:
		m.status.say(decode.Printable(list[0].Call))
		return m.goTo(list[0].Key)
	}
	return nil
}

// goTo moves to a key, out of the filter when that hides it.
func (m *model) goTo(key []byte) tea.Cmd {
	m.flask.jump = bytes.Clone(key)
	if m.landed() {
		return m.look()
	}
	m.filter.drop()
	m.spec.Query.Type, m.spec.Query.NoTTL = keyspace.UnknownType, false
	return m.refilter()
}

// landed moves to the key that was asked for, if the list has it by now.
func (m *model) landed() bool {
	key := m.flask.jump
	if key == nil || m.list.rows == nil {
		return false
	}
	for range 64 {
		at := m.list.rows.Find(key)
		if at < 0 {
			return false
		}
		m.list.moveTo(at)
		r, _ := m.list.current()
		if r.Leaf {
			m.flask.jump = nil
			m.show(onKeys)
			return true
		}
		m.folder()
	}
	return false
}

// askInvalidate offers to make a function run again.
func (m *model) askInvalidate() {
	f := m.flask.known
	if f == nil {
		m.status.say("functions are known once all keys are listed; try again in a moment")
		return
	}
	var items []menuItem
	for _, fn := range f.Functions() {
		if key := m.list.currentKey(); key != nil && !m.belongs(key, fn) {
			continue
		}
		items = append(items, m.invalidation(fn)...)
	}
	if len(items) == 0 {
		for _, fn := range f.Functions() {
			items = append(items, m.invalidation(fn)...)
		}
	}
	if len(items) == 0 {
		m.status.say("there is no memoized function of Flask-Caching here")
		return
	}
	m.dialog = &menuDialog{title: "Invalidate", items: items, said: countedFirst}
}

// belongs tells whether a key is a result or the version of a function.
func (m *model) belongs(key []byte, fn inspect.FlaskFunction) bool {
	if bytes.Equal(key, fn.Memver) {
		return true
	}
	o, ok := m.flask.known.Owner(key)
	return ok && o.Function == fn.Name && o.Instance == fn.Instance
}

// invalidation is the two ways of making a function run again.
func (m *model) invalidation(fn inspect.FlaskFunction) []menuItem {
	name := decode.Printable(fn.Name)
	if fn.Instance != "" {
		name += " of " + decode.Printable(fn.Instance)
	}
	stays := human.Plural(fn.Entries, "result")
	if fn.Sized == fn.Entries && fn.Entries > 0 {
		stays += " (" + human.Size(fn.Bytes) + ")"
	}
	plan := func(with bool) func(m *model) tea.Cmd {
		return func(m *model) tea.Cmd {
			be, f := m.be, m.flask.known
			return m.planBy(func(ctx context.Context, _ func(inspect.Progress)) (*inspect.Plan, error) {
				return be.PlanInvalidation(ctx, f, string(fn.Memver), with)
			})
		}
	}
	return []menuItem{
		{label: "Invalidate " + name, note: "deletes its version; " + stays + " can no longer be used and expire", run: plan(false)},
		{label: "the same, and delete " + human.Plural(fn.Entries, "result"), note: "deletes its version and what " + name + " stored", run: plan(true)},
	}
}

// versionsChanged notes what is known of version keys among keys that changed:
// when they expire, and that results may belong to others now.
func (s *flaskState) versionsChanged(keys []inspect.Key) {
	for _, k := range keys {
		if inspect.IsVersionName(k.Name) {
			s.renewed = true
			if s.calls != nil {
				s.calls = s.calls.With(keys)
			}
			return
		}
	}
}

// effective returns when a key with an expiry stops being reached.
func effective(calls *inspect.Calls, name []byte, expiry int64) int64 {
	if calls == nil || expiry == keyspace.UnknownExpiry {
		return expiry
	}
	return calls.Effective(name, expiry)
}
