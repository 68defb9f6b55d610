package inspect

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/inspect/keyspace"
)

const (
	// grepHead is how much of each string is read at once, and grepMax how much
	// of one value at most.
	grepHead = 16 << 10
	grepMax  = 8 << 20
	// grepBatch is how many strings are read in one pipeline.
	grepBatch = 100
	grepRows  = 1000
)

// grep searches the decoded values for a text.
func (s *Selector) grep(ctx context.Context, keys []Key) ([]Key, error) {
	if s.f.Grep == "" {
		return keys, nil
	}
	var kept []Key
	for len(keys) > 0 {
		batch := keys[:min(len(keys), grepBatch)]
		keys = keys[len(batch):]
		heads, err := s.heads(ctx, batch)
		if err != nil {
			return nil, err
		}
		for i, k := range batch {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			found := false
			if head, whole := heads[i], len(heads[i]) < grepHead; head != nil && whole {
				s.sum.Searched++
				found = s.inString(k.Name, head)
			} else if found, err = s.inWindows(ctx, k); err != nil {
				return nil, err
			}
			if found {
				kept = append(kept, k)
			}
		}
		if s.Progress != nil {
			s.Progress(s.sum)
		}
	}
	return kept, nil
}

// heads reads the beginnings of the strings among keys; the others are nil.
func (s *Selector) heads(ctx context.Context, keys []Key) ([][]byte, error) {
	heads := make([][]byte, len(keys))
	var names [][]byte
	var of []int
	for i, k := range keys {
		if k.Meta.Type == keyspace.String {
			names, of = append(names, k.Name), append(of, i)
		}
	}
	err := s.c.Heads(ctx, names, grepHead, func(i int, head []byte, err error) {
		if err == nil {
			heads[of[i]] = head
		}
	})
	return heads, err
}

// inWindows searches a value window by window. A string is decoded as a whole, as
// far as grepMax goes; members are decoded one by one.
func (s *Selector) inWindows(ctx context.Context, k Key) (bool, error) {
	opt := ReadOptions{Limit: 1 << 20, Rows: grepRows}
	var raw []byte
	size, cut := 0, false
	for {
		w, err := s.c.Read(ctx, k.Name, opt)
		switch {
		case ctx.Err() != nil, IsDisconnected(err):
			return false, err
		case errors.Is(err, ErrNoKey):
			return false, nil
		case err != nil:
			return s.unknown("value: " + err.Error()), nil
		case w.Module != "":
			return s.unknown("value: " + w.Module + " cannot be read"), nil
		}
		raw = append(raw, w.Raw...)
		size += len(w.Raw)
		for _, r := range w.Rows {
			size += len(r.Field) + len(r.Value)
			cut = cut || r.Cut > 0
			if s.inRow(k.Name, r) {
				s.sum.Searched++
				return true, nil
			}
		}
		more := w.More && size < grepMax
		if more {
			opt.From = w.Next
			continue
		}
		s.sum.Searched++
		found := len(raw) > 0 && s.inString(k.Name, raw)
		if !found && (w.More || cut || k.Meta.Type == keyspace.JSON && w.Truncated) {
			s.sum.Partly++
		}
		return found, nil
	}
}

// inRow searches a member of a collection.
func (s *Selector) inRow(key []byte, r Member) bool {
	if bytes.Contains(r.Field, []byte(s.f.Grep)) || s.inString(key, r.Value) {
		return true
	}
	for _, p := range r.Pairs {
		if s.inString(key, p) {
			return true
		}
	}
	return false
}

// inString searches a string: its bytes, those of the innermost layer, and the
// texts and numbers of the value.
func (s *Selector) inString(key, raw []byte) bool {
	text := s.f.Grep
	if bytes.Contains(raw, []byte(text)) {
		return true
	}
	r := decode.Decode(raw, decode.Options{Key: key})
	if bytes.Contains(r.Inner, []byte(text)) {
		return true
	}
	found := false
	nodes := 0
	value.Walk(r.Value, func(path value.Path, v value.Value) bool {
		nodes++
		if found || nodes > value.DefaultLimits().Nodes {
			return false
		}
		found = strings.Contains(v.Text(), text)
		if n, ok := v.Int(); ok && !found {
			found = strings.Contains(strconv.FormatInt(n, 10), text)
		}
		if len(path) > 0 && !found {
			found = strings.Contains(path[len(path)-1].Key.Text(), text)
		}
		return !found
	})
	return found
}
