package ui

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
)

// link is the state of the connection.
type link struct {
	opening job
	err     error // why there is none, nil while there is one
	tries   int
	next    time.Time // of the next try
}

func (l link) lost() bool { return l.err != nil }

// liveState says how changes on the server reach the screen.
type liveState int

const (
	liveUnknown liveState = iota
	liveTracked           // the server tells
	livePolled            // a small database is read again every second
	liveOff               // only r reads again
)

// lag says whether changes were missed that a listing has not made up for.
type lag int

const (
	upToDate lag = iota
	behind
	catching // a listing that began afterwards is under way
)

// smallKeyspace is how many keys may be listed again by a timer.
const smallKeyspace = 2000

// connect opens the server, or tries once more.
func (m *model) connect() tea.Cmd {
	ctx, id := m.link.opening.begin(m.root)
	open, db, be, path := m.opt.Open, m.db, m.be, m.opt.StateFile
	return func() tea.Msg {
		if be != nil {
			_, err := be.Ping(ctx)
			return connectedMsg{id: id, be: be, err: err}
		}
		be, err := open(ctx, db)
		msg := connectedMsg{id: id, be: be, opened: err == nil, err: err}
		if err == nil {
			msg.left, msg.known = recallMemory(path, be.Server())
		}
		return msg
	}
}

func (m *model) connected(msg connectedMsg) tea.Cmd {
	if !m.link.opening.mine(msg.id) {
		return msg.dispose()
	}
	m.link.opening.stop()
	if msg.err != nil {
		return m.lose(msg.err)
	}
	again := m.link.err != nil && m.be != nil
	m.be, m.link = msg.be, link{opening: m.link.opening}
	m.server = m.be.Server()
	if msg.known {
		m.restore(msg.left)
	}
	if again {
		m.status.say("connected again")
	}
	// The listing begins when changes are told, or cannot be: what is written
	// between the two would be in neither.
	return tea.Batch(m.startWatch(), m.askFigures())
}

// failed deals with an error of any request: a lost server is a banner and a
// new try, anything else stays in the status line until it was seen.
func (m *model) failed(err error) tea.Cmd {
	if inspect.IsDisconnected(err) {
		if m.link.lost() {
			return nil
		}
		return m.lose(err)
	}
	m.status.fail(err)
	return nil
}

// lose shows the banner and tries again, later each time: half a second, then
// twice as long up to ten. What was on screen stays.
func (m *model) lose(err error) tea.Cmd {
	m.link.err = err
	if m.opt.OfferConnections && m.be == nil && m.link.tries == 0 && m.dialog == nil {
		m.askSite() // nobody said which server, and the usual one does not answer
	}
	m.watch.stop()
	m.scan.stop()
	if m.live != liveOff {
		m.live = liveUnknown
	}
	wait := min(500*time.Millisecond<<min(m.link.tries, 5), 10*time.Second)
	m.link.tries++
	m.link.next = m.now().Add(wait)
	_, id := m.link.opening.begin(m.root)
	return tea.Tick(wait, func(time.Time) tea.Msg { return retryMsg{id} })
}

func (m *model) retry(msg retryMsg) tea.Cmd {
	if !m.link.opening.mine(msg.id) {
		return nil
	}
	return m.connect()
}

// startWatch asks the server to tell what changes.
func (m *model) startWatch() tea.Cmd {
	ctx, id := m.watch.begin(m.root)
	be := m.be
	return func() tea.Msg {
		w, err := be.Watch(ctx)
		return watchingMsg{id, w, err}
	}
}

func (m *model) watching(msg watchingMsg) tea.Cmd {
	if !m.watch.mine(msg.id) {
		return msg.dispose()
	}
	if msg.err != nil {
		m.watch.stop()
		if inspect.IsDisconnected(msg.err) {
			return m.failed(msg.err)
		}
		m.live = livePolled // until the list proves too long for it
		return m.startScan()
	}
	m.live = liveTracked
	return tea.Batch(m.startScan(), m.nextChange(msg.src, 0))
}

// changeRest is how much longer than the last changes took to read nobody asks
// for the next, so that following a busy server costs it little. What changes
// meanwhile is kept, or missed and told.
const changeRest = 3

// nextChange waits for changes, after a rest, and brings them into the index.
func (m *model) nextChange(src Watcher, rest time.Duration) tea.Cmd {
	m.watcher = src
	ctx, id := m.watch.ctx, m.watch.id
	be, idx, now := m.be, m.idx, m.now
	return func() tea.Msg {
		pause(ctx, rest)
		c, err := src.Next(ctx)
		msg := changedMsg{id: id, changes: c, idx: idx}
		if err == nil && len(c.Names) > 0 {
			start := now()
			msg.keys, err = be.Meta(ctx, c.Names, true)
			msg.list = changesOf(idx, msg.keys, now())
			note(idx, msg.keys)
			msg.took = now().Sub(start)
		}
		if err != nil { // also when nobody waits for it any more
			_ = src.Close()
		}
		msg.err = err
		return msg
	}
}

