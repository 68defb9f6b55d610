package ui

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// errNoKey says why there is no selection.
var errNoKey = errors.New("there is no key under the cursor")

// selection is what an action is about: the marked keys, or the key or the
// prefix under the cursor. Of a prefix it is what the list shows of it: under a
// filter only the keys that are let through.
func (m *model) selection() (inspect.Selection, error) {
	if marked := m.list.markedKeys(); len(marked) > 0 {
		return inspect.Selection{Keys: marked}, nil
	}
	r, ok := m.list.current()
	switch {
	case !ok:
		return inspect.Selection{}, errNoKey
	case r.Leaf:
		return inspect.Selection{Keys: m.namesOf(slices.Values([]uint32{r.ID}))}, nil
	case r.Group:
		return inspect.Selection{Keys: m.namesOf(slices.Values(m.list.rows.GroupKeys(r.Prefix)))}, nil
	case !m.letsThrough(r.Prefix):
		if !m.whole() {
			return inspect.Selection{}, errSearching
		}
		return inspect.Selection{Keys: m.namesOf(m.list.rows.KeysWithPrefix(r.Prefix))}, nil
	}
	return inspect.Selection{Prefix: bytes.Clone(r.Prefix)}, nil
}

// letsThrough tells whether the filter lets every key through that starts with
// prefix.
func (m *model) letsThrough(prefix []byte) bool {
	q := m.list.rows.Spec().Query
	return q.Type == keyspace.UnknownType && !q.NoTTL &&
		(q.Text == "" || q.Mode == keyspace.Prefix && bytes.HasPrefix(prefix, []byte(q.Text)))
}

// namesOf copies the names of listed keys.
func (m *model) namesOf(ids iter.Seq[uint32]) [][]byte {
	var names [][]byte
	for id := range ids {
		names = append(names, bytes.Clone(m.list.snap.Name(id)))
	}
	return names
}

// planDelete counts what d deletes.
func (m *model) planDelete() tea.Cmd {
	sel, err := m.selection()
	if err != nil {
		m.status.say(err.Error())
		return nil
	}
	return m.planFor(sel)
}

func (m *model) planFor(sel inspect.Selection) tea.Cmd {
	be := m.be
	if m.progress.Done {
		sel.Snapshot = m.idx.Snapshot()
	}
	return m.planBy(func(ctx context.Context, progress func(inspect.Progress)) (*inspect.Plan, error) {
		return be.Plan(ctx, sel, progress)
	})
}

// planner makes a plan; progress is called while it counts.
type planner = func(ctx context.Context, progress func(inspect.Progress)) (*inspect.Plan, error)

// planBy makes a plan to delete in the background and then asks.
func (m *model) planBy(plan planner) tea.Cmd {
	return m.planThen(plan, func(p *inspect.Plan) tea.Cmd {
		m.confirm(newDeleteConfirm(p, m.be.UndoLimit(), m.now()))
		return nil
	})
}

// planThen makes a plan in the background; then gets it if there is a key in it.
func (m *model) planThen(plan planner, then func(*inspect.Plan) tea.Cmd) tea.Cmd {
	if !m.mayChange() {
		return nil
	}
	ctx, id := m.plan.begin(m.root)
	d := m.busyWith(id, "Counting", false)
	return tea.Batch(d.tick(), func() tea.Msg {
		p, err := plan(ctx, func(p inspect.Progress) {
			if p.Inspected == 0 {
				d.step(p.Scanned, 0)
			} else {
				d.step(p.Inspected, p.Scanned)
			}
		})
		return plannedMsg{id, p, then, err}
	})
}

func (m *model) planned(msg plannedMsg) tea.Cmd {
	if !m.plan.mine(msg.id) {
		return nil
	}
	m.plan.stop()
	m.dialog = nil
	switch {
	case errors.Is(msg.err, context.Canceled):
		return nil
	case msg.err != nil:
		return m.failed(msg.err)
	case len(msg.plan.Keys) == 0 && !msg.plan.WholeDB:
		m.status.say("nothing was done: no such key is there any more")
		return m.startScan()
	}
	return msg.then(msg.plan)
}

