package ui

import (
	"slices"
	"sort"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode/value"
)

// outline is a value as a list of rows that can be folded. It makes only the
// rows that are asked for: a closed list of a million items is one row.
type outline struct {
	root  *branch
	cells ansi.Method // how the terminal counts cells
	wrap  int         // width at which long text is broken, 0 before the first drawing
}

// branch is a node of the value that was opened or asked about.
type branch struct {
	val   value.Value
	open  bool
	lines []span          // a long text broken into rows, nil for every other value
	kids  map[int]*branch // children that are or were open
	opens []int           // indexes of the open ones, ascending
	below []int           // rows below each of opens, summed from the left
}

// outlineRow is one row of an outline.
type outlineRow struct {
	Depth    int
	Label    value.Label
	Labelled bool
	Value    value.Value
	Text     string // a row of a broken text, instead of a value
	Foldable bool
	Open     bool
	path     []int
}

// openAtFirst is how many rows an outline unfolds by itself.
const openAtFirst = 40

func newOutline(v value.Value) *outline {
	o := &outline{root: &branch{val: v, open: true}}
	budget := openAtFirst - o.rows()
	o.openLone(o.root)
	o.openSmall(o.root, map[uint32]bool{v.ID(): v.ID() != 0}, &budget)
	o.sum(o.root)
	return o
}

// openLone unfolds what stands alone, however much is in it: it is what there is
// to see.
func (o *outline) openLone(b *branch) {
	for range 5 {
		if b.len() != 1 {
			return
		}
		_, v := value.Child(b.val, 0)
		if value.ChildLen(v) == 0 || v.ID() != 0 && v.ID() == b.val.ID() {
			return
		}
		k := b.kid(0)
		b.setOpen(0, true)
		b = k
	}
}

// openSmall unfolds what is small enough to be read at a glance.
func (o *outline) openSmall(b *branch, above map[uint32]bool, budget *int) {
	if len(above) > 5 || b.len() > openAtFirst {
		return
	}
	for i := range b.len() {
		_, v := value.Child(b.val, i)
		n := value.ChildLen(v)
		if n == 0 || n > 12 || n > *budget || above[v.ID()] {
			continue
		}
		*budget -= n
		k := b.kid(i)
		b.setOpen(i, true)
		if v.ID() != 0 {
			above[v.ID()] = true
			defer delete(above, v.ID())
		}
		o.openSmall(k, above, budget)
	}
}

// grow replaces the value by a later reading of the same collection. What was
// open stays open where there is still something to open.
func (o *outline) grow(v value.Value) {
	o.root.regrow(v)
	o.sum(o.root)
}

func (b *branch) regrow(v value.Value) {
	b.val, b.lines = v, nil
	n := value.ChildLen(v)
	for i, k := range b.kids {
		if i >= n {
			b.setOpen(i, false)
			delete(b.kids, i)
			continue
		}
		_, kid := value.Child(v, i)
		if value.ChildLen(kid) == 0 {
			b.setOpen(i, false)
		}
		k.regrow(kid)
	}
}

func (b *branch) len() int {
	if b.lines != nil {
		return len(b.lines)
	}
	return value.ChildLen(b.val)
}

// rows is the number of visible rows.
func (o *outline) rows() int { return o.root.visible() }

// visible is the number of rows below b, b itself left out.
func (b *branch) visible() int {
	if !b.open {
		return 0
	}
	n := b.len()
	if len(b.below) > 0 {
		n += b.below[len(b.below)-1]
	}
	return n
}

// kid returns the branch of child i, made when it was never opened.
func (b *branch) kid(i int) *branch {
	k := b.kids[i]
	if k == nil {
		_, v := value.Child(b.val, i)
		k = &branch{val: v}
		if b.kids == nil {
			b.kids = map[int]*branch{}
		}
		b.kids[i] = k
	}
	return k
}

func (b *branch) setOpen(i int, open bool) {
	k := b.kids[i]
	if k == nil || k.open == open {
		return
	}
	k.open = open
	at, found := slices.BinarySearch(b.opens, i)
	switch {
	case open && !found:
		b.opens = slices.Insert(b.opens, at, i)
	case !open && found:
		b.opens = slices.Delete(b.opens, at, at+1)
	}
}

// sum brings the counts below b up to date.
func (o *outline) sum(b *branch) {
	b.below = b.below[:0]
	total := 0
	for _, i := range b.opens {
		o.sum(b.kids[i])
		total += b.kids[i].visible()
		b.below = append(b.below, total)
	}
}

