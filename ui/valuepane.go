package ui

import (
	tea "charm.land/bubbletea/v2"

	"cacheview/decode/value"
	"cacheview/ui/theme"
)

// viewMode is how the value is shown.
type viewMode int

const (
	viewDecoded viewMode = iota
	viewRaw
	viewHex
	viewOps
	numViews
)

var viewNames = [numViews]string{"decoded", "raw", "hex", "opcodes"}

// valuePane shows one value: a header, and a body that scrolls.
type valuePane struct {
	keys    keyMap
	th      *theme.Theme
	ascii   bool
	w, h    int
	focused bool

	key     []byte // whose value is, or will be, shown
	err     error  // why it is not
	content *content
	mode    viewMode
	nowrap  bool
	body    body
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
	p.key, p.content, p.body, p.err = nil, nil, nil, nil
	p.cursor, p.top = 0, 0
	p.search = searchState{}
}

// Expect says which key's value comes next. What is shown stays until then.
func (p *valuePane) Expect(key []byte) { p.key = key }

// Fail shows why the value of the expected key cannot be shown.
func (p *valuePane) Fail(err error) {
	key := p.key
	p.Clear()
	p.key, p.err = key, err
}

// SetContent shows a value. The same bytes read again keep the place and what
// was folded.
func (p *valuePane) SetContent(c *content) {
	same := p.content != nil && p.content.sameAs(c)
	p.err = nil
	if same {
		p.content.Win.Key = c.Win.Key
		return
	}
	sameKey := p.content != nil && string(p.content.Win.Key.Name) == string(c.Win.Key.Name)
	p.content = c
	if o, ok := p.body.(*outlineBody); ok && sameKey && c.collection() {
		o.grow(c.Root)
		p.scroll()
		return
	}
	if !sameKey {
		p.cursor, p.top, p.mode = 0, 0, viewDecoded
		p.search = searchState{}
	}
	p.rebuild()
}

// rebuild makes the body of the mode anew.
func (p *valuePane) rebuild() {
	if p.content == nil || p.w <= 0 {
		return
	}
	c := p.content
	p.body = nil
	switch p.mode {
	case viewRaw:
		p.body = newTextBody(p.th, string(c.raw()), p.textWidth())
	case viewHex:
		p.body = &hexBody{p.th, c.raw()}
	case viewOps:
		if ops, ok := c.ops(); ok {
			p.body = &opsBody{p.th, ops}
		}
	}
	if p.body == nil {
		p.mode = viewDecoded
		p.body = p.decoded()
	}
	p.scroll()
}

// decoded picks the body that suits the value: a text as text, bytes as a
// dump, the rest as an outline.
func (p *valuePane) decoded() body {
	v := p.content.Root
	switch {
	case v.Kind() == value.Text && v.Tag() == "":
		return newTextBody(p.th, v.Text(), p.textWidth())
	case v.Kind() == value.Bytes && v.Tag() == "" && v.Len() > 0:
		return &hexBody{p.th, []byte(v.Text())}
	case value.ChildLen(v) > 0:
		return &outlineBody{p.th, p.ascii, newOutline(v)}
	}
	return &scalarBody{p.th, v}
}

// textWidth is where text is broken: at the pane's width, or never.
func (p *valuePane) textWidth() int {
	if p.nowrap {
		return 1 << 20
	}
	return max(p.w-1, 1)
}

// bodyHeight is the room that the header leaves.
func (p *valuePane) bodyHeight() int { return max(p.h-len(p.head()), 1) }

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

// HandleKey moves, folds and switches the view. It reports whether the key was
// its own.
func (p *valuePane) HandleKey(msg tea.KeyPressMsg) bool {
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
	if p.mode == viewOps && p.content.Result.Pickle == nil || p.content.collection() && p.mode != viewDecoded {
		p.mode = viewDecoded
	}
	p.cursor, p.top = 0, 0
	p.search.hits = nil
	p.rebuild()
}
