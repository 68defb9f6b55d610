package ui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/ui/human"
)

// farewell is how long leaving waits for a change that is on its way. It stops at
// its next batch, so that nobody notices unless the server does not answer.
const farewell = time.Second

// changes are the requests under way that change something on the server.
// Whoever leaves in the middle of one is told what became of it.
type changes struct {
	mu   sync.Mutex
	on   int
	idle chan struct{} // closed when none is on any more
	said []string
}

// outcome is the message of a change that came to its end. What it says is for
// those who do not see it any more, as it comes after the end of the program.
type outcome interface{ said() string }

// change makes a change in the background.
func (m *model) change(do func() tea.Msg) tea.Cmd {
	c, root := m.changes, m.root
	return func() tea.Msg {
		c.begin()
		msg := do()
		c.end(root, msg)
		return msg
	}
}

func (c *changes) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.on++; c.on == 1 {
		c.idle = make(chan struct{})
	}
}

func (c *changes) end(root context.Context, msg tea.Msg) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o, ok := msg.(outcome); ok && root.Err() != nil {
		c.said = append(c.said, "cacheview: "+decode.Printable(o.said()))
	}
	if c.on--; c.on == 0 {
		close(c.idle)
	}
}

// settle waits for what is under way, no longer than d, and returns what there
// is to say of it.
func (c *changes) settle(d time.Duration) []string {
	c.mu.Lock()
	on, idle := c.on, c.idle
	c.mu.Unlock()
	if on > 0 {
		select {
		case <-idle:
		case <-time.After(d):
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.on > 0 {
		return append(c.said, "cacheview: the server did not answer in time: the outcome of the last change is unknown;  "+
			"cacheview undo --list shows its backup")
	}
	return c.said
}

// withError is what is said of a change, and of what stopped it.
func withError(said string, err error) string {
	if err != nil {
		said += "; " + err.Error()
	}
	return said
}

func (msg deletedMsg) said() string {
	return withUndo(withError(reportText(msg.report, msg.plan), msg.err), msg.report.Undo)
}

// withUndo adds how to undo what was said, if it can be.
func withUndo(said, id string) string {
	if id != "" {
		said += "; to undo: cacheview undo " + id
	}
	return said
}

func (msg undoneMsg) said() string {
	r := msg.report
	r.Stopped = false // u is not at hand
	said := withError(human.Undone(&r)+markNote(&r), msg.err)
	if r.Exists > 0 {
		said += "; cacheview undo --replace " + r.ID + " overwrites them"
	}
	if msg.report.Stopped {
		said += "; stopped, cacheview undo " + r.ID + " restores the rest"
	}
	return said
}

func (msg retimedMsg) said() string {
	return withUndo(withError(retimeText(msg.report, msg.change), msg.err), msg.report.Undo)
}

func (msg renamedMsg) said() string {
	if msg.err != nil {
		return withUndo(msg.err.Error(), msg.undo)
	}
	return withUndo("renamed "+quote(msg.from)+" to "+quote(msg.to), msg.undo)
}

func (msg writtenMsg) said() string {
	if msg.err != nil {
		return withUndo(msg.err.Error()+"; your text is in "+msg.diff.copy.path, msg.undo)
	}
	return withUndo("wrote "+human.Size(int64(len(msg.diff.now)))+" to "+quote(msg.diff.name), msg.undo)
}
