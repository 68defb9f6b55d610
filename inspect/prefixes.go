package inspect

import (
	"bytes"
	"slices"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/keyname"
)

// Prefixes are literal beginnings of names that belong together although they
// end in no delimiter: those of Flask-Caching apps, with pages and fragments
// under them, and of conventions of other frameworks. They implement
// keyspace.Prefixes.
type Prefixes struct{ outer []string }

// PrefixesOf returns the prefixes of the apps that f knows, and those of
// conventions. f may be nil.
func PrefixesOf(f *FlaskIndex) *Prefixes {
	p := &Prefixes{keyname.Prefixes()}
	if f != nil {
		p.outer = append(p.outer, f.Prefixes()...)
	}
	return p
}

// inner are segments under the prefix of an app.
var inner = []string{flaskcaching.ViewPrefix, flaskcaching.FragmentPrefix}

// Prefixes returns all of them.
func (p *Prefixes) Prefixes() []string {
	var list []string
	for _, outer := range p.outer {
		if outer != "" {
			list = append(list, outer)
		}
		for _, in := range inner {
			list = append(list, outer+in)
		}
	}
	return list
}

// Segments returns the first depth segments of a name, each up to one of the bytes
// in delims or as long as one of the prefixes. What comes after the last of them
// belongs to no segment.
func (p *Prefixes) Segments(name []byte, delims string, depth int) []byte {
	end := 0
	for range depth {
		next := p.next(name, end)
		if next == 0 {
			i := bytes.IndexAny(name[end:], delims)
			if i < 0 {
				break
			}
			next = end + i + 1
		}
		end = next
	}
	return name[:end]
}

// next returns where the segment that begins at end is over, if one of the
// prefixes says so, else 0.
func (p *Prefixes) next(name []byte, end int) int {
	next := 0
	if end == 0 {
		for _, prefix := range p.outer {
			if len(prefix) > next && bytes.HasPrefix(name, []byte(prefix)) {
				next = len(prefix)
			}
		}
		if next > 0 || !slices.Contains(p.outer, "") {
			return next
		}
	} else if !slices.Contains(p.outer, string(name[:end])) {
		return 0
	}
	for _, in := range inner {
		if bytes.HasPrefix(name[end:], []byte(in)) {
			return end + len(in)
		}
	}
	return 0
}
