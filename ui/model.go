package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/theme"
)

// job is a request under way. A new one cancels the last and takes the next
// number, so that a late reply is known for what it is.
type job struct {
	id     int
	on     bool
	ctx    context.Context
	cancel context.CancelFunc
}

// begin starts the job anew under parent.
func (j *job) begin(parent context.Context) (context.Context, int) {
	j.stop()
	j.id++
	j.on = true
	j.ctx, j.cancel = context.WithCancel(parent)
	return j.ctx, j.id
}

// stop gives the job up.
func (j *job) stop() {
	if j.cancel != nil {
		j.cancel()
	}
	j.on, j.cancel = false, nil
}

// mine tells whether a reply belongs to the job as it is now.
func (j *job) mine(id int) bool { return j.on && id == j.id }

// focus is the pane that gets the keys.
type focus int

const (
	onKeys focus = iota
	onValue
)

// model is the whole program. Panes draw; it decides.
type model struct {
	top     context.Context // ends when the program does
	root    context.Context // ends with the session
	end     context.CancelFunc
	session int
	db      int // of opt.Site, OwnDB for the one that it says
	opt     Options
	now     func() time.Time
	keys    keyMap
	notices []inspect.JournalNotice // of undo journals, not shown yet
	th      *theme.Theme
	on      theme.Screen
	cells   ansi.Method // how the terminal counts cells

	lay   layout
	split int
	front bool // a narrow screen shows the value
	zoom  bool // a wide one is like a narrow one
	focus focus
	list  *keyPane
	value *valuePane

	be     Backend
	server inspect.Server
	link   link
	info   inspect.Info
	size   int64

	idx      *keyspace.Index // what is shown
	fresh    *keyspace.Index // what a rescan is filling
	progress inspect.Progress
	scanning Scanner
	spec     keyspace.RowSpec
	order    keyspace.SortOrder
	folds    keyspace.OpenSet
	folded   bool // the user has folded or unfolded something

	scan, build, meta, metaAll, read, plan, watch, seek, drafts, inks job
	more                                                              job // counts what a prefix leaves out
	choosing                                                          job
	rescan                                                            bool // the scan replaces an index that is shown
	dirty                                                             bool // rows to build once the build under way is done
	built                                                             time.Duration
	tried                                                             map[uint32]struct{}
	metaNext                                                          uint32
	live                                                              liveState
	behind                                                            lag
	watcher                                                           Watcher
	polls                                                             int
	ticks                                                             job
	longest                                                           map[string]time.Duration

	flask   flaskState
	changes *changes
	pages   pages
	filter  filterLine
	prompt  promptLine
	past    past
	visits  visits
	dialog  dialog
	ahead   []tea.Msg // input that is held back, see typeahead.go
	noMouse bool
	pointer pointer
	status  status
	toast   toast
	copies  []*copyFile // that may still be there
}

func newModel(ctx context.Context, opt Options) *model {
	keys := newKeyMap()
	if err := keys.rebind(opt.Keys); err != nil {
		keys = newKeyMap() // CheckKeys would have said so
	}
	on := theme.Screen{Dark: true, Mono: opt.Mono}
	th := theme.New(opt.Theme, on)
	m := &model{
		top: ctx, db: DefaultDB, opt: opt, now: opt.Now, keys: keys, th: th, on: on, split: 52,
		list: newKeyPane(keys, th), value: newValuePane(keys, th),
		idx: keyspace.New(0), size: -1, tried: map[uint32]struct{}{}, longest: map[string]time.Duration{},
		changes: new(changes), order: keyspace.ByName, folds: keyspace.AllOpen(), filter: newFilterLine(opt.Prefix), past: past{},
	}
	m.root, m.end = context.WithCancel(ctx)
	if m.now == nil {
		m.now = time.Now
	}
	m.list.ascii, m.value.ascii = opt.ASCII, opt.ASCII
	m.spec = m.wantedSpec()
	m.spec.Tree, m.spec.Delims = true, opt.Delims
	return m
}

// Init asks for the terminal's background and for the server.
func (m *model) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, stamp(m.session, m.connect()), stamp(m.session, poll()))
}

// Update is the one place where the model changes.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if reply, ok := msg.(ofSession); ok {
		var cmd tea.Cmd
		if msg, cmd = m.arrived(reply); msg == nil {
			return m, cmd
		}
	}
	before := m.dialog
	cmd := m.take(msg)
	cmd = tea.Batch(cmd, m.replay(before))
	if !m.typing() {
		m.status.shown(m.now())
	}
	if m.value.stale {
		cmd = tea.Batch(cmd, m.makeBody())
	}
	if m.value.plain {
		cmd = tea.Batch(cmd, m.findColours())
	}
	return m, stamp(m.session, cmd)
}

