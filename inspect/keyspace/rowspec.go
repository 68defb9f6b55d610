package keyspace

// SortOrder is what rows are sorted by.
type SortOrder uint8

// The orders. Ties are by name.
const (
	// ByScan is the order in which the keys were added. In fuzzy mode it means
	// the best match first.
	ByScan SortOrder = iota
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
func (o SortOrder) String() string { return orderNames[min(o, BySize)] }

// RowSpec describes which rows are shown, and in which order.
type RowSpec struct {
	Query Query
	Order SortOrder
	// Reverse turns the order round; what is not known stays last, and ties
	// of ByTTL and BySize stay by name.
	Reverse bool
	// Tree groups keys by the prefixes that end in a delimiter. A prefix of
	// one key is no node, and prefixes that hold the same keys are one. A
	// node sorts by its prefix, its soonest expiry or the sum of its bytes.
	// ByScan is ByName in a tree.
	Tree bool
	// Delims are the bytes that end a segment of a name; "" means ":".
	Delims string
	// Prefixes are nodes although they end in no delimiter; nil has none.
	Prefixes Prefixes
	// Groups are nodes of a tree before all others, each with its keys by
	// their whole names; nil has none.
	Groups Grouper
	// Names are what else keys are found by in the mode Substring; nil finds
	// them by their own names alone.
	Names AliasFinder
	// Open has the nodes of the tree that show what is below them.
	Open OpenSet
}

// ranked reports whether the best match comes first.
func (s *RowSpec) ranked() bool {
	return s.Query.Mode == Fuzzy && s.Query.Text != "" && !s.Tree && s.Order <= ByName
}

// byName reports whether the keys are kept in the order of their names.
func (s *RowSpec) byName() bool { return s.Tree || s.Order == ByName }

// A Row is one line of the list: a key, or a node that stands for all keys
// with a prefix.
type Row struct {
	Depth int
	Leaf  bool
	ID    uint32 // of a leaf
	// Label is the part of the name, or of the prefix, below the parent's. It
	// is empty for a key whose name is its parent's prefix.
	Label []byte
	// Prefix is the whole prefix of a node with its last delimiter, or the
	// name of a group; nil for a leaf.
	Prefix        []byte
	Group         bool  // the node is one of Spec.Groups
	Count         int   // matching keys below, 1 for a leaf
	Bytes         int64 // sum of the known sizes
	BytesKnown    bool  // all sizes are known
	MinExpiry     int64 // the soonest known expiry; NoExpiry or UnknownExpiry when there is none
	ExpiriesKnown bool  // all expiries are known
	Open          bool
}
