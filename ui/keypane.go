package ui

import (
	"time"

	"github.com/charmbracelet/x/ansi"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/theme"
)

// keyPane is the list of keys: a window over rows that were built elsewhere.
// It holds no more than what is on screen, however many keys there are.
type keyPane struct {
	keys    keyMap
	th      *theme.Theme
	ascii   bool
	cells   ansi.Method // how the terminal counts cells
	w, h    int
	focused bool

	rows   *keyspace.Rows
	whole  bool                // they are of all keys, not of a listing under way
	flask  *inspect.FlaskIndex // names calls beside their keys; nil shows keys alone
	calls  *inspect.Calls      // says when results stop being reached; nil when not known
	snap   *keyspace.Snapshot
	cursor int
	top    int
	// moved is false until the user chose a row. Until then the cursor stays on
	// the first one while the list grows.
	moved bool
	marks map[string]struct{}
	// anchor is the row that was marked last, if anchored: rows that are built
	// anew have no such row.
	anchor   int
	anchored bool
}

func newKeyPane(keys keyMap, th *theme.Theme) *keyPane {
	return &keyPane{keys: keys, th: th, marks: map[string]struct{}{}}
}

// SetSize tells the pane its room inside the frame.
func (p *keyPane) SetSize(w, h int) {
	p.w, p.h = w, h
	p.scroll()
}

// SetRows shows new rows and keeps the cursor on the key it was on.
func (p *keyPane) SetRows(rows *keyspace.Rows) {
	at := -1
	if p.moved {
		if r, ok := p.current(); ok && r.Leaf {
			at = rows.Find(p.snap.Name(r.ID))
		} else if ok {
			at = rows.FindNode(r.Prefix)
		}
		if at < 0 {
			at = min(p.cursor, rows.Len()-1)
		}
	}
	shift := at - p.cursor
	p.anchored = p.anchored && p.rows != nil && p.rows.Len() == rows.Len()
	p.rows, p.snap = rows, rows.Snapshot()
	p.cursor = max(at, 0)
	if p.moved {
		p.top = max(p.top+shift, 0)
	} else {
		p.cursor, p.top = p.firstKey(), 0
	}
	p.scroll()
}

// firstKey is the first row that has a value to show, if that is on the first
// screen, else the first row.
func (p *keyPane) firstKey() int {
	for i := range min(p.len(), p.h) {
		if p.rows.At(i).Leaf {
			return i
		}
	}
	return 0
}

func (p *keyPane) len() int {
	if p.rows == nil {
		return 0
	}
	return p.rows.Len()
}

// current is the row under the cursor.
func (p *keyPane) current() (keyspace.Row, bool) {
	if p.cursor < 0 || p.cursor >= p.len() {
		return keyspace.Row{}, false
	}
	return p.rows.At(p.cursor), true
}

// currentKey is the key under the cursor, nil on a prefix of the tree.
func (p *keyPane) currentKey() []byte {
	if r, ok := p.current(); ok && r.Leaf {
		return p.snap.Name(r.ID)
	}
	return nil
}

// visible calls yield with every key on screen.
func (p *keyPane) visible(yield func(id uint32)) {
	for i := p.top; i < min(p.top+p.h, p.len()); i++ {
		if r := p.rows.At(i); r.Leaf {
			yield(r.ID)
		}
	}
}

func (p *keyPane) scroll() {
	p.cursor = max(min(p.cursor, p.len()-1), 0)
	margin := min(2, max(p.h-1, 0)/2)
	p.top = min(p.top, p.cursor-margin)
	p.top = max(p.top, p.cursor-p.h+1+margin)
	p.top = max(min(p.top, p.len()-p.h), 0)
}

func (p *keyPane) moveTo(i int) {
	p.cursor, p.moved = i, true
	p.scroll()
}

// HandleKey moves, folds and marks. It reports whether the key was its own.
func (p *keyPane) HandleKey(msg order) bool {
	k := p.keys
	switch {
	case hits(msg, k.Up):
		p.moveTo(p.cursor - 1)
	case hits(msg, k.Down):
		p.moveTo(p.cursor + 1)
	case hits(msg, k.Top):
		p.moveTo(0)
	case hits(msg, k.Bottom):
		p.moveTo(p.len() - 1)
	case hits(msg, k.PageUp):
		p.moveTo(p.cursor - max(p.h-1, 1))
	case hits(msg, k.PageDown):
		p.moveTo(p.cursor + max(p.h-1, 1))
	case hits(msg, k.HalfUp):
		p.moveTo(p.cursor - max(p.h/2, 1))
	case hits(msg, k.HalfDown):
		p.moveTo(p.cursor + max(p.h/2, 1))
	case hits(msg, k.Mark):
		p.mark()
	case hits(msg, k.MarkRange):
		p.markRange()
	case hits(msg, k.Unmark):
		clear(p.marks)
	case hits(msg, k.MarkAll):
		p.markAll()
	case hits(msg, k.Fold):
		p.toggle()
	default:
		return false
	}
	return true
}

// toggle folds or unfolds the prefix under the cursor.
func (p *keyPane) toggle() bool {
	r, ok := p.current()
	if !ok || r.Leaf {
		return false
	}
	p.rows = p.rows.Fold(r.Prefix, !r.Open)
	p.moved = true
	p.scroll()
	return true
}

// toParent goes to the node that holds the row under the cursor.
func (p *keyPane) toParent() {
	r, ok := p.current()
	if !ok {
		return
	}
	for i := p.cursor - 1; i >= 0; i-- {
		if up := p.rows.At(i); !up.Leaf && up.Depth < r.Depth {
			p.moveTo(i)
			return
		}
	}
}

// ticking tells whether a TTL on screen will change within the next second, and
// so whether the clock has to run at all.
func (p *keyPane) ticking(now time.Time) bool {
	on := false
	p.visible(func(id uint32) {
		if m := p.snap.Meta(id); m.Expiry > now.UnixMilli() {
			on = true
		}
	})
	return on
}
