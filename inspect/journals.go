package inspect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"cacheview/inspect/journal"
)

// ErrNoJournal is returned if there is no undo journal with that ID, or none left
// to undo.
var ErrNoJournal = errors.New("no such undo journal")

const (
	defaultJournalLimit = 256 << 20
	// journalsBytes limits all journals together, as a multiple of the limit of
	// one.
	journalsBytes = 4
	defaultDays   = 7
)

// Journal describes the undo journal of one operation.
type Journal struct {
	ID          string
	Op          string // "delete", "edit", "ttl", "rename", "undo", "import", ...
	Addr        string // as the user addressed the server
	DB          int
	When        time.Time
	Description string // Plan.What
	Keys        int    // that can be undone
	Bytes       int64  // of the file
	Undone      bool
	// CutShort means that the program ended before the operation did.
	CutShort bool
	// Err is why the journal cannot be read: of the file system, or of package
	// journal, such as journal.ErrNewer and journal.ErrInUse.
	Err error
	// Server is the server that the journal belongs to. It is empty in journals of
	// format 1.
	Server journal.Identity
	// Match compares Server with the open server, and NotHere is why Undo would
	// not restore the journal there without being told to, nil if it would.
	Match   journal.Match
	NotHere error
}

// JournalDir returns the directory of the undo journals. It needs no server.
func JournalDir(cfg Config) (journal.Dir, error) {
	path, err := journal.DefaultPath(cfg.StateDir)
	days := cmp.Or(cfg.JournalDays, defaultDays)
	return journal.Dir{
		Path:     path,
		MaxBytes: journalsBytes * max(cfg.JournalLimit, defaultJournalLimit),
		MaxAge:   time.Duration(days) * 24 * time.Hour,
		Private:  keepPrivate,
	}, err
}

// Target returns the address and the database of a configuration. It asks no
// server.
func (c Config) Target() (addr string, db int) {
	_, opt, err := parseURL(c.URL)
	if err != nil {
		return "", 0
	}
	if db = opt.DB; c.DB != nil {
		db = *c.DB
	}
	return c.place(opt.Addr), db
}

// Journals lists the undo journals of all servers, the newest first, and changes
// nothing. It needs no server, and compares with none: see Client.Journals.
func Journals(cfg Config) ([]Journal, error) {
	dir, err := JournalDir(cfg)
	if err != nil {
		return nil, err
	}
	return listJournals(dir)
}

func listJournals(dir journal.Dir) ([]Journal, error) {
	if err := mayRead(dir.Path); err != nil {
		return nil, fmt.Errorf("list undo journals: %w", err)
	}
	infos, err := dir.List()
	if err != nil {
		return nil, fmt.Errorf("list undo journals: %w", err)
	}
	all := make([]Journal, len(infos))
	for i, info := range infos {
		all[i] = newJournal(info)
	}
	return all, nil
}

func newJournal(i journal.Info) Journal {
	h := i.Header
	return Journal{
		ID: i.ID, Op: h.Op, Addr: h.Addr, DB: h.DB, When: h.When, Description: h.What, Server: h.Server,
		Keys: i.Records, Bytes: i.Bytes, Undone: i.Undone, CutShort: i.CutShort, Err: i.Err, NotHere: i.Err,
	}
}

func (c *Client) journalDir() (journal.Dir, error) {
	dir, err := JournalDir(c.cfg)
	dir.Create = c.newFile
	return dir, err
}

// Journals lists the undo journals of all servers, the newest first, and compares
// them with this server. It changes nothing. A server that refuses to identify
// itself for now, because a script keeps it busy, is compared by the identity of
// the handshake. Undo does not rely on that.
func (c *Client) Journals(ctx context.Context) ([]Journal, error) {
	return c.compareJournals(ctx, func(err error) bool { return refused(err) != nil && !IsDisconnected(err) })
}

// compareJournals is Journals. An error of the identification that is tolerated
// leaves the identity of the handshake.
func (c *Client) compareJournals(ctx context.Context, tolerated func(error) bool) ([]Journal, error) {
	all, err := Journals(c.cfg)
	if err != nil || len(all) == 0 {
		return all, err
	}
	here := c.Server()
	switch id, err := c.identity(ctx); {
	case err == nil:
		here.Identity = id
	case !tolerated(err):
		return nil, err
	}
	for i := range all {
		all[i].compare(here, c.wrote(all[i].ID))
	}
	return all, nil
}

