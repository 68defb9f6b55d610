// Package decode turns the bytes of a cache value into a tree that a person
// can read. It takes layers off (compression, framework envelopes) until it
// meets the value's own format, and says for each layer why it thinks so.
//
// It is pure: no Redis, no terminal, no I/O, no panics. Nothing that a value
// names is ever imported, called or executed.
package decode

import (
	"cacheview/decode/evidence"
	"cacheview/decode/pickle"
	"cacheview/decode/value"
	views "cacheview/decode/view"
)

// Options steer Decode. The zero value recognises everything by content.
type Options struct {
	// As forces the layers, by their names, outermost first; empty detects
	// them. A chain is written "zlib,json". What a forced chain of wrappers
	// leaves is detected.
	As string
	// Key is the key the value was read from, used only to choose between
	// readings that the bytes alone cannot tell apart. May be nil.
	Key []byte
	// Limits bound time and memory; zero fields take their defaults.
	Limits value.Limits
	// Budget is shared by what belongs to one answer; nil is one of its own.
	Budget *Budget
}

// Layer is one thing that was taken off, outermost first.
type Layer struct {
	Name   string // in the words of the JSON contract: "flask-caching", "gzip", "pickle5"
	Reason string // why it was recognised, for people
	Size   int    // bytes of this layer's input
	// Detail is what the layer itself says beside the value: "signature not
	// checked", "created 2024-05-06", "PNG image, 640x480". Often empty. It
	// is not yet made safe for a terminal.
	Detail string
}

// Result is what Decode found out. Value is always usable: after an error it
// holds what was read up to there, or the bytes themselves.
type Result struct {
	Layers []Layer
	Value  value.Value
	Err    *value.Error
	// TrailingBytes counts the bytes after the end of the innermost value.
	TrailingBytes int
	// Flags are warnings: "unsafe-global:os.system", "discarded-call",
	// "trailing-bytes", "control-chars", "ambiguous".
	Flags []string
	// Grade is how well the bytes support the reading; the reason is that of
	// the layers. Unknown is the grade of bytes that no format explains.
	Grade evidence.Grade
	// Also are the other readings of an answer that is flagged "ambiguous",
	// by their layers, the likeliest first.
	Also [][]string
	// Doubts are the ambiguous members of a collection.
	Doubts []Doubt
	// Inner is the input of the innermost layer: what the hex and opcode
	// views of that layer show.
	Inner []byte
	// Shown replaces the view that the value would have by its own content:
	// the places of a GEO set, the count of a HyperLogLog. See Result.View.
	Shown *views.View
	// Pickle is the innermost layer when that is a pickle, nil otherwise.
	Pickle *pickle.Document
}

// Names returns the names of the layers.
func (r Result) Names() []string {
	names := make([]string, len(r.Layers))
	for i, l := range r.Layers {
		names[i] = l.Name
	}
	return names
}

// RenderLimits bound a rendering of the value by what it was made from: room
// for whatever the stored bytes say themselves, not for what they multiply by
// sharing their parts or by compression.
func (r Result) RenderLimits() value.Limits {
	size := len(r.Inner)
	if len(r.Layers) > 0 {
		size = r.Layers[0].Size
	}
	lim := value.DefaultLimits()
	lim.Output = min(maxRendering, minRendering+32*int64(size))
	lim.Nodes = min(lim.Nodes, 1<<20+size)
	return lim
}

// Decode reads raw, which must not change while the result is in use: text
// and bytes of the value are views into it.
func Decode(raw []byte, opt Options) Result {
	own := &struct {
		decoder
		Budget
	}{}
	d := &own.decoder
	*d = decoder{lim: opt.Limits.OrDefault(), key: opt.Key, passes: maxPasses, budget: opt.Budget}
	if d.budget == nil {
		own.Budget = newBudget()
		d.budget = &own.Budget
	}
	d.budget.add(len(raw), d.lim)
	var out outcome
	if opt.As != "" {
		out = d.forced(raw, splitChain(opt.As))
	} else {
		out = d.detected(raw)
	}
	d.addMessage(&out)
	return out.inItsWords()
}

// inItsWords is the result with the value in the notation of its format.
func (o outcome) inItsWords() Result {
	o.Value = o.Value.WithNotation(notationOf(o.Layers))
	return o.Result
}
