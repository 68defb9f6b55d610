package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// Every reply carries the number of the request that it answers; Update drops
// replies to requests it gave up.
type (
	// connectedMsg says how opening the server went.
	connectedMsg struct {
		id     int
		be     Backend
		opened bool   // be is new
		left   memory // how the screen of this database was left, if known
		known  bool
		err    error
	}
	// retryMsg says that it is time to try the server again.
	retryMsg struct{ id int }
	// scanOpenedMsg is a listing that has begun.
	scanOpenedMsg struct {
		id  int
		idx *keyspace.Index
		src Scanner
		err error
	}
	// pageMsg is a page of keys that is already in the index.
	pageMsg struct {
		id   int
		page inspect.ScanBatch
		err  error
	}
	// rowsMsg is a list ready to be shown; with a rest it is what was found
	// first, and the rest makes the whole.
	rowsMsg struct {
		id    int
		rows  *keyspace.Rows
		whole bool // of every key that there is, not of a listing under way
		took  time.Duration
		rest  tea.Cmd
		err   error
	}
	// moreMsg is how many keys contain the text that others start with.
	moreMsg struct{ id, n int }
	// buildAgainMsg starts the build that was put off.
	buildAgainMsg struct{ id int }
	// metaMsg says that metadata of keys on screen arrived in the index.
	metaMsg struct {
		id      int
		tried   []uint32
		removed int
		err     error
	}
	// metaAllMsg is the progress of reading every key's metadata.
	metaAllMsg struct {
		id   int
		next uint32
		gone int
		err  error
	}
	// valueMsg is a value that was read and decoded.
	valueMsg struct {
		id      int
		key     []byte
		content *content
		err     error
	}
	// plannedMsg is a change that was counted, and what comes next.
	plannedMsg struct {
		id   int
		plan *inspect.Plan
		then func(*inspect.Plan) tea.Cmd
		err  error
	}
	// deletedMsg is the report of a delete.
	deletedMsg struct {
		id     int
		plan   *inspect.Plan
		latest time.Time // when the last of the keys would have expired; zero is never
		report inspect.DeleteReport
		err    error
	}
	// retimedMsg is the report of a change of times to live.
	retimedMsg struct {
		id     int
		plan   *inspect.Plan
		change inspect.TTLChange
		report inspect.TTLReport
		err    error
	}
	// renamedMsg says how a rename went.
	renamedMsg struct {
		from, to []byte
		undo     string // the journal's ID
		err      error
	}
	// exportedMsg says how an export went.
	exportedMsg struct {
		id     int
		path   string // as it was typed
		what   exporting
		opened bool // the file could be made
		keys   int  // that are in it
		bytes  int64
		failed int
		first  *inspect.KeyError // of these
		err    error
	}
	// keyFoundMsg says whether there is a key to go to.
	keyFoundMsg struct {
		key []byte
		err error
	}
	// writtenMsg says how the writing of an edit went.
	writtenMsg struct {
		diff *diffDialog
		undo string
		err  error
	}
	// journalsMsg is what can be undone.
	journalsMsg struct {
		id   int
		list []inspect.Journal
		err  error
	}
	// undoFoundMsg is the operation that an undo would reverse.
	undoFoundMsg struct {
		id      int
		journal inspect.Journal
		err     error
	}
	// undoneMsg is the report of an undo.
	undoneMsg struct {
		id     int
		report inspect.UndoReport
		err    error
	}
	// watchingMsg says whether the server tells what changes.
	watchingMsg struct {
		id  int
		src Watcher
		err error
	}
	// changedMsg is what changed, already in the index that was there when the
	// wait began.
	changedMsg struct {
		id      int
		changes inspect.ChangeSet
		idx     *keyspace.Index
		keys    []inspect.Key
		list    []change
		err     error
		took    time.Duration // to read the keys
	}
	// infoMsg is the server's figures for the top line.
	infoMsg struct {
		info inspect.Info
		size int64
		err  error
	}
	// bodyMsg is the body of a large value.
	bodyMsg struct {
		id   int
		body body
	}
	// coloursMsg is the colours of a text.
	coloursMsg struct {
		id      int
		colours colours
	}
	// foundMsg is the result of a search in the value.
	foundMsg struct {
		id    int
		state searchState
	}
	// flaskMsg is which function made which key.
	flaskMsg struct {
		id    int
		flask *inspect.FlaskIndex
		calls *inspect.Calls
		nodes keyspace.Grouper
		took  time.Duration
		err   error
	}
	// callFoundMsg is the keys of a typed call.
	callFoundMsg struct {
		id    int
		typed string
		found inspect.FoundCall
		err   error
	}
	// explainedMsg is what a key is.
	explainedMsg struct {
		x   inspect.Explanation
		err error
	}
	// secondMsg is the clock of the TTLs.
	secondMsg struct{ id int }
	// pollMsg is the slower clock of everything that is asked for regularly.
	pollMsg struct{}
	// busyMsg redraws while something counts or deletes.
	busyMsg struct{ id int }
)
