// Package pickle reads Python pickles, protocols 0 to 5, without Python.
//
// It is a symbolic stack machine: it follows every opcode that CPython knows
// and keeps what they say in a packed tree. It never imports, calls or
// constructs what a pickle names; a REDUCE is a node that says "this would be
// called with these arguments". Text and bytes are views into the input.
//
// A Doc can be looked at in three ways: Value is the reading for people, where
// a datetime is a datetime; AppendStructure writes exactly what the opcodes
// say; Disassemble lists the opcodes themselves, of damaged input too.
package pickle

import "cacheview/decode/value"

// Doc is one pickle as far as it could be read. It is immutable, and it holds
// on to the data it was made from, which must not change.
type Doc struct {
	data     []byte
	protocol int
	highest  int
	consumed int
	err      *value.Error
}

// Decode reads the pickle at the start of data. It never fails: what could not
// be read is told by Err, and everything before it is kept.
func Decode(data []byte, lim value.Limits) *Doc {
	return &Doc{data: data, protocol: -1}
}

// Protocol returns the argument of the first PROTO opcode, -1 without one.
func (d *Doc) Protocol() int { return d.protocol }

// Layer returns the name of the layer, "pickle0" to "pickle5": by the PROTO
// opcode, or without one by the newest opcode that is used.
func (d *Doc) Layer() string { return "pickle" + string(rune('0'+d.highest)) }

// Consumed returns the number of bytes up to and with STOP; after an error,
// the offset of the opcode that could not be carried out.
func (d *Doc) Consumed() int { return d.consumed }

// Err says why reading stopped before STOP, nil if it did not.
func (d *Doc) Err() *value.Error { return d.err }

// Value returns the reading. Its children are made when they are asked for.
func (d *Doc) Value() value.Value { return value.Nil }

// AppendStructure appends the structure form, one JSON object without a
// newline.
func (d *Doc) AppendStructure(dst []byte) []byte { return dst }

// Flags returns the warnings: "unsafe-global:NAME" for each callable that a
// load would call outside the list of constructors of plain data,
// "discarded-call" and "trailing-bytes".
func (d *Doc) Flags() []string { return nil }

// Globals returns the names of the classes and functions that the pickle
// refers to, each once, in the order of the input.
func (d *Doc) Globals() []string { return nil }

// Discarded returns the calls and objects that a load would make and that the
// value does not hold.
func (d *Doc) Discarded() []value.Value { return nil }

// Looks says whether data is worth reading as a pickle, and why.
func Looks(data []byte) (reason string, ok bool) { return "", false }

// Op is one opcode of a disassembly.
type Op struct {
	Offset int    // byte offset of the opcode
	Name   string // as pickletools calls it: "SHORT_BINUNICODE"
	Arg    string // the argument as text, not yet made safe for a terminal
	Depth  int    // values on the stack before the opcode, marks included
	Err    string // why the listing ends here, empty for a whole opcode
}

// Disassemble lists at most max opcodes from the start of data, which may be
// any window of a pickle. A last Op with Err tells what could not be read.
func Disassemble(data []byte, max int) []Op { return nil }
