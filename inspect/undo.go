package inspect

import (
	"context"
	"errors"
	"time"
)

// Journal describes the undo journal of one delete.
type Journal struct {
	ID     string // sorts by time
	Addr   string
	DB     int
	When   time.Time
	What   string // Plan.What
	Keys   int
	Bytes  int64 // of the journal's file
	Undone bool
}

// UndoOptions are the decisions of an undo.
type UndoOptions struct {
	Replace  bool // overwrite keys that exist again
	Progress func(done, total int)
}

// UndoReport is what an undo did.
type UndoReport struct {
	Planned  int        `json:"planned"`
	Restored int        `json:"restored"`
	Expired  int        `json:"expired"` // their time to live ended meanwhile: they stay dead
	Exists   int        `json:"exists"`  // exist again and were left alone
	Failed   int        `json:"failed"`
	Errors   []KeyError `json:"-"` // at most 100
	Stopped  bool       `json:"-"`
}

// Journals lists the undo journals, newest first, of all servers.
func (c *Client) Journals() ([]Journal, error) { return nil, errors.ErrUnsupported }

// Undo restores the keys of a journal; id "" means the newest of this server
// and database that was not undone.
func (c *Client) Undo(ctx context.Context, id string, opt UndoOptions) (UndoReport, error) {
	if c.cfg.ReadOnly {
		return UndoReport{}, ErrReadOnly
	}
	return UndoReport{}, errors.ErrUnsupported
}
