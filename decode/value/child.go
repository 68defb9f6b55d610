package value

// LabelKind says what a Label is made of.
type LabelKind uint8

// The kinds of label.
const (
	IndexLabel LabelKind = iota // position in a Seq
	KeyLabel                    // key of a Map
	PartLabel                   // named part: an Attr, or "class" for the Head of an Object
)

// Label is how a child is called inside its parent.
type Label struct {
	Kind  LabelKind
	Index int    // of an IndexLabel
	Key   Value  // of a KeyLabel
	Part  string // of a PartLabel
}

// ChildLen returns the number of children that Child can return: items or
// entries first, then the class of an Object when it is itself a value, then
// the named parts.
func ChildLen(v Value) int {
	n := len(v.Attrs())
	switch v.kind {
	case Seq, Map:
		n += v.Len()
	case Object:
		if v.items != nil {
			n++
		}
	}
	return n
}

// Child returns child i of v (0 <= i < ChildLen(v)) without making any other,
// in the notation that it has inside v.
func Child(v Value, i int) (Label, Value) {
	switch v.kind {
	case Seq:
		if i < v.Len() {
			return Label{Index: i}, v.items.At(i).InheritNotation(v.notation)
		}
		i -= v.Len()
	case Map:
		if i < v.Len() {
			k, val := v.pairs.At(i)
			return Label{Kind: KeyLabel, Key: k.InheritNotation(v.notation)}, val.InheritNotation(v.notation)
		}
		i -= v.Len()
	case Object:
		if v.items != nil {
			if i == 0 {
				return Label{Kind: PartLabel, Part: "class"}, v.items.At(0).InheritNotation(v.notation)
			}
			i--
		}
	}
	a := v.Attrs()[i]
	return Label{Kind: PartLabel, Part: a.Name}, a.Value.InheritNotation(v.notation)
}