func (m *model) take(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
		return m.look()
	case tea.BackgroundColorMsg:
		m.on.Dark = msg.IsDark()
		m.retheme()
		return nil
	case tea.ModeReportMsg:
		if msg.Mode == ansi.ModeUnicodeCore && msg.Value != ansi.ModeNotRecognized && msg.Value != ansi.ModePermanentlyReset {
			m.count(ansi.GraphemeWidth)
		}
		return nil
	case tea.ColorProfileMsg:
		m.on.Basic, m.on.Mono = msg.Profile <= colorprofile.ANSI, m.opt.Mono || msg.Profile <= colorprofile.ASCII
		m.retheme()
		return nil
	case tea.KeyPressMsg, tea.PasteMsg:
		if m.hold(msg) {
			return nil
		}
		return m.handleInput(msg)
	case tea.MouseMsg:
		return m.mouse(msg)
	}
	cmd := m.reply(msg)
	switch msg.(type) {
	case outcome, doneMsg:
		m.showNotices()
	}
	return cmd
}

// makeBody makes the body of a large value in the background.
func (m *model) makeBody() tea.Cmd {
	m.value.stale = false
	_, id := m.drafts.begin(m.root)
	d := m.value.draft()
	return func() tea.Msg { return bodyMsg{id, d.body()} }
}

// reply hands an answer to whoever asked.
func (m *model) reply(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case connectedMsg:
		return m.connected(msg)
	case retryMsg:
		return m.retry(msg)
	case scanOpenedMsg:
		return m.scanOpened(msg)
	case pageMsg:
		return m.page(msg)
	case rowsMsg:
		return m.rows(msg)
	case moreMsg:
		return m.moreCounted(msg)
	case buildAgainMsg:
		return m.buildAgain(msg)
	case metaMsg:
		return m.metaArrived(msg)
	case metaAllMsg:
		return m.metaAllArrived(msg)
	case valueMsg:
		return m.valueArrived(msg)
	case similarMsg:
		m.showSimilar(msg)
		return nil
	case plannedMsg:
		return m.planned(msg)
	case deletedMsg:
		return m.deleted(msg)
	case copiedMsg:
		return m.copied(msg)
	case doneMsg:
		return m.answered(msg)
	case retimedMsg:
		return m.retimed(msg)
	case exportedMsg:
		return m.exported(msg)
	case renamedMsg:
		return m.renamed(msg)
	case keyFoundMsg:
		return m.keyFound(msg)
	case outsideMsg:
		return m.cameBack(msg)
	case writtenMsg:
		return m.written(msg)
	case journalsMsg:
		return m.journals(msg)
	case undoFoundMsg:
		return m.undoFound(msg)
	case undoneMsg:
		return m.undone(msg)
	case watchingMsg:
		return m.watching(msg)
	case changedMsg:
		return m.changed(msg)
	case infoMsg:
		return m.figures(msg)
	case flaskMsg:
		return m.flaskArrived(msg)
	case callFoundMsg:
		return m.callFound(msg)
	case explainedMsg:
		return m.explained(msg)
	case databasesMsg, testedMsg:
		return m.siteReply(msg)
	case bodyMsg:
		if m.drafts.mine(msg.id) {
			m.value.setBody(msg.body)
		}
		return nil
	case coloursMsg:
		if m.inks.mine(msg.id) {
			m.value.setColours(msg.colours)
		}
		return nil
	case foundMsg:
		if m.seek.mine(msg.id) {
			m.value.found(msg.state)
			return m.searchRest()
		}
		return nil
	case restFoundMsg:
		return m.restFound(msg)
	case secondMsg:
		return m.second(msg)
	case pollMsg:
		return m.polled()
	case busyMsg:
		return m.busy(msg)
	}
	return m.pageReply(msg)
}

func (m *model) resize(w, h int) {
	m.lay = arrange(w, h, m.split, m.front, m.zoom)
	m.place()
}

// place gives the panes the room that the layout has for them.
func (m *model) place() {
	if m.lay.Keys.W > 0 {
		m.list.SetSize(m.lay.Keys.inner())
	}
	if m.lay.Value.W > 0 {
		m.value.SetSize(m.lay.Value.inner())
	}
	m.list.focused = m.focus == onKeys
	m.value.focused = m.focus == onValue
}

// show brings a pane to the front and gives it the keys.
func (m *model) show(f focus) {
	m.focus, m.front = f, f == onValue
	m.resize(m.lay.W, m.lay.H)
}

// count follows how the terminal counts cells: rune by rune, unless it says
// that it does so by characters.
func (m *model) count(cells ansi.Method) {
	m.cells, m.list.cells, m.value.cells = cells, cells, cells
	m.value.rebuild()
}

// retheme follows what became known of the screen.
func (m *model) retheme() {
	m.th = theme.New(m.opt.Theme, m.on)
	m.list.th = m.th
	m.value.SetTheme(m.th)
}
