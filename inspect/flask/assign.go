package flask

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// assign gives the results to their functions, which tells the prefixes, and
// collects the names that look like results and belong to none.
func (f *Index) assign(shaped []uint32) {
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
	f.findPrefixes(rest)
	f.noteUnreadable()
	f.suspects = f.collectSuspects(rest)
}

func (f *Index) count(at int32, size int64) {
	m := &f.memvers[at]
	m.entries++
	if size >= 0 {
		m.bytes += size
		m.sized++
	}
}

func compareFunctions(a, b Function) int {
	return cmp.Or(strings.Compare(a.Prefix, b.Prefix), strings.Compare(a.Name, b.Name), strings.Compare(a.Instance, b.Instance))
}

// named returns the version keys of a function, see Function. The names that
// Flask-Caching 2.5 gives, without punctuation, match as well.
func (f *Index) named(name string) []int32 {
	var found, cleaned []int32
	for i := range f.memvers {
		m := &f.memvers[i]
		switch {
		case m.fullName() == name || string(m.key) == name:
			found = append(found, int32(i))
		case m.fullName() == clean(name):
			cleaned = append(cleaned, int32(i))
		}
	}
	if len(found) == 0 {
		return cleaned
	}
	return found
}

// memverAt returns which version key a key is.
func (f *Index) memverAt(key []byte) (int32, bool) {
	if !IsVersionName(key) {
		return 0, false
	}
	at, ok := slices.BinarySearchFunc(f.memvers, key, func(m memver, key []byte) int { return bytes.Compare(m.key, key) })
	return int32(at), ok
}

// memverOf returns the version key of a function, or with an instance of its
// method on that object, by the names of either rule set of the library.
func (f *Index) memverOf(prefix, function, instance string) (int32, bool) {
	full := function
	if instance != "" {
		full += "." + instance
	}
	if at, ok := f.memverAt([]byte(prefix + full + memverEnd)); ok {
		return at, true
	}
	return f.memverAt([]byte(prefix + clean(full) + memverEnd))
}

// instanceAt returns the version key of an owner's instance.
func (f *Index) instanceAt(o Owner) (int32, bool) {
	if o.Instance == "" {
		return 0, false
	}
	return f.memverOf(o.Prefix, o.Function, o.Instance)
}

// functionAt returns the version key of the function whose instance m is.
func (f *Index) functionAt(m *memver) (int32, bool) { return f.memverOf(m.prefix, m.name, "") }

// hasInstances reports whether m is the version of a method.
func (f *Index) hasInstances(m *memver) bool {
	return slices.ContainsFunc(f.memvers, func(i memver) bool {
		return i.instance != "" && i.name == m.name && i.prefix == m.prefix
	})
}
