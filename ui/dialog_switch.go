package ui

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/ui/external"
	"cacheview/ui/human"
)

// Site is a server that the screen can be on, and how it looks there: a saved
// connection, or what the command line says.
type Site struct {
	Open   Open
	Place  Place  // what the user calls the server, and how careful to be with it
	About  string // where it is, without a password
	Prefix string // the literal prefix to filter by at first
	Delims string // the bytes that end a prefix of the tree; "" is ":"
	Theme  string // theme.Auto, Dark, Light, Contrast, Mono; "" is Auto
	// Decoders are programs that read the values of some keys, unless a format
	// is chosen by hand. Nothing is run that is not among them.
	Decoders []external.Decoder
}

// name is what the dialog calls it.
func (s Site) name() string { return cmp.Or(s.Place.Name, s.About) }

// DefaultDB is the database that the settings of a server say.
const DefaultDB = -1

// testPatience is how long a connection that is only tested may take.
const testPatience = 15 * time.Second

type (
	// databasesMsg is which databases of the server have keys.
	databasesMsg struct {
		id   int
		list []inspect.Database
		err  error
	}
	// testedMsg says how a saved connection answers.
	testedMsg struct {
		id     int
		name   string
		server inspect.Server
		took   time.Duration
		keys   int64
		err    error
	}
)

// siteDialog offers the databases of this server and the saved connections.
// ctrl+t tries a connection without leaving the one that is open.
type siteDialog struct {
	*picker
	dbs     []inspect.Database
	asked   bool // the server was asked for its databases
	trouble error
	results map[string]testedMsg // by the name of the site
	testing string               // the name of the site that is being tested
}

// askSite opens the dialog.
func (m *model) askSite() tea.Cmd {
	d := &siteDialog{picker: newPicker("Switch to", nil), results: map[string]testedMsg{}}
	d.picker.empty = "nothing is called that; a number is a database of this server"
	d.picker.offer = func(m *model, typed string) []pick {
		n, err := strconv.Atoi(typed)
		if err != nil || n < 0 || !m.hasDatabases() || slices.ContainsFunc(d.dbs, func(db inspect.Database) bool { return db.Number == n }) {
			return nil
		}
		return []pick{m.databaseRow(inspect.Database{Number: n})}
	}
	m.dialog = d
	d.fill(m)
	ctx, id := m.choosing.begin(m.root)
	if m.be == nil || m.link.lost() || !m.hasDatabases() {
		return nil
	}
	d.asked = true
	be := m.be
	return func() tea.Msg {
		list, err := be.Databases(ctx)
		return databasesMsg{id, list, err}
	}
}

// hasDatabases tells whether there is more than one: a cluster has db 0 alone.
func (m *model) hasDatabases() bool { return m.server.Addr != "" && m.server.Mode != "cluster" }

// fill makes the rows anew and keeps the cursor where it is.
func (d *siteDialog) fill(m *model) {
	var rows []pick
	for _, s := range m.opt.Sites {
		rows = append(rows, d.siteRow(m, s))
	}
	if m.hasDatabases() {
		here := inspect.Database{Number: m.server.DB, Keys: max(m.size, 0)}
		if !slices.ContainsFunc(d.dbs, func(db inspect.Database) bool { return db.Number == here.Number }) {
			rows = append(rows, m.databaseRow(here))
		}
		for _, db := range d.dbs {
			rows = append(rows, m.databaseRow(db))
		}
	}
	at := d.at
	d.rows = rows
	d.match(m)
	d.move(at)
}

func (m *model) databaseRow(db inspect.Database) pick {
	row := pick{
		Label: "db " + strconv.Itoa(db.Number), Note: "of this server", Right: human.Plural(db.Keys, "key"),
		Also: "database", Preview: "enter opens this database over a connection of its own",
		Run: func(m *model) tea.Cmd { return m.switchTo(m.opt.Site, db.Number) },
	}
	switch {
	case db.Number == m.server.DB:
		row.Note, row.Preview = "here", "this is where you are; a number is another database"
		row.Run = func(m *model) tea.Cmd {
			m.status.say("this is where you are already")
			return nil
		}
	case db.Keys == 0:
		row.Note, row.Right = "of this server", "no keys"
	}
	return row
}

