package inspect

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrNoJournal is returned when there is no undo journal of that id, or none
// left to undo.
var ErrNoJournal = errors.New("no such undo journal")

const (
	defaultJournalLimit = 256 << 20
	// Older journals go when a new one begins: those that were undone first,
	// until so many are left, of so many times the limit together.
	keepJournals     = 50
	keepJournalBytes = 4
	defaultDays      = 7
)

// Journal describes the undo journal of one delete.
type Journal struct {
	ID     string // sorts by time
	Addr   string
	DB     int
	When   time.Time
	What   string // Plan.What
	Keys   int
	Bytes  int64 // of the file
	Undone bool
	Newer  bool // a newer cacheview wrote it, and only that one can undo it
}

// Journals lists the undo journals of all servers, newest first, once it has
// removed those whose time is over. Files that are no journals are left out.
func (c *Client) Journals() ([]Journal, error) {
	dir, err := c.journalDir()
	if err != nil {
		return nil, err
	}
	if err := keepPrivate(dir); err != nil {
		return nil, fmt.Errorf("list undo journals: %w", err)
	}
	now := time.Now()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("list undo journals: %w", err)
	}
	var all []Journal
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), journalExt)
		if !ok {
			continue
		}
		path := filepath.Join(dir, e.Name())
		reader, err := openJournal(path)
		newer := errors.Is(err, errNewerJournal)
		if err != nil && !newer {
			continue
		}
		j := reader.describe(id)
		j.Newer = newer
		reader.close()
		if c.outlived(j, now) {
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, fmt.Errorf("remove an old undo journal: %w", err)
			}
			continue
		}
		all = append(all, j)
	}
	slices.SortFunc(all, func(a, b Journal) int {
		return cmp.Or(b.When.Compare(a.When), cmp.Compare(len(b.ID), len(a.ID)), cmp.Compare(b.ID, a.ID))
	})
	return all, nil
}

// Elsewhere says why a journal cannot be undone on a server, "" when it can:
// keys go back to where they came from, and nowhere else.
func (j Journal) Elsewhere(here Server) string {
	switch {
	case j.Newer:
		return "a newer cacheview wrote it"
	case j.Addr != here.Addr:
		return "it was deleted on " + j.Addr
	case j.DB != here.DB:
		return fmt.Sprintf("it was deleted from db%d", j.DB)
	}
	return ""
}

func (j *journalReader) describe(id string) Journal {
	d := Journal{
		ID: id, Addr: j.head.Addr, DB: j.head.DB, When: j.head.When, What: j.head.What,
		Undone: j.head.Undone == "yes",
	}
	if info, err := j.file.Stat(); err == nil {
		d.Bytes = info.Size()
	}
	if d.Keys = j.keys(); d.Keys == 0 && j.head.Format == journalFormat {
		d.Keys = j.count()
	}
	return d
}

// keys is how many records there are, 0 when the header was not finished.
func (j *journalReader) keys() int {
	n, _ := strconv.Atoi(j.head.Keys)
	return n
}

// UndoLimit is how many bytes of dumps one delete can keep for Undo; what is
// beyond is deleted without. It is 0 when nothing can be undone.
func (c *Client) UndoLimit() int64 {
	switch {
	case c.cfg.JournalLimit < 0, c.lacks("DUMP"):
		return 0
	case c.cfg.JournalLimit == 0:
		return defaultJournalLimit
	}
	return c.cfg.JournalLimit
}

// outlived reports whether a journal is older than journals are kept.
func (c *Client) outlived(j Journal, now time.Time) bool {
	days := cmp.Or(c.cfg.JournalDays, defaultDays)
	return days > 0 && now.Sub(j.When) > time.Duration(days)*24*time.Hour
}

// prune makes room for a new journal.
func (c *Client) prune() error {
	all, err := c.Journals()
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b Journal) int {
		switch {
		case a.Undone == b.Undone:
			return 0
		case a.Undone:
			return 1
		}
		return -1
	})
	sum := int64(0)
	for i, j := range all {
		sum += j.Bytes
		// A small limit of today is none of what was deleted yesterday.
		if i < keepJournals-1 && sum < keepJournalBytes*max(c.UndoLimit(), defaultJournalLimit) {
			continue
		}
		path, err := c.journalPath(j.ID)
		if err != nil {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
