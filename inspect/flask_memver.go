package inspect

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// A version is what a memver key holds.
type version [versionLen]byte

// memver is a key that holds a version, and what is known of its function.
type memver struct {
	key      []byte
	version  version
	prefix   string
	joined   bool   // prefix is proven by an entry
	name     string // module.qualname
	instance string // repr of the object, for the version of an instance

	entries int
	bytes   int64
	sized   int
}

// base is the name of the key without its end: prefix, function and instance.
func (m *memver) base() []byte { return m.key[:len(m.key)-len(memverEnd)] }

// under takes a name apart behind a prefix.
func (m *memver) under(prefix string) {
	m.prefix = prefix
	k, _ := flaskcaching.Parse(m.key, prefix)
	m.name, m.instance = k.Function, k.Instance
	if k.Kind != flaskcaching.Memver {
		m.name = string(m.base()[len(prefix):])
	}
}

const (
	headBatch   = 500 // of GETRANGE: a fraction of a millisecond
	memverBytes = 64  // a pickled version has 24
)

// heads reads the first bytes of strings and calls fn with each that is not
// empty. A key of another type, and one that may not be read, is passed over.
func (c *Client) heads(ctx context.Context, names [][]byte, size int, fn func(i int, head []byte)) error {
	at := 0
	for batch := range slices.Chunk(names, headBatch) {
		replies, err := c.pipeline(ctx, len(batch), func(i int) []any {
			return []any{"getrange", batch[i], 0, size - 1}
		})
		if err != nil {
			return fmt.Errorf("read values: %w", err)
		}
		for i, r := range replies {
			if raw, err := r.text(); err == nil && len(raw) > 0 {
				fn(at+i, raw)
			}
		}
		at += len(batch)
	}
	return nil
}

// readVersions asks for versions and returns them in the order of the names. A
// key that does not hold one is left out.
func (c *Client) readVersions(ctx context.Context, names [][]byte) ([]memver, error) {
	list := make([]memver, 0, len(names))
	err := c.heads(ctx, names, memverBytes, func(i int, head []byte) {
		if v, ok := readVersion(head); ok && isMemverName(names[i]) {
			list = append(list, memver{key: names[i], version: v})
		}
	})
	return list, err
}

// readVersion reads the value of a memver key: six characters of base64.
func readVersion(raw []byte) (v version, ok bool) {
	val, err := flaskcaching.Load(raw, value.Limits{})
	if err != nil || val.Kind() != value.Text && val.Kind() != value.Bytes {
		return v, false
	}
	text := strings.Trim(val.Text(), `"`) // 2.5 may be told to write JSON
	if len(text) != versionLen || !isBase64(text) {
		return v, false
	}
	return version([]byte(text)), true
}

// versionIndex finds the memvers that hold a version: one, but for accidents.
type versionIndex map[version][]int32

func indexVersions(list []memver) versionIndex {
	x := make(versionIndex, len(list))
	for i, m := range list {
		x[m.version] = append(x[m.version], int32(i))
	}
	return x
}

// resolve finds what an entry belongs to: the function whose version its name
// ends in, or the function and the instance. Name and memver must begin with
// the same prefix, whatever that is.
func (x versionIndex) resolve(list []memver, key []byte) (flaskEntry, bool) {
	e := flaskEntry{instance: -1}
	n := len(key)
	if n < entryLen || !isBase64(key[n-entryLen:]) {
		return e, false
	}
	last := x[version(key[n-versionLen:])]
	if n >= methodLen && len(last) > 0 && isBase64(key[n-methodLen:]) {
		prefix := key[:n-methodLen]
		for _, f := range x[version(key[n-2*versionLen:n-versionLen])] {
			base := list[f].base()
			for _, i := range last {
				rest, ok := bytes.CutPrefix(list[i].base(), base)
				if ok && len(rest) > 1 && rest[0] == '.' && continues(base, prefix) {
					e.function, e.instance = f, i
					return e, true
				}
			}
		}
	}
	prefix := key[:n-entryLen]
	for _, f := range last {
		if continues(list[f].base(), prefix) {
			e.function = f
			return e, true
		}
	}
	return e, false
}

// continues reports whether base is prefix and module.qualname.
func continues(base, prefix []byte) bool {
	return len(base) > len(prefix) && bytes.HasPrefix(base, prefix) && bytes.IndexByte(base[len(prefix):], '.') > 0
}
