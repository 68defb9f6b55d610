package ui

import (
	"bytes"

	"github.com/charmbracelet/x/ansi"

	"cacheview/ui/theme"
)

// viewMode is how the value is shown.
type viewMode int

const (
	viewDecoded viewMode = iota
	viewTurned           // the tree instead of the table, the table instead of the tree, the text instead of what it holds
	viewRaw
	viewHex
	viewOps
	numViews
)

var viewNames = [numViews]string{"decoded", "turned", "raw", "hex", "opcodes"}

// valuePane shows one value: a header, and a body that scrolls.
type valuePane struct {
	keys    keyMap
	th      *theme.Theme
	ascii   bool
	cells   ansi.Method // how the terminal counts cells
	w, h    int
	focused bool

	key     []byte // whose value is, or will be, shown
	as      string // the format that was chosen by hand for it, "" for none
	highest bool   // a sorted set is shown from its highest score on
	err     error  // why it is not
	content *content
	mode    viewMode
	nowrap  bool
	bare    bool // text without line numbers
	body    body
	stale   bool // the body does not fit the rest any more and is not being made yet
	colours colours
	plain   bool // the body is a text whose colours nobody looks for yet
	cursor  int
	top     int
	search  searchState
}

func newValuePane(keys keyMap, th *theme.Theme) *valuePane {
	return &valuePane{keys: keys, th: th}
}

// SetSize tells the pane its room inside the frame.
func (p *valuePane) SetSize(w, h int) {
	if w != p.w {
		p.w = w
		p.rebuild()
	}
	p.h = h
	p.scroll()
}

// SetTheme draws everything anew in another theme.
func (p *valuePane) SetTheme(th *theme.Theme) {
	p.th = th
	p.rebuild()
}

// Clear shows nothing, as when the cursor is on a prefix.
func (p *valuePane) Clear() {
	p.key, p.content, p.body, p.err, p.as = nil, nil, nil, nil, ""
	p.cursor, p.top = 0, 0
	p.search = searchState{}
}

// Expect says which key's value comes next. What is shown stays until then.
// A format that was chosen by hand is for one key.
func (p *valuePane) Expect(key []byte) {
	if !bytes.Equal(key, p.key) {
		p.as, p.highest = "", false
	}
	p.key = key
}

// Fail shows why the value of the expected key cannot be shown.
func (p *valuePane) Fail(err error) {
	key, as := p.key, p.as
	p.Clear()
	p.key, p.as, p.err = key, as, err
}

// setGone says of the value that is shown that its key is not there any more;
// false when another is shown, or none.
func (p *valuePane) setGone(key []byte, deleted bool) bool {
	c := p.content
	if c == nil || !bytes.Equal(c.Win.Key.Name, key) {
		return false
	}
	c.gone = "expired"
	if deleted || c.Win.Key.Meta.Expiry <= 0 {
		c.gone = "deleted"
	}
	return true
}

// SetContent shows a value. The same bytes read again keep the place and what
// was folded.
func (p *valuePane) SetContent(c *content) {
	same := p.content != nil && p.content.sameAs(c)
	p.err = nil
	if same {
		p.content.Win.Key, p.content.gone = c.Win.Key, ""
		return
	}
	sameKey := p.content != nil && string(p.content.Win.Key.Name) == string(c.Win.Key.Name)
	sameAs := p.content != nil && p.content.As == c.As
	p.content = c
	if p.mode == viewOps && c.Result.Pickle == nil {
		p.mode = viewDecoded
	}
	if o, ok := p.body.(*outlineBody); ok && sameKey && sameAs && c.collection() {
		o.grow(c.Root)
		p.scroll()
		return
	}
	if !sameKey || !sameAs {
		p.cursor, p.top, p.mode, p.body = 0, 0, viewDecoded, nil
		p.search = searchState{}
	}
	p.rebuild()
}