// wrote reports whether this session wrote a journal.
func (c *Client) wrote(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ownJournals[id]
}

// compare sets Match and NotHere. A server that does not identify itself is taken
// for the same as long as the session that wrote the journal is open.
func (j *Journal) compare(here Server, own bool) {
	j.Match = j.Server.Compare(here.Identity, j.When)
	if own && j.Match == journal.Unsure && !identified(j.Server) && !identified(here.Identity) {
		j.Match = journal.Same
	}
	switch {
	case j.Err != nil:
		j.NotHere = j.Err
	case j.Match == journal.Other:
		j.NotHere = &ServerError{Journal: *j, Here: here}
	case j.DB != here.DB:
		j.NotHere = fmt.Errorf("it belongs to db%d", j.DB)
	case j.Match == journal.Unsure:
		j.NotHere = &ServerError{Journal: *j, Here: here}
	default:
		j.NotHere = nil
	}
}

// ServerError is returned for a journal that is not proven to belong to the open
// server.
type ServerError struct {
	Journal Journal
	Here    Server
}

// Error says what is known of both.
func (e *ServerError) Error() string {
	from := e.Journal.Addr
	switch {
	case e.Journal.Match == journal.Other:
		return fmt.Sprintf("it belongs to another server (%s), not to the one at %s", from, e.Here.Addr)
	case !identified(e.Journal.Server):
		return fmt.Sprintf("it does not record which server it belongs to (%s), so the one at %s is not proven to be it", from, e.Here.Addr)
	case !identified(e.Here.Identity):
		return fmt.Sprintf("the server at %s does not identify itself (INFO), so it is not proven to be the one that the journal belongs to (%s)", e.Here.Addr, from)
	}
	return fmt.Sprintf("the server at %s is another one than %s was, or it was restarted and lost its replication ID", e.Here.Addr, from)
}

// UndoLimit limits the bytes of values that one operation can keep for Undo. It is
// 0 if nothing can be undone.
func (c *Client) UndoLimit() int64 {
	switch {
	case c.cfg.JournalLimit < 0, c.lacks("DUMP"):
		return 0
	case c.cfg.JournalLimit == 0:
		return defaultJournalLimit
	}
	return c.cfg.JournalLimit
}

// beginJournal starts the journal of an operation that is described by what. It is
// nil, without an error, if nothing can be undone. It makes room first: see
// JournalNotices.
func (c *Client) beginJournal(ctx context.Context, op, what string) (*journal.Writer, error) {
	limit := c.UndoLimit()
	if limit == 0 {
		return nil, nil
	}
	dir, err := c.journalDir()
	if err != nil {
		return nil, err
	}
	if err := c.makeRoom(dir); err != nil {
		return nil, err
	}
	id, err := c.identity(ctx)
	if err != nil {
		return nil, err
	}
	here := c.Server()
	w, err := dir.Begin(journal.Header{
		Op: op, What: shortened(what), Addr: here.Addr, DB: here.DB, When: time.Now(), Server: id,
	}, limit)
	if err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.ownJournals == nil {
			c.ownJournals = map[string]bool{}
		}
		c.ownJournals[w.ID()] = true
	}
	return w, err
}

// identified reports whether an identity proves anything.
func identified(id journal.Identity) bool { return id.RunID != "" || len(id.Nodes) > 0 }

const maxWhat = 200

// shortened cuts a description, which can have a long name in it.
func shortened(what string) string {
	if r := []rune(what); len(r) > maxWhat {
		return string(r[:maxWhat]) + "…"
	}
	return what
}

// JournalNotice says that a journal was evicted, or that one of the next
// operations evicts it.
type JournalNotice struct {
	Journal
	Evicted bool
}

// JournalNotices returns the notices since the last call.
func (c *Client) JournalNotices() []JournalNotice {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.notices
	c.notices = nil
	return n
}

// makeRoom evicts journals by bytes and age, and notes which.
func (c *Client) makeRoom(dir journal.Dir) error {
	room, err := dir.MakeRoom(c.UndoLimit())
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range room.Evicted {
		if !i.Undone {
			c.notices = append(c.notices, JournalNotice{newJournal(i), true})
		}
	}
	for _, i := range room.Expiring {
		c.notices = append(c.notices, JournalNotice{newJournal(i), false})
	}
	return err
}
