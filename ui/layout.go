package ui

// rect is a region of the screen in cells.
type rect struct{ X, Y, W, H int }

// inner is the room inside a one-cell frame.
func (r rect) inner() (w, h int) { return max(r.W-2, 0), max(r.H-2, 0) }

// holds tells whether a cell lies in r.
func (r rect) holds(x, y int) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}

// Smallest screen that shows anything useful, and the width from which two
// panes stand side by side.
const (
	minWidth  = 40
	minHeight = 10
	wideFrom  = 100
)

// How narrow and how wide the key pane may be made, in hundredths.
const (
	minSplit = 20
	maxSplit = 80
)

// layout says where everything is. All arithmetic on the size of the screen is
// here.
type layout struct {
	W, H   int
	Wide   bool
	Tiny   bool // too small to draw
	Bar    rect
	Keys   rect // a zero rect is not shown
	Value  rect
	Foot   rect
	Dialog int // the widest a dialog may be
}

// arrange lays out a screen of w by h cells. split is the share of the key pane
// in hundredths; valueInFront chooses the pane of a narrow screen, and of a wide
// one on which one pane is zoomed.
func arrange(w, h, split int, valueInFront, zoom bool) layout {
	l := layout{W: w, H: h, Wide: w >= wideFrom && !zoom, Tiny: w < minWidth || h < minHeight}
	l.Bar = rect{0, 0, w, 1}
	l.Foot = rect{0, h - 1, w, 1}
	body := rect{0, 1, w, max(h-2, 0)}
	l.Dialog = min(w-4, 76)
	if w >= 120 {
		l.Dialog = min(w-4, 120)
	}
	switch {
	case l.Wide:
		left := min(max(w*split/100, 46), w-40)
		l.Keys = rect{0, body.Y, left, body.H}
		l.Value = rect{left, body.Y, w - left, body.H}
	case valueInFront:
		l.Value = body
	default:
		l.Keys = body
	}
	return l
}