// deleteNow carries out a plan that was confirmed.
func (m *model) deleteNow(plan *inspect.Plan, planned time.Time, confirmed string) tea.Cmd {
	return m.deleteWith(plan, planned, inspect.DeleteOptions{Confirmed: confirmed})
}

func (m *model) deleteWith(plan *inspect.Plan, planned time.Time, opt inspect.DeleteOptions) tea.Cmd {
	var latest time.Time // the zero time is never
	if plan.NoTTL == 0 && plan.MaxTTL > 0 {
		latest = planned.Add(plan.MaxTTL.Duration())
	}
	ctx, id := m.plan.begin(m.root)
	be, d := m.be, m.busyWith(id, "Deleting", true)
	d.step(0, len(plan.Keys))
	return tea.Batch(d.tick(), m.change(func() tea.Msg {
		opt.Progress = d.step
		report, err := be.Delete(ctx, plan, opt)
		return deletedMsg{id, plan, latest, report, err}
	}))
}

func (m *model) deleted(msg deletedMsg) tea.Cmd {
	if msg.id != m.plan.id {
		return nil
	}
	m.plan.stop()
	m.dialog = nil
	clear(m.list.marks)
	r := msg.report
	m.status.say(reportText(r, msg.plan))
	m.status.bad = r.Failed > 0
	if r.Undo != "" && r.Deleted > 0 {
		m.offerUndo("the delete", msg.latest)
	}
	if msg.err != nil {
		m.status.fail(fmt.Errorf("%s; %w", reportText(r, msg.plan), msg.err))
		if inspect.IsDisconnected(msg.err) {
			return m.lose(msg.err)
		}
	}
	if r.NotCopied > 0 && msg.err == nil && !r.Stopped {
		return tea.Batch(m.startScan(), m.askFigures(), m.askForGood(r))
	}
	if len(msg.plan.Keys) > smallKeyspace || msg.plan.WholeDB {
		m.progress.Done = len(msg.plan.Keys) < m.idx.Len()
		return tea.Batch(m.startScan(), m.askFigures())
	}
	// What the server confirms to be gone leaves the list; the rest stays.
	for _, key := range msg.plan.Keys {
		m.idx.Release(key)
	}
	return tea.Batch(m.askFigures(), m.reread(msg.plan.Keys))
}

// askForGood asks again about the keys that a delete skipped because no copy could
// be made of them. Their count must be typed.
func (m *model) askForGood(r inspect.DeleteReport) tea.Cmd {
	be := m.be
	return m.planThen(func(ctx context.Context, progress func(inspect.Progress)) (*inspect.Plan, error) {
		return be.Plan(ctx, inspect.Selection{Keys: r.Uncopied}, progress)
	}, func(p *inspect.Plan) tea.Cmd {
		now := m.now()
		d := newConfirm(p, now, asking{
			title: human.NoCopyTitle(r), yes: "delete for good", kept: human.Plural(len(p.Keys), "key") + " skipped: no copy could be made",
			note: "cannot be undone",
			run: func(m *model, _ string) tea.Cmd {
				return m.deleteWith(p, now, inspect.DeleteOptions{NoUndo: true})
			},
		})
		m.confirm(d)
		d.careful = true
		return nil
	})
}

// reportText is a delete's report in one line.
func reportText(r inspect.DeleteReport, p *inspect.Plan) string {
	s := "deleted " + human.Plural(r.Deleted, "key") + human.Outcome(r)
	if r.Failed > 0 && len(r.Errors) > 0 {
		s += ": " + r.Errors[0].Error()
	}
	if r.Stopped {
		s += "; stopped, " + human.Count(len(p.Keys)-r.Deleted-r.Expired-r.Gone-r.Changed-r.NotCopied-r.Failed) + " unchanged"
	}
	if r.NotUndoable > 0 {
		s += "; " + human.Count(r.NotUndoable) + " of them cannot be undone"
	}
	if p.StaleEntries > 0 && r.Deleted+r.Expired+r.Gone == r.Planned {
		s += "; " + human.Plural(p.StaleEntries, "result") + " can no longer be used"
	}
	return s
}

