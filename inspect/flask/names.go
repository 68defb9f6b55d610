package flask

import (
	"bytes"
	"context"
)

// Lengths of the parts of an entry's name behind the prefix.
const (
	digestLen  = 16
	versionLen = 6
	entryLen   = digestLen + versionLen
	methodLen  = digestLen + 2*versionLen
)

// VersionEnd is how the name of a version key ends.
const VersionEnd = memverEnd

const memverEnd = "_memver"

// namesStep is how many names are read between two checks of ctx.
const namesStep = 1 << 16

// Listing is the names of a scan; *keyspace.Snapshot is one.
type Listing interface {
	IDCount() int
	IsAlive(id uint32) bool
	Name(id uint32) []byte
}

// seenNames are the keys of a listing that may be of Flask-Caching, by their
// names alone.
type seenNames struct {
	versions  []uint32 // names that end as those of version keys do
	shaped    []uint32 // names that end as those of results do
	views     []uint32 // names with "view//" in them, at most maxNamed
	queries   []uint32 // names with a path and the digest of a query, at most maxNamed
	fragments []uint32 // names of template fragments, at most maxNamed
}

// maxNamed limits the names of each kind from which prefixes are learned.
const maxNamed = 5000

var (
	viewMark     = []byte("view//")
	fragmentMark = []byte("_template_fragment_cache_")
)

// scanNames sorts the names of a listing.
func scanNames(ctx context.Context, names Listing, progress func(done, total int)) (seenNames, error) {
	var s seenNames
	n := names.IDCount()
	for id := range uint32(n) {
		if id%namesStep == 0 {
			if ctx.Err() != nil {
				return s, ctx.Err()
			}
			if progress != nil {
				progress(int(id), n)
			}
		}
		s.add(names, id)
	}
	if progress != nil {
		progress(n, n)
	}
	return s, nil
}

func (s *seenNames) add(names Listing, id uint32) {
	name := names.Name(id)
	note := func(list *[]uint32, most int) {
		if len(*list) < most && names.IsAlive(id) {
			*list = append(*list, id)
		}
	}
	const all = 1 << 31
	if IsVersionName(name) {
		note(&s.versions, all)
		return
	}
	if len(name) >= entryLen && IsBase64(name[len(name)-entryLen:]) {
		note(&s.shaped, all)
	}
	switch slash := bytes.IndexByte(name, '/'); {
	case slash < 0:
		if bytes.Contains(name, fragmentMark) {
			note(&s.fragments, maxNamed)
		}
	case bytes.Contains(name, viewMark):
		note(&s.views, maxNamed)
	case bytes.Contains(name, fragmentMark):
		note(&s.fragments, maxNamed)
	case len(name)-slash > 32 && queryDigest(name[slash:]) > 0:
		note(&s.queries, maxNamed)
	}
}

// queryDigest returns the length of the MD5 or SHA-256 digest that a path ends
// with, 0 when there is none.
func queryDigest(path []byte) int {
	n := 0
	for n < len(path) && (path[len(path)-1-n]-'0' < 10 || path[len(path)-1-n]-'a' < 6) {
		n++
	}
	switch {
	case n >= 64:
		return 64
	case n >= 32:
		return 32
	}
	return 0
}

// IsVersionName reports whether a name can be that of a version key: it ends
// so, and has the dot of module.qualname in it.
func IsVersionName(name []byte) bool {
	return len(name) > len(memverEnd) && name[len(name)-1] == memverEnd[len(memverEnd)-1] &&
		bytes.HasSuffix(name, []byte(memverEnd)) && bytes.IndexByte(name, '.') >= 0
}

// IsResultName reports whether a name ends as that of a stored result does.
func IsResultName(name []byte) bool {
	return len(name) >= entryLen && IsBase64(name[len(name)-entryLen:])
}

// IsBase64 reports whether s has only characters of base64. It reads from the
// end, where most other names differ soonest.
func IsBase64[T string | []byte](s T) bool {
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
// thousand results one lacks either.
func bothCases(s []byte) bool {
	var upper, lower bool
	for _, c := range s {
		upper = upper || 'A' <= c && c <= 'Z'
		lower = lower || 'a' <= c && c <= 'z'
	}
	return upper && lower
}
