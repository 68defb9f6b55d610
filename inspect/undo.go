package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/keyspace"
)

const (
	restoreKeys  = 200     // of a pipeline of RESTORE
	restoreBytes = 4 << 20 // and how much of it
)

// ErrPayload is why a key is not restored on an older server than the one that it
// was deleted on. Its journal is kept.
var ErrPayload = errors.New("this server cannot read what a newer one dumped; the journal is kept, undo it on a server as new")

// UndoOptions are the decisions of an undo.
type UndoOptions struct {
	Replace bool // overwrite keys that exist again; what they are goes into a journal
	// Only are the keys of the journal that are meant; empty means all. An undo
	// of some leaves the journal as it is.
	Only     [][]byte
	Progress func(done, total int)
}

// UndoReport is what an undo did.
type UndoReport struct {
	ID       string     `json:"undo"`
	Planned  int        `json:"planned"`
	Restored int        `json:"restored"`
	Expired  int        `json:"expired"` // their time to live ended meanwhile: they stay dead
	Exists   int        `json:"exists"`  // exist, again or still, and were left alone
	There    [][]byte   `json:"-"`       // these
	Failed   int        `json:"failed"`
	Errors   []KeyError `json:"-"` // at most 100
	Stopped  bool       `json:"-"`
	What     string     `json:"-"` // was deleted
	// Overwritten is the journal of what UndoOptions.Replace has written over, ""
	// when there was nothing or nothing can be undone; NotUndoable counts the keys
	// that may have been written over and are not in it.
	Overwritten string `json:"overwritten_undo"`
	NotUndoable int    `json:"not_undoable"`
}

// Undo restores the keys of a journal, with the time to live that they would
// have now; id "" means the newest journal of this server and database that was
// not undone. What exists again is left alone unless Replace is set, and what
// would have expired stays dead.
//
// It refuses with ErrReadOnly, ErrNoJournal, *TargetError or, with Replace,
// *ProtectedError before it sends anything of what it concerns. Cancelling ctx
// stops between two batches, with UndoReport.Stopped and no error; undoing
// again does the rest.
func (c *Client) Undo(ctx context.Context, id string, opt UndoOptions) (UndoReport, error) {
	if c.cfg.ReadOnly {
		return UndoReport{}, ErrReadOnly
	}
	here := c.Server()
	if id == "" {
		var err error
		if id, err = c.newestJournal(here); err != nil {
			return UndoReport{}, err
		}
	}
	report := UndoReport{ID: id}
	path, err := c.journalPath(id)
	if err != nil {
		return report, err
	}
	j, err := openJournal(path)
	if errors.Is(err, os.ErrNotExist) {
		return report, ErrNoJournal
	}
	if err != nil {
		return report, err
	}
	defer j.close()
	if j.head.Addr != here.Addr || j.head.DB != here.DB {
		there := Server{Addr: j.head.Addr, DB: j.head.DB}
		return report, &TargetError{Planned: there.where(), Open: here.where()}
	}
	report.What = j.head.What
	u := undoing{c: c, opt: opt, report: &report, wrote: j.head.Wrote, over: "what undo " + id + " wrote over"}
	if report.Planned = j.keys(); report.Planned == 0 {
		report.Planned = j.count()
		j.close()
		if j, err = openJournal(path); err != nil {
			return report, err
		}
		defer j.close()
	}
	next := j.next
	if len(opt.Only) > 0 {
		report.Planned = len(opt.Only)
		next = only(opt.Only, next)
	}
	if err := u.run(ctx, next); err != nil {
		return report, fmt.Errorf("%w; the journal is kept, undo again to do the rest", err)
	}
	if !report.Stopped && report.Failed == 0 && len(opt.Only) == 0 {
		j.head.Undone = "yes"
		if err := j.head.writeOver(j.file); err != nil {
			return report, fmt.Errorf("mark the undo journal: %w", err)
		}
	}
	return report, nil
}

// only passes over the records of other keys.
func only(keys [][]byte, next func() (record, error)) func() (record, error) {
	meant := make(map[string]bool, len(keys))
	for _, k := range keys {
		meant[string(k)] = true
	}
	return func() (record, error) {
		for {
			if r, err := next(); err != nil || meant[string(r.key)] {
				return r, err
			}
		}
	}
}

func (c *Client) newestJournal(here Server) (string, error) {
	all, err := c.Journals()
	if err != nil {
		return "", err
	}
	for _, j := range all {
		if j.Elsewhere(here) == "" && !j.Undone {
			return j.ID, nil
		}
	}
	return "", ErrNoJournal
}

// undoing is one Undo on its way.
type undoing struct {
	c      *Client
	opt    UndoOptions
	report *UndoReport
	wrote  string // what an edit wrote over the key; "" for a delete
	dry    bool   // only say what would be restored
	done   int
	over   string // what the journal of what is written over is called
	saver  *saver // of it; nil without
}

