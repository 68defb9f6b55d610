package ui

import (
	"context"
	"time"

	"cacheview/decode/keyname"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// Backend is what the screens need of a server. *inspect.Client behind Wrap is
// the real one; tests have one in memory.
type Backend interface {
	Server() inspect.Server
	Ping(ctx context.Context) (time.Duration, error)
	Size(ctx context.Context) (int64, error)
	Info(ctx context.Context) (inspect.Info, error)
	Scan(idx *keyspace.Index, opt inspect.ScanOptions) Scanner
	Meta(ctx context.Context, names [][]byte, withSize bool) ([]inspect.Key, error)
	Read(ctx context.Context, name []byte, opt inspect.ReadOptions) (inspect.ValueWindow, error)
	Plan(ctx context.Context, sel inspect.Selection, progress func(inspect.Progress)) (*inspect.Plan, error)
	Delete(ctx context.Context, plan *inspect.Plan, opt inspect.DeleteOptions) (inspect.DeleteReport, error)
	UndoLimit() int64
	Journals(ctx context.Context) ([]inspect.Journal, error)
	JournalNotices() []inspect.JournalNotice
	FindUndo(ctx context.Context, id string) (inspect.Journal, error)
	Undo(ctx context.Context, id string, opt inspect.UndoOptions) (inspect.UndoReport, error)
	ChangeTTL(ctx context.Context, plan *inspect.Plan, change inspect.TTLChange, progress func(done, total int)) (inspect.TTLReport, error)
	Rename(ctx context.Context, from, to []byte) (undo string, err error)
	Replace(ctx context.Context, key, old, now []byte) (undo string, err error)
	Export(ctx context.Context, names [][]byte, one func(inspect.DumpedKey) error, failed func(inspect.KeyError)) error
	Flask(ctx context.Context, snap *keyspace.Snapshot, progress func(done, total int)) (*inspect.FlaskIndex, error)
	Calls(ctx context.Context, f *inspect.FlaskIndex) (*inspect.Calls, error)
	Guess(ctx context.Context, f *inspect.FlaskIndex, typed ...string) (int, error)
	Explain(ctx context.Context, key []byte, f *inspect.FlaskIndex) (inspect.Explanation, error)
	Frameworks(ctx context.Context, snap *keyspace.Snapshot) (*inspect.Frameworks, error)
	FrameworkGroups(ctx context.Context, snap *keyspace.Snapshot) (*inspect.Frameworks, error)
	PlanInvalidation(ctx context.Context, f *inspect.FlaskIndex, function string, withEntries bool) (*inspect.Plan, error)
	PlanStale(ctx context.Context, f *inspect.FlaskIndex, progress func(inspect.Progress)) (*inspect.Plan, error)
	Watch(ctx context.Context) (Watcher, error)
	Databases(ctx context.Context) ([]inspect.Database, error)
	Slowlog(ctx context.Context, limit int) ([]inspect.SlowlogEntry, error)
	ExactSizes(ctx context.Context, keys []inspect.Key) error
	Digests(ctx context.Context, keys []inspect.Key) ([]inspect.Digest, error)
	Samples(ctx context.Context, keys []inspect.Key) ([]keyname.Sample, error)
	Monitor(ctx context.Context, d time.Duration, fn func(inspect.Command)) error
	ReadOnly() bool
	Close() error
}

// Scanner yields the pages of one listing; io.EOF follows the last.
type Scanner interface {
	Next(ctx context.Context) (inspect.ScanBatch, error)
}

// Watcher yields what changes on the server as it happens.
type Watcher interface {
	Next(ctx context.Context) (inspect.ChangeSet, error)
	Close() error
}

// Open connects to a database of the server, OwnDB for the one that its settings
// say. It is called again, with back-off, for as long as there is no connection.
type Open func(ctx context.Context, db int) (Backend, error)

// NewBackend makes a Backend of a client.
func NewBackend(c *inspect.Client) Backend { return client{c} }

type client struct{ *inspect.Client }

// Scan is NewScan behind an interface.
func (c client) Scan(idx *keyspace.Index, opt inspect.ScanOptions) Scanner {
	return c.NewScan(idx, opt)
}

// Watch is Client.Watch behind an interface.
func (c client) Watch(ctx context.Context) (Watcher, error) {
	w, err := c.Client.Watch(ctx)
	if err != nil {
		return nil, err
	}
	return w, nil
}