// at returns visible row n.
func (o *outline) at(n int) outlineRow {
	b, path := o.root, []int(nil)
	for {
		// Open children stand before row n as 1 + what is below them.
		j := sort.Search(len(b.opens), func(j int) bool { return b.opens[j]+b.before(j) >= n })
		if j > 0 {
			first := b.opens[j-1] + b.before(j-1)
			if inside := n - first - 1; inside < b.below[j-1]-b.before(j-1) {
				path = append(path, b.opens[j-1])
				b, n = b.kids[b.opens[j-1]], inside
				continue
			}
			n -= b.before(j)
		}
		return b.row(n, append(path, n))
	}
}

// before is the number of rows below the first j open children.
func (b *branch) before(j int) int {
	if j == 0 {
		return 0
	}
	return b.below[j-1]
}

func (b *branch) row(i int, path []int) outlineRow {
	if b.lines != nil {
		return outlineRow{Depth: len(path) - 1, Text: b.lines[i].of(b.val.Text()), path: path}
	}
	label, v := value.Child(b.val, i)
	r := outlineRow{Depth: len(path) - 1, Label: label, Labelled: true, Value: v, path: path}
	r.Foldable = value.ChildLen(v) > 0 || longText(v)
	if k := b.kids[i]; k != nil {
		r.Open = k.open
	}
	return r
}

// longText tells whether a text is shown broken into rows when it is opened.
func longText(v value.Value) bool {
	if v.Kind() != value.Text || v.Tag() != "" {
		return false
	}
	return v.Len() > 60 || slices.Contains([]byte(v.Text()), '\n')
}

// find returns the branch that a row is in, and its index there.
func (o *outline) find(path []int) (parent *branch, at int) {
	b := o.root
	for _, i := range path[:len(path)-1] {
		b = b.kid(i)
	}
	return b, path[len(path)-1]
}

// fold opens or closes row n. A row that cannot be folded closes what it is in;
// the row that the cursor should stand on afterwards is returned.
func (o *outline) fold(n int) int {
	if n >= o.rows() {
		return n
	}
	r := o.at(n)
	if !r.Foldable {
		if len(r.path) < 2 {
			return n
		}
		parent, at := o.find(r.path[:len(r.path)-1])
		parent.setOpen(at, false)
		o.sum(o.root)
		return n - r.path[len(r.path)-1] - o.rowsBefore(r.path) - 1
	}
	parent, at := o.find(r.path)
	k := parent.kid(at)
	if longText(k.val) && k.lines == nil {
		k.lines = breakText(o.cells, k.val.Text(), max(o.wrap-2*(r.Depth+1), 20))
	}
	parent.setOpen(at, !r.Open)
	o.sum(o.root)
	return n
}

// rowsBefore is how many rows of open siblings stand before the row at path
// inside its parent.
func (o *outline) rowsBefore(path []int) int {
	parent, at := o.find(path)
	j := sort.SearchInts(parent.opens, at)
	return parent.before(j)
}

// unfoldLimit bounds what "unfold all" opens at once.
const unfoldLimit = 20_000

// folds tells whether there is anything that Z would open or close.
func (o *outline) folds() bool {
	for i := range o.root.len() {
		if _, v := value.Child(o.root.val, i); value.ChildLen(v) > 0 {
			return true
		}
	}
	return len(o.root.opens) > 0
}

// foldAll closes everything or, when all is closed, opens everything within
// unfoldLimit rows.
func (o *outline) foldAll() {
	if len(o.root.opens) > 0 {
		for _, i := range o.root.opens {
			o.root.kids[i].open = false
		}
		o.root.opens = nil
		o.sum(o.root)
		return
	}
	budget := unfoldLimit
	o.unfold(o.root, map[uint32]bool{}, &budget)
	o.sum(o.root)
}

func (o *outline) unfold(b *branch, above map[uint32]bool, budget *int) {
	for i := range value.ChildLen(b.val) {
		if *budget--; *budget < 0 {
			return
		}
		_, v := value.Child(b.val, i)
		if value.ChildLen(v) == 0 || v.ID() != 0 && above[v.ID()] {
			continue
		}
		b.kid(i)
		b.setOpen(i, true)
		if v.ID() != 0 {
			above[v.ID()] = true
		}
		o.unfold(b.kids[i], above, budget)
		delete(above, v.ID())
	}
}

// reveal opens everything above path and returns its row.
func (o *outline) reveal(path []int) int {
	b, row := o.root, 0
	for _, i := range path[:len(path)-1] {
		k := b.kid(i)
		b.setOpen(i, true)
		b = k
	}
	o.sum(o.root)
	b = o.root
	for d, i := range path {
		j := sort.SearchInts(b.opens, i)
		row += i + b.before(j)
		if d < len(path)-1 {
			row++
			b = b.kids[i]
		}
	}
	return row
}
