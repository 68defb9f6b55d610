package value

// Walk calls visit for v and everything below it, depth first, in the order of
// Child, until visit returns false for a node: its children are then left out.
// A container that contains itself is visited there but not entered again. The
// path is reused between calls and must be copied to be kept.
func Walk(v Value, visit func(path Path, v Value) bool) {
	w := walker{visit: visit}
	w.walk(make(Path, 0, 16), v)
}

type walker struct {
	visit  func(Path, Value) bool
	around Ancestors
}

func (w *walker) walk(path Path, v Value) {
	if !w.visit(path, v) || w.around.Above(v.ID()) > 0 {
		return
	}
	w.around.Push(v.ID())
	for i := range ChildLen(v) {
		label, child := Child(v, i)
		w.walk(append(path, label), child)
	}
	w.around.Pop()
}