func (d *siteDialog) siteRow(m *model, s Site) pick {
	row := pick{
		Label: s.name(), Note: s.About, Also: "connection " + string(s.Place.Environment), Right: string(s.Place.Environment),
		Preview: "a number is another database of the server that is open",
		Run:     func(m *model) tea.Cmd { return m.switchTo(s, DefaultDB) },
	}
	if s.Place.Name == "" {
		row.Note = "as " + cmp.Or(s.Place.Source, "the command line") + " says"
	}
	if s.name() == m.opt.Site.name() {
		row.Note = "here · " + row.Note
	}
	if d.testing == s.name() {
		row.Right, row.Preview = "testing", "asking "+s.About+"…"
	}
	r, tested := d.results[s.name()]
	switch {
	case !tested:
	case r.err != nil:
		row.Right, row.Preview = "no", r.err.Error()
		if e, ok := errors.AsType[*inspect.ConnError](r.err); ok {
			row.Right = string(e.Kind)
		}
	default:
		row.Right = "ok, " + r.took.Round(100*time.Microsecond).String()
		row.Preview = r.server.Product + " " + r.server.Version + " at " + r.server.Addr + " · " + r.server.Name() + " has " + human.Plural(r.keys, "key")
	}
	return row
}

func (d *siteDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	if msg.String() == "ctrl+t" {
		return d.test(m)
	}
	return d.picker.key(m, msg)
}

// box has room for a whole diagnosis below the list.
func (d *siteDialog) box(m *model, w, h int) (string, []string, bool) {
	say := ""
	if d.at < len(d.shown) {
		say = d.shown[d.at].Preview
	}
	w = min(w, pickerWidth)
	below := wrapWords(decode.Printable(say), w)
	below = below[:min(len(below), max(h-pickerHead-pickerFoot-1, 1))]
	title, lines, danger := d.picker.box(m, w, h-max(len(below)-1, 0))
	if len(below) == 0 {
		return title, lines, danger
	}
	lines = lines[:len(lines)-1]
	for _, line := range below {
		lines = append(lines, m.th.Dim.Plain.Paint(line))
	}
	return title, lines, danger
}

func (d *siteDialog) ways(m *model) []action {
	return []action{way(m.arrows(), "choose"), way("enter", "connect"), way("ctrl+t", "test it"), way("esc", "stay here")}
}

// test opens the connection under the cursor, asks it for an answer, and closes
// it again.
func (d *siteDialog) test(m *model) tea.Cmd {
	if d.at >= len(d.shown) {
		return nil
	}
	name := d.shown[d.at].Label
	i := slices.IndexFunc(m.opt.Sites, func(s Site) bool { return s.name() == name })
	if i < 0 || d.testing != "" {
		return nil
	}
	site, root, id := m.opt.Sites[i], m.root, m.choosing.id
	d.testing = name
	delete(d.results, name)
	d.fill(m)
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(root, testPatience)
		defer cancel()
		r := testedMsg{id: id, name: name}
		be, err := site.Open(ctx, DefaultDB)
		if err != nil {
			r.err = err
			return r
		}
		r.server = be.Server()
		if r.took, r.err = be.Ping(ctx); r.err == nil {
			r.keys, r.err = be.Size(ctx)
		}
		_ = be.Close()
		return r
	}
}

// siteReply hands an answer to the dialog that asked.
func (m *model) siteReply(msg tea.Msg) tea.Cmd {
	d, ok := m.dialog.(*siteDialog)
	if !ok {
		return nil
	}
	switch msg := msg.(type) {
	case databasesMsg:
		if m.choosing.mine(msg.id) {
			d.dbs, d.trouble = msg.list, msg.err
		}
	case testedMsg:
		if m.choosing.mine(msg.id) {
			d.results[msg.name], d.testing = msg, ""
		}
	}
	d.fill(m)
	return nil
}