// askClear offers what can be cleared: the prefix under the cursor, the one
// that is filtered for, the whole database.
func (m *model) askClear() {
	if m.be == nil || m.link.lost() {
		m.status.say("there is no connection")
		return
	}
	var items []menuItem
	seen := map[string]bool{}
	add := func(prefix []byte, why string) {
		if len(prefix) == 0 || seen[string(prefix)] {
			return
		}
		seen[string(prefix)] = true
		prefix = bytes.Clone(prefix)
		items = append(items, menuItem{
			label: quote(prefix), note: "every key that starts with it: " + why,
			run: func(m *model) tea.Cmd { return m.planFor(inspect.Selection{Prefix: prefix}) },
		})
	}
	var typed []byte // what the prefix to type starts from
	if r, ok := m.list.current(); ok {
		if r.Leaf {
			name := m.list.snap.Name(r.ID)
			if shared, n := sharedPrefix(m.idx.Snapshot(), name); n > 1 {
				typed = bytes.Clone(shared)
				add(shared, human.Plural(n, "key")+" begin like this one")
			}
			if i := bytes.LastIndexAny(name, cmp.Or(m.opt.Delims, ":")); i > 0 {
				add(name[:i+1], "the prefix of this key")
			}
			if typed == nil {
				typed = bytes.Clone(name)
			}
		} else if !r.Group {
			typed = bytes.Clone(r.Prefix)
			add(r.Prefix, "the prefix under the cursor")
		}
	}
	if q := m.spec.Query; m.filter.active() && q.Mode == keyspace.Prefix {
		add([]byte(q.Text), "the filter")
	} else if sel, ok := m.listedKeys(); ok && sel.rows.MatchCount() < m.idx.Snapshot().KeyCount() {
		items = append(items, menuItem{
			label: sel.text(m.list.rows.MatchCount()), note: "the filter",
			run: func(m *model) tea.Cmd { return m.planMatches() },
		})
	}
	if m.hasFlask() {
		add([]byte(flaskPrefix), "all that Flask-Caching stores by default")
	}
	if f := m.flask.known; f != nil {
		if stale, _ := f.StaleTotals(); stale.Keys > 0 {
			items = append(items, menuItem{
				label: human.Plural(stale.Keys, "stale result") + " of memoized functions", note: "no call can reach them",
				run: func(m *model) tea.Cmd {
					be := m.be
					return m.planBy(func(ctx context.Context, progress func(inspect.Progress)) (*inspect.Plan, error) {
						return be.PlanStale(ctx, f, progress)
					})
				},
			})
		}
	}
	// The database comes last, and is never what is chosen at first.
	items = append(items, menuItem{
		label: "another prefix…", note: "type it, and see how many keys it has",
		run: func(m *model) tea.Cmd { return m.typePrefix(typed) },
	})
	server := m.be.Server()
	items = append(items, menuItem{
		label: "the whole database " + server.Name(), note: "asks you to type its name",
		run: func(m *model) tea.Cmd { return m.planFor(inspect.Selection{All: true}) },
	})
	m.dialog = &menuDialog{title: "Clear", items: slices.Clip(items), said: countedFirst}
}

// countedFirst says what comes after a choice of what to delete.
const countedFirst = "You will see what would be deleted before anything is."

// hasFlask tells whether a key of the list starts with flaskPrefix.
func (m *model) hasFlask() bool {
	if m.list.rows != nil {
		for range m.list.rows.KeysWithPrefix([]byte(flaskPrefix)) {
			return true
		}
	}
	return false
}

// flaskPrefix is Flask-Caching's default CACHE_KEY_PREFIX.
const flaskPrefix = "flask_cache_"

// busy redraws a dialog that shows progress.
func (m *model) busy(msg busyMsg) tea.Cmd {
	d, ok := m.dialog.(*busyDialog)
	if !ok || d.id != msg.id {
		return nil
	}
	d.shown = m.now().Sub(d.since) >= shownAfter
	return d.tick()
}

// busyEvery is how often progress is redrawn.
const busyEvery = 100 * time.Millisecond
