package keyspace

import "iter"

// Order is what rows are sorted by.
type Order uint8

// The orders. Ties are by name.
const (
	// ByScan is the order in which the keys were added. In fuzzy mode it means
	// the best match first.
	ByScan Order = iota
	// ByName compares bytes. In fuzzy mode it is ByScan, but for a tree.
	ByName
	// ByTTL has what expires soonest first, then what never does, then what
	// is not known.
	ByTTL
	// BySize has the largest first and what is not known last.
	BySize
)

var orderNames = [...]string{"scan", "name", "ttl", "size"}

// String returns the order's name, in lower case.
func (o Order) String() string { return orderNames[min(o, BySize)] }

// A Spec says which rows are wanted, and how.
type Spec struct {
	Query Query
	Order Order
	// Reverse turns the order round; what is not known stays last.
	Reverse bool
	// Tree groups keys by the prefixes that end in a delimiter.
	Tree bool
	// Delims are the bytes that end a segment of a name; "" means ":".
	Delims string
	// Open has the nodes of the tree that show what is below them.
	Open OpenSet
}

// A Row is one line of the list: a key, or a node that stands for all keys
// with a prefix.
type Row struct {
	Depth int
	Leaf  bool
	ID    uint32 // of a leaf
	// Label is the part of the name, or of the prefix, below the parent's. It
	// is empty for a key whose name is its parent's prefix.
	Label []byte
	// Prefix is the whole prefix of a node with its last delimiter; nil for a
	// leaf.
	Prefix     []byte
	Count      int   // matching keys below, 1 for a leaf
	Bytes      int64 // sum of the known sizes
	BytesKnown bool  // all sizes are known
	Soonest    int64 // the soonest known expiry; NoExpiry or UnknownExpiry when there is none
	Open       bool
}

// Rows is the immutable result of Build.
type Rows struct {
	snap    *Snapshot
	spec    Spec
	matcher *Matcher
	ids     []uint32 // what matches, in order; by name in a tree
}

// Len returns the number of rows to scroll through; in a tree, of those that
// are visible.
func (r *Rows) Len() int { return len(r.ids) }

// At returns the i-th row.
func (r *Rows) At(i int) Row {
	id := r.Key(i)
	return Row{Leaf: true, ID: id, Label: r.snap.Name(id), Count: 1}
}

// Matches returns the number of keys that match.
func (r *Rows) Matches() int { return len(r.ids) }

// Key returns the i-th matching key.
func (r *Rows) Key(i int) uint32 { return r.ids[i] }

// Keys yields the matching keys in order.
func (r *Rows) Keys() iter.Seq[uint32] { return r.ranging(0, len(r.ids)) }

func (r *Rows) ranging(lo, hi int) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i := lo; i < hi; i++ {
			if !yield(r.ids[i]) {
				return
			}
		}
	}
}

// Snapshot returns the snapshot that the ids belong to.
func (r *Rows) Snapshot() *Snapshot { return r.snap }

// Spec returns what the rows were built for, with the nodes that are open now.
func (r *Rows) Spec() Spec { return r.spec }

// Matcher returns the compiled query, for highlighting.
func (r *Rows) Matcher() *Matcher { return r.matcher }

// Complete reports whether these are all the rows; it is false for what First
// returns before everything has been looked at.
func (r *Rows) Complete() bool { return true }

// Unknown returns how many keys were left out by type or expiry, or sorted
// last, because the server has not been asked yet.
func (r *Rows) Unknown() int { return 0 }

// Find returns the row of a key, or of the folded node that holds it, or -1.
func (r *Rows) Find(name []byte) int {
	for i, id := range r.ids {
		if string(r.snap.Name(id)) == string(name) {
			return i
		}
	}
	return -1
}

// FindNode returns the row of a node by its prefix, or -1.
func (r *Rows) FindNode(prefix []byte) int { return -1 }

// Under yields the matching keys whose names begin with prefix, in order.
func (r *Rows) Under(prefix []byte) iter.Seq[uint32] { return r.ranging(0, 0) }

// Fold opens or folds a node and returns the rows that follow from it. It
// neither filters nor sorts again.
func (r *Rows) Fold(prefix []byte, open bool) *Rows { return r }

// Toggle opens a folded node and folds an open one.
func (r *Rows) Toggle(prefix []byte) *Rows { return r }