// rebuild makes the body of the mode anew: at once when that is little work,
// else in a command that the model starts because the body is stale. What is
// there stays until then.
func (p *valuePane) rebuild() {
	if p.content == nil || p.w <= 0 {
		return
	}
	d := p.draft()
	if d.slow() {
		p.stale = true
		return
	}
	p.setBody(d.body())
}

func (p *valuePane) draft() draft {
	return draft{content: p.content, mode: p.mode, width: p.w, nowrap: p.nowrap, bare: p.bare, th: p.th, ascii: p.ascii, cells: p.cells}
}

func (p *valuePane) setBody(b body) {
	p.body, p.stale = b, false
	p.paint()
	p.scroll()
}

func (p *valuePane) len() int {
	if p.body == nil {
		return 0
	}
	return p.body.Len()
}

func (p *valuePane) scroll() {
	h := 1
	if p.content != nil {
		h = max(p.h-p.headHeight(), 1)
	}
	p.cursor = max(min(p.cursor, p.len()-1), 0)
	p.top = min(p.top, p.cursor)
	p.top = max(p.top, p.cursor-h+1)
	p.top = max(min(p.top, p.len()-h), 0)
}

func (p *valuePane) moveTo(i int) {
	p.cursor = i
	p.scroll()
}

// center moves the cursor to a row and shows what is around it.
func (p *valuePane) center(i int) {
	p.top = i - (p.h-p.headHeight())/2
	p.moveTo(i)
}

// HandleKey moves, folds and switches the view. It reports whether the key was
// its own.
func (p *valuePane) HandleKey(msg order) bool {
	k, page := p.keys, max(p.h-p.headHeight()-1, 1)
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
		p.moveTo(p.cursor - page)
	case hits(msg, k.PageDown):
		p.moveTo(p.cursor + page)
	case hits(msg, k.HalfUp):
		p.moveTo(p.cursor - (page+1)/2)
	case hits(msg, k.HalfDown):
		p.moveTo(p.cursor + (page+1)/2)
	case hits(msg, k.Fold):
		p.fold()
	case hits(msg, k.FoldAll):
		if o, ok := p.body.(*outlineBody); ok {
			o.foldAll()
			p.moveTo(0)
		}
	case hits(msg, k.ViewAs):
		p.nextView()
	case hits(msg, k.Wrap):
		p.nowrap = !p.nowrap
		p.rebuild()
	case hits(msg, k.Numbers):
		p.bare = !p.bare
		p.rebuild()
	case hits(msg, k.Left):
		p.sideways(-1)
	case hits(msg, k.Right):
		p.sideways(+1)
	case hits(msg, k.Next):
		p.step(+1)
	case hits(msg, k.Prev):
		p.step(-1)
	default:
		return false
	}
	return true
}

// fold folds the row under the cursor, or what the row is in.
func (p *valuePane) fold() bool {
	o, ok := p.body.(*outlineBody)
	if !ok {
		return false
	}
	p.moveTo(o.fold(p.cursor))
	return true
}

// openRow unfolds the row under the cursor; false when there is nothing to
// unfold.
func (p *valuePane) openRow() bool {
	o, ok := p.body.(*outlineBody)
	if !ok || p.cursor >= o.Len() {
		return false
	}
	if r := o.at(p.cursor); !r.Foldable || r.Open {
		return false
	}
	return p.fold()
}

// nextView goes to the next way of looking at the value that it has.
func (p *valuePane) nextView() {
	if p.content == nil {
		return
	}
	p.mode = (p.mode + 1) % numViews
	for !p.draft().has(p.mode) {
		p.mode = (p.mode + 1) % numViews
	}
	p.cursor, p.top, p.body = 0, 0, nil
	p.search = searchState{}
	p.rebuild()
}

// sideways scrolls a table, or text that is not wrapped, by a third of the pane.
func (p *valuePane) sideways(dir int) {
	if b, ok := p.body.(interface{ scroll(by, w int) }); ok {
		b.scroll(dir*max(p.w/3, 1), max(p.w-1, 1))
	}
}
