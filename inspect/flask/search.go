package flask

import (
	"bytes"
	"context"
	"strings"

	"cacheview/inspect/keyspace"
)

// Called returns the keys whose Display text is a part of: the results of
// square( and its version, say. It is what makes a search find what a list
// shows. A key may be among them twice; an end of ctx cuts the search short.
func (f *Index) Called(ctx context.Context, s *keyspace.Snapshot, text string) [][]byte {
	var found [][]byte
	try := func(name []byte) {
		if strings.Contains(f.Display(name), text) {
			found = append(found, name)
		}
	}
	for at := range f.memvers {
		try(f.memvers[at].key)
	}
	for i, e := range f.entries {
		if i%1000 == 0 && ctx.Err() != nil {
			return found
		}
		try(f.snap.Name(e.id))
	}
	for i := range f.suspects.list {
		if i%1000 == 0 && ctx.Err() != nil {
			return found
		}
		try(f.snap.Name(f.suspects.list[i].id))
	}
	for id := f.snap.IDCount(); id < s.IDCount(); id++ { // what has come since
		if id%1000 == 0 && ctx.Err() != nil {
			return found
		}
		try(s.Name(uint32(id)))
	}
	return append(found, f.readable(ctx, s, text)...)
}

// unwritten turns a call as Display writes it into the key in the readable
// layout, as far as it goes.
var unwritten = strings.NewReplacer("(", ":", ", ", ":", ")", "")

// readable returns the keys in the readable layout whose call text is a part
// of, where their names alone do not show it.
func (f *Index) readable(ctx context.Context, s *keyspace.Snapshot, text string) [][]byte {
	part := []byte(unwritten.Replace(text))
	if string(part) == text {
		return nil
	}
	var found [][]byte
	for id := range uint32(s.IDCount()) {
		if id%100_000 == 0 && ctx.Err() != nil {
			break
		}
		if !s.IsAlive(id) {
			continue
		}
		name := s.Name(id)
		if bytes.Contains(name, part) && strings.Contains(f.Display(name), text) {
			found = append(found, name)
		}
	}
	return found
}
