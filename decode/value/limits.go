package value

// Limits bound what a decoder may spend on one value. Zero means the default.
type Limits struct {
	Depth  int    // containers inside containers; also passes of the layer loop
	Nodes  int    // values made, over the whole input
	Memo   int    // entries of a pickle's memo, back references of other formats
	Text   int64  // bytes of text and bytes made that are not views into the input
	Output int64  // bytes that one decompression, or one rendering, may make
	Meter  *Meter // counts what was made; nil counts nothing
}

// DefaultLimits hold every value a cache can reasonably have, and end every
// bomb within a second and 200 MB.
func DefaultLimits() Limits {
	return Limits{Depth: 50_000, Nodes: 20_000_000, Memo: 20_000_000, Text: 64 << 20, Output: 32 << 20}
}

// OrDefault returns l with each zero field replaced by its default.
func (l Limits) OrDefault() Limits {
	d := DefaultLimits()
	if l.Depth == 0 {
		l.Depth = d.Depth
	}
	if l.Nodes == 0 {
		l.Nodes = d.Nodes
	}
	if l.Memo == 0 {
		l.Memo = d.Memo
	}
	if l.Text == 0 {
		l.Text = d.Text
	}
	if l.Output == 0 {
		l.Output = d.Output
	}
	return l
}
