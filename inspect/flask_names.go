package inspect

import (
	"bytes"
	"context"

	"cacheview/inspect/keyspace"
)

// Lengths of the parts of an entry's name behind the prefix.
const (
	digestLen  = 16
	versionLen = 6
	entryLen   = digestLen + versionLen
	methodLen  = digestLen + 2*versionLen
)

// memverEnd is how the name of a version ends.
const memverEnd = "_memver"

// namesStep is how many names are looked at between two looks at ctx.
const namesStep = 1 << 16

// flaskNames returns the ids of the keys that may hold versions, and of those
// whose names end as an entry's does.
func flaskNames(ctx context.Context, snap *keyspace.Snapshot, progress func(done, total int)) (memvers, shaped []uint32, err error) {
	n := snap.Len()
	for id := range uint32(n) {
		if id%namesStep == 0 {
			if ctx.Err() != nil {
				return nil, nil, ctx.Err()
			}
			if progress != nil {
				progress(int(id), n)
			}
		}
		name := snap.Name(id)
		switch {
		case isMemverName(name):
			if snap.Live(id) {
				memvers = append(memvers, id)
			}
		case len(name) >= entryLen && isBase64(name[len(name)-entryLen:]):
			if snap.Live(id) {
				shaped = append(shaped, id)
			}
		}
	}
	if progress != nil {
		progress(n, n)
	}
	return memvers, shaped, nil
}

// isMemverName reports whether a name can be that of a version: it ends so, and
// has the dot of module.qualname in it.
func isMemverName(name []byte) bool {
	return len(name) > len(memverEnd) && name[len(name)-1] == memverEnd[len(memverEnd)-1] &&
		bytes.HasSuffix(name, []byte(memverEnd)) && bytes.IndexByte(name, '.') >= 0
}

// isBase64 reads from the end: names that are none differ there sooner.
func isBase64[T string | []byte](s T) bool {
	for i := len(s) - 1; i >= 0; i-- {
		if !base64Chars[s[i]] {
			return false
		}
	}
	return true
}

// base64Chars are the characters of standard base64 without padding.
var base64Chars = func() (table [256]bool) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		table[c] = true
	}
	return table
}()

// bothCases reports whether there are small and capital letters: of a hundred
// thousand entries one lacks either.
func bothCases(s []byte) bool {
	var upper, lower bool
	for _, c := range s {
		upper = upper || 'A' <= c && c <= 'Z'
		lower = lower || 'a' <= c && c <= 'z'
	}
	return upper && lower
}
