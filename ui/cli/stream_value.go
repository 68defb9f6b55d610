package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

const (
	chunkBytes = 1 << 20 // of a string in one request
	chunkRows  = 1000    // of a collection
	hexRows    = 4096    // lines of a hex dump made at a time
)

// errChanged is a value that another client wrote while it was read in parts.
var errChanged = errors.New("the value was changed while it was read; try again")

// wholeValue is a key's value, read window by window up to a bound.
type wholeValue struct {
	key       inspect.Key
	kind      keyspace.Type
	raw       []byte          // of a string
	members   []decode.Member // of a collection
	truncated bool
	module    string // the type's name when it cannot be read
	facts     []inspect.Fact
	groups    []inspect.StreamGroup
	fields    []fieldTTL // of a hash, those that expire
	stays     bool       // a field of the hash does not expire
}

// readWhole reads at most limit bytes of a value.
func readWhole(ctx context.Context, c *inspect.Client, name []byte, limit int64) (*wholeValue, error) {
	v := &wholeValue{}
	cut, err := readWindows(ctx, c, name, limit, func(w inspect.ValueWindow) (int64, error) {
		if v.kind == keyspace.UnknownType {
			v.key, v.kind = w.Key, w.Type
		}
		v.module = w.Module
		v.addFacts(w)
		return v.add(w), nil
	})
	if err != nil {
		return nil, err
	}
	v.truncated = v.truncated || cut
	if v.kind == keyspace.Hash && len(v.fields) > 0 && !v.stays && !v.truncated && v.key.Meta.Expiry == keyspace.NoExpiry {
		v.key.Meta.Expiry = keyspace.FieldsExpire
	}
	return v, nil
}

// readWindows hands out the windows of a value one after the other, until take
// has counted limit bytes; cut tells whether there is more.
func readWindows(ctx context.Context, c *inspect.Client, name []byte, limit int64, take func(inspect.ValueWindow) (int64, error)) (cut bool, err error) {
	keys, err := c.Meta(ctx, [][]byte{name}, false)
	if err != nil {
		return false, err
	}
	opt := inspect.ReadOptions{Limit: min(limit, chunkBytes), Rows: chunkRows}
	if t := keys[0].Meta.Type; t != keyspace.String {
		opt.Limit = limit // of one member, which comes whole
	}
	kind, total, raw := keyspace.UnknownType, int64(-1), int64(0)
	for {
		w, err := c.Read(ctx, name, opt)
		if err != nil {
			return false, err
		}
		switch {
		case kind != keyspace.UnknownType && w.Type != kind, w.Type == keyspace.String && total >= 0 && w.Total != total:
			return false, errChanged
		}
		kind, total, raw = w.Type, w.Total, raw+int64(len(w.Raw))
		n, err := take(w)
		if limit -= n; err != nil || limit <= 0 || !w.More {
			short := raw < total && (kind == keyspace.String || kind == keyspace.JSON)
			return w.More || short, err
		}
		opt.From = w.Next
		if w.Type == keyspace.String {
			opt.Limit = min(limit, chunkBytes)
		}
	}
}

// add appends a window and returns its bytes.
func (v *wholeValue) add(w inspect.ValueWindow) (size int64) {
	v.raw = append(v.raw, w.Raw...)
	size = int64(len(w.Raw))
	for _, r := range w.Rows {
		v.members = append(v.members, r.Member())
		v.truncated = v.truncated || r.Cut > 0
		size += int64(len(r.Field) + len(r.Value))
		for _, p := range r.Pairs {
			size += int64(len(p))
		}
	}
	return size
}

// decode reads the value, member by member if it is a collection.
func (v *wholeValue) decode(as string) decode.Result {
	opt := decode.Options{As: as, Key: v.key.Name}
	if v.module != "" {
		return v.unreadable()
	}
	switch v.kind {
	case keyspace.String, keyspace.JSON:
		return decode.Decode(v.raw, opt)
	}
	return decode.DecodeMembers(v.kind.String(), v.members, opt)
}

// writeHex dumps a string, or each member of a collection under its name.
func (v *wholeValue) writeHex(w *bufio.Writer) error {
	if v.kind == keyspace.String || v.kind == keyspace.JSON {
		return writeHex(w, v.raw)
	}
	for i, m := range v.members {
		title := fmt.Sprintf("[%d]", i)
		if m.Field != nil {
			title = shown(m.Field)
		}
		parts := m.Pairs
		if len(parts) == 0 {
			parts = [][]byte{m.Value}
		}
		fmt.Fprintf(w, "%s==> %s <==\n", separator(i), title)
		for _, p := range parts {
			if err := writeHex(w, p); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeHex(w *bufio.Writer, raw []byte) error {
	for at := 0; at < len(raw); at += 16 * hexRows {
		for _, line := range decode.Hexdump(raw, at, hexRows) {
			if _, err := w.WriteString(line + "\n"); err != nil {
				return err
			}
		}
	}
	return nil
}