// pause waits for d, or for the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// noteElsewhere brings changes into the indexes that were not there yet when the
// wait for them began: a listing makes one of its own.
func (m *model) noteElsewhere(msg *changedMsg) {
	if msg.idx != m.idx {
		msg.list = changesOf(m.idx, msg.keys, m.now())
		note(m.idx, msg.keys)
	}
	if m.fresh != nil && m.fresh != m.idx && m.fresh != msg.idx {
		note(m.fresh, msg.keys)
	}
}

func (m *model) changed(msg changedMsg) tea.Cmd {
	if !m.watch.mine(msg.id) {
		return nil
	}
	if msg.err != nil {
		m.watch.stop()
		if errors.Is(msg.err, inspect.ErrNoTracking) {
			m.live = livePolled
			return nil
		}
		return m.failed(msg.err)
	}
	m.noteElsewhere(&msg)
	if m.progress.Done {
		msg.list = slices.DeleteFunc(msg.list, func(c change) bool { return c.unseen })
	}
	m.pages.changes.add(msg.list, m.now())
	m.flask.versionsChanged(msg.keys)
	m.list.calls = m.flask.calls
	cmds := []tea.Cmd{m.nextChange(m.watcher, min(changeRest*msg.took, time.Second))}
	switch {
	case msg.changes.Flushed:
		m.idx.Clear()
		m.value.Clear()
		cmds = append(cmds, m.startScan(), m.refresh())
	case msg.changes.Missed && m.idx.Len() <= smallKeyspace:
		cmds = append(cmds, m.startScan())
	case msg.changes.Missed:
		if m.behind == upToDate {
			m.status.say("changes were missed: " + m.keys.Rescan.name() + " reads again")
		}
		m.behind = behind
		cmds = append(cmds, m.refresh())
	default:
		cmds = append(cmds, m.refresh())
	}
	for _, n := range msg.changes.Names {
		if bytes.Equal(n, m.value.key) {
			cmds = append(cmds, m.wantValue(true))
			break
		}
	}
	return tea.Batch(cmds...)
}

// poll is the clock of what is asked for regularly: figures, and a small list
// where the server does not tell what changes.
func poll() tea.Cmd {
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return pollMsg{} })
}

// figuresEvery is how many polls lie between two looks at INFO.
const figuresEvery = 5

func (m *model) polled() tea.Cmd {
	m.polls++
	cmds := []tea.Cmd{poll()}
	if m.be == nil || m.link.lost() {
		return cmds[0]
	}
	if m.polls%figuresEvery == 0 {
		cmds = append(cmds, m.askFigures())
	}
	cmds = append(cmds, m.wantFlask())
	if m.live == livePolled && m.idx.Len() > smallKeyspace {
		m.live = liveOff
	}
	if m.live == liveOff && m.polls%figuresEvery == 0 {
		cmds = append(cmds, m.again())
	}
	if m.live == livePolled && !m.scan.on && m.progress.Done && !m.plan.on {
		cmds = append(cmds, m.startScan(), m.again())
	}
	return tea.Batch(cmds...)
}

// again reads what is on screen once more, where nobody tells what changed.
func (m *model) again() tea.Cmd {
	if m.meta.on || m.list.snap == nil {
		return nil
	}
	var names [][]byte
	snap := m.list.snap
	m.list.visible(func(id uint32) { names = append(names, snap.Name(id)) })
	if len(names) == 0 {
		return nil
	}
	ctx, id := m.meta.begin(m.root)
	be, idx := m.be, m.idx
	return tea.Batch(m.wantValue(true), func() tea.Msg {
		keys, err := be.Meta(ctx, names, true)
		return metaMsg{id: id, removed: note(idx, keys), err: err}
	})
}

func (m *model) askFigures() tea.Cmd {
	be, root := m.be, m.root
	return func() tea.Msg {
		n, err := be.Size(root)
		if err != nil {
			return infoMsg{size: -1, err: err}
		}
		info, err := be.Info(root)
		return infoMsg{info: info, size: n, err: err}
	}
}

func (m *model) figures(msg infoMsg) tea.Cmd {
	if msg.err != nil && inspect.IsDisconnected(msg.err) {
		return m.failed(msg.err)
	}
	m.info, m.size = msg.info, msg.size
	m.server = m.be.Server()
	return nil
}