// run restores what next returns, until io.EOF. Another error ends it once what
// came before is restored.
func (u *undoing) run(ctx context.Context, next func() (record, error)) error {
	if !u.opt.Replace || u.dry {
		return u.each(ctx, next)
	}
	var err error
	if u.saver, err = u.c.newSaver(u.over, "", time.Now()); err != nil {
		return fmt.Errorf("undo journal: %w", err)
	}
	err = u.each(ctx, next)
	if u.saver != nil {
		var jerr error
		if u.report.Overwritten, jerr = u.saver.close(); err == nil && jerr != nil {
			err = fmt.Errorf("undo journal: %w", jerr)
		}
	}
	return err
}

// each restores what next returns, in batches.
func (u *undoing) each(ctx context.Context, next func() (record, error)) error {
	for {
		var batch []record
		var bad error
		size := 0
		for len(batch) < restoreKeys && size < restoreBytes {
			r, err := next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				bad = err
				break
			}
			batch = append(batch, r)
			size += len(r.dump)
		}
		if len(batch) == 0 {
			return bad
		}
		if ctx.Err() != nil {
			u.report.Stopped = true
			return nil
		}
		if err := u.batch(context.WithoutCancel(ctx), batch); err != nil {
			return err
		}
		u.done += len(batch)
		if u.opt.Progress != nil {
			u.opt.Progress(u.done, u.report.Planned)
		}
		if bad != nil {
			return bad
		}
	}
}

func (u *undoing) batch(ctx context.Context, batch []record) error {
	// RESTORE of older servers makes keys whose time is over, so that the
	// server's clock is asked first.
	clock, err := u.c.pipeline(ctx, 1, func(int) []any { return []any{"time"} })
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	now := clock[0].time()
	alive := batch[:0]
	for _, r := range batch {
		if r.expiry != keyspace.NoExpiry && r.expiry <= now {
			u.report.Expired++
			continue
		}
		alive = append(alive, r)
		if u.opt.Replace {
			if err := u.c.protected([][]byte{r.key}); err != nil {
				return err
			}
		}
	}
	if len(alive) == 0 {
		return nil
	}
	if u.dry {
		return u.count(ctx, alive)
	}
	if u.opt.Replace {
		if err := u.keep(ctx, alive); err != nil {
			return u.c.lostErr(fmt.Errorf("undo journal: %w", err))
		}
	}
	replies, err := u.c.pipeline(ctx, len(alive), func(i int) []any {
		r := alive[i]
		args := []any{"restore", r.key, max(r.expiry, 0), r.dump, "absttl"}
		if u.opt.Replace {
			args = append(args, "replace")
		}
		return args
	})
	if err != nil {
		u.report.Failed += len(alive)
		return fmt.Errorf("restore: %w", err)
	}
	var end error // every other key would be refused, too
	for i, r := range replies {
		_, err := r.text()
		if u.wrote != "" && redis.HasErrorPrefix(err, "BUSYKEY") {
			if perr := u.c.putBack(ctx, alive[i], u.wrote); !errors.Is(perr, ErrChanged) {
				err = perr
			}
		}
		switch {
		case err == nil:
			u.report.Restored++
		case redis.HasErrorPrefix(err, "BUSYKEY"):
			u.report.Exists++
			u.report.There = append(u.report.There, bytes.Clone(alive[i].key))
		default:
			u.report.Failed++
			if strings.Contains(replyText(err), "payload version or checksum") {
				err = fmt.Errorf("%w: %w", ErrPayload, err)
			}
			if len(u.report.Errors) < maxErrors {
				u.report.Errors = append(u.report.Errors, KeyError{Op: "restore", Key: alive[i].key, Err: err})
			}
			if r := refused(err); r != nil {
				end = r
			} else if unsupported(err) {
				end = err
			}
		}
	}
	if end != nil {
		return u.c.lostErr(fmt.Errorf("restore: %w", end))
	}
	return nil
}

// keep puts what is about to be written over into the journal.
func (u *undoing) keep(ctx context.Context, alive []record) error {
	if u.saver == nil {
		u.report.NotUndoable += len(alive)
		return nil
	}
	keys := make([][]byte, len(alive))
	for i, r := range alive {
		keys[i] = r.key
	}
	lost, err := u.saver.keep(ctx, keys)
	u.report.NotUndoable += lost
	return err
}

// time reads the reply to TIME as Unix milliseconds. A server that would not
// tell is taken to have our clock.
func (r rawReply) time() int64 {
	rd := replyReader(r)
	if texts, err := rd.texts(nil); err == nil && len(texts) == 2 {
		var sec, usec int64
		if _, err := fmt.Sscan(string(texts[0])+" "+string(texts[1]), &sec, &usec); err == nil {
			return sec*1000 + usec/1000
		}
	}
	return time.Now().UnixMilli()
}
