package inspect

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"slices"
	"strings"

	"cacheview/decode/flaskcaching"
)

// join gives the entries to their functions, which tells the prefixes, and
// finds the orphans among what is left.
func (f *Flask) join(shaped []uint32) {
	f.versions = indexVersions(f.memvers)
	rest := shaped[:0]
	for _, id := range shaped {
		name := f.snap.Name(id)
		e, ok := f.versions.resolve(f.memvers, name)
		if !ok {
			rest = append(rest, id)
			continue
		}
		e.id = id
		f.entries = append(f.entries, e)
		size := f.snap.Meta(id).Size
		length := entryLen
		if e.instance >= 0 {
			length = methodLen
			f.count(e.instance, size)
		}
		f.count(e.function, size)
		if m := &f.memvers[e.function]; !m.joined {
			m.joined = true
			m.under(string(name[:len(name)-length]))
		}
		if e.instance >= 0 {
			m, i := &f.memvers[e.function], &f.memvers[e.instance]
			i.joined, i.prefix, i.name = true, m.prefix, m.name
			i.instance = string(i.base()[len(m.base())+1:])
		}
	}
	f.findPrefixes()
	f.hashed.seed = maphash.MakeSeed()
	for _, id := range rest {
		name := f.snap.Name(id)
		if _, ok := f.orphaned(name); ok {
			f.orphans = append(f.orphans, id)
			f.hashed.add(name)
		}
	}
	f.hashed.sort()
}

func (f *Flask) count(at int32, size int64) {
	m := &f.memvers[at]
	m.entries++
	if size >= 0 {
		m.bytes += size
		m.sized++
	}
}

// findPrefixes collects the prefixes that entries have proven, and says of the
// functions without entries which prefix they most likely have.
func (f *Flask) findPrefixes() {
	known := []string{flaskcaching.DefaultPrefix}
	for i := range f.memvers {
		if m := &f.memvers[i]; m.joined {
			known = append(known, m.prefix)
		}
	}
	known = longestFirst(known)
	f.prefixes = known
	for i := range f.memvers {
		m := &f.memvers[i]
		if m.joined {
			continue
		}
		at := slices.IndexFunc(known, func(p string) bool { return p != "" && continues(m.base(), []byte(p)) })
		if at >= 0 {
			m.under(known[at])
			continue
		}
		m.under("")
		if slices.Contains(known, "") {
			continue
		}
		if k, ok := flaskcaching.Recognise(m.key); ok && k.Kind == flaskcaching.Memver {
			m.under(k.Prefix)
		}
		f.prefixes = append(f.prefixes, likelyPrefixes(m.base())...)
	}
	f.prefixes = longestFirst(f.prefixes)
}

// longestFirst sorts prefixes so that the first that fits says the most, and
// drops repetitions.
func longestFirst(prefixes []string) []string {
	slices.SortFunc(prefixes, func(a, b string) int {
		return cmp.Or(len(b)-len(a), strings.Compare(a, b))
	})
	return slices.Compact(prefixes)
}

// likelyPrefixes are the beginnings of a version's name that may be a prefix:
// those that end in a separator and leave a module's name.
func likelyPrefixes(base []byte) []string {
	if at := bytes.Index(base, []byte("__main__.")); at >= 0 {
		return []string{string(base[:at])}[:min(at, 1)]
	}
	var list []string
	for i := range bytes.IndexByte(base, '.') - 1 {
		if !isWordChar(base[i]) && startsName(base[i+1]) || base[i] == '_' && startsName(base[i+1]) {
			list = append(list, string(base[:i+1]))
		}
	}
	return list
}

// isWordChar and startsName are of Python's identifiers.
func isWordChar(c byte) bool { return startsName(c) || '0' <= c && c <= '9' }

func startsName(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0x80 }

// orphaned reports whether a name that belongs to no function is an entry's,
// and behind which prefix.
func (f *Flask) orphaned(name []byte) (prefix string, ok bool) {
	for _, p := range f.prefixes {
		rest := len(name) - len(p)
		if (rest == entryLen || rest == methodLen) && string(name[:len(p)]) == p &&
			isBase64(name[len(p):]) && bothCases(name[len(p):]) {
			return p, true
		}
	}
	return "", false
}

// hashSet is a set of names that is only asked, at eight bytes each.
type hashSet struct {
	seed   maphash.Seed
	hashes []uint64
}

func (s *hashSet) add(name []byte) { s.hashes = append(s.hashes, maphash.Bytes(s.seed, name)) }

func (s *hashSet) sort() { slices.Sort(s.hashes) }

func (s *hashSet) has(name []byte) bool {
	if len(s.hashes) == 0 {
		return false
	}
	_, ok := slices.BinarySearch(s.hashes, maphash.Bytes(s.seed, name))
	return ok
}

func compareFunctions(a, b FlaskFunction) int {
	return cmp.Or(strings.Compare(a.Prefix, b.Prefix), strings.Compare(a.Name, b.Name), strings.Compare(a.Instance, b.Instance))
}

// named returns the memvers with a name, see Function.
func (f *Flask) named(name string) []int32 {
	var found []int32
	for i := range f.memvers {
		m := &f.memvers[i]
		if m.fullName() == name || string(m.key) == name {
			found = append(found, int32(i))
		}
	}
	return found
}

// memverAt returns which memver a key is.
func (f *Flask) memverAt(key []byte) (int32, bool) {
	if !isMemverName(key) {
		return 0, false
	}
	at, ok := slices.BinarySearchFunc(f.memvers, key, func(m memver, key []byte) int { return bytes.Compare(m.key, key) })
	return int32(at), ok
}

// instanceAt returns the memver of an owner's instance.
func (f *Flask) instanceAt(o FlaskOwner) (int32, bool) {
	if o.Instance == "" {
		return 0, false
	}
	return f.memverAt([]byte(o.Prefix + o.Function + "." + o.Instance + memverEnd))
}
