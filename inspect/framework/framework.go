// Package framework is the interface between cacheview and what it knows of one
// framework's keys in a database. A framework is a folder beside this one, such as
// inspect/django: it is told the names and values that are there, and answers
// which call or page is behind a key, which keys a call or page has, and which
// entries may be left over. It needs no server and no terminal.
package framework

import (
	"cacheview/decode/evidence"
	"cacheview/decode/keyname"
)

// Index is what the keys of one framework in a database mean. It is filled by Add
// and by AddValue, and then only read.
type Index interface {
	// Add takes note of a key that exists. It is called with every name.
	Add(name []byte)
	// Wants returns the keys whose values would tell more, the most telling
	// first, and AddValue takes such a value: the bytes of a string inside its
	// wrappers, or some members of a collection.
	Wants() [][]byte
	AddValue(name, value []byte, members [][]byte)
	// Find returns the keys that a call, a page or a tag would have, as the user
	// typed it. It reports false if the text is nothing of this framework.
	Find(text string) ([]Found, bool)
	// Explain adds what the other keys tell of one. candidates are texts that
	// may be behind a hash, such as addresses of pages.
	Explain(key []byte, k keyname.Key, candidates []string) Detail
	// Group names what a key belongs to, such as a page's address or a tag.
	Group(key []byte, k keyname.Key) (name string, ok bool)
}

// Found is a key that a call or page has, or would have.
type Found struct {
	Key    []byte
	Exists bool
	Call   string // what was typed, as the framework writes it
	Rule   string // how the name is made
	// Finding is proven if the name follows from the text by the framework's own
	// rule without any option that is not known.
	evidence.Finding
	Invalidate string
}

// Detail is what an Index adds to an explanation. Empty fields add nothing.
type Detail struct {
	Call  string         // the page or the call, proven by the hash in the name
	Parts []keyname.Part // more parts of the name
	// Left is how well it is supported that the application cannot reach the
	// entry any more.
	Left       evidence.Finding
	Why        string
	TTL        string
	Invalidate string // replaces that of the name, if it is not empty
}
