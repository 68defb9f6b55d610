package flask

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"cacheview/decode/flaskcaching"
	"cacheview/inspect/keyspace"
)

// How a prefix came to be known, strongest first. The text says why.
const (
	byResult   = "a stored result and the version of its function share it"
	bySetting  = "it is set as the key prefix"
	byDefault  = "it is the default of Flask-Caching"
	byView     = "a page is stored under it, in the library's own form"
	byQuery    = "pages with their queries are stored under it, in the library's own form"
	byFragment = "a template fragment is stored under it, in the library's own form"
)

// learnSample limits how many values are read to learn one prefix.
const learnSample = 8

// learnPrefixes finds prefixes of apps in the names of pages and template
// fragments whose values are written as the library writes them. A name alone
// proves nothing: others have "view//" in theirs.
func learnPrefixes(ctx context.Context, src Source, snap *keyspace.Snapshot, seen seenNames) (map[string]string, error) {
	type claim struct{ prefix, why string }
	byName := map[claim][][]byte{}
	note := func(ids []uint32, why string, cut func(name []byte) int) {
		for _, id := range ids {
			name := snap.Name(id)
			if at := cut(name); at >= 0 {
				c := claim{string(name[:at]), why}
				if len(byName[c]) < learnSample {
					byName[c] = append(byName[c], name)
				}
			}
		}
	}
	note(seen.views, byView, func(name []byte) int { return bytes.Index(name, viewMark) })
	note(seen.fragments, byFragment, func(name []byte) int { return bytes.Index(name, fragmentMark) })
	note(seen.queries, byQuery, func(name []byte) int { return bytes.IndexByte(name, '/') })
	var names [][]byte
	var of []claim
	for c, list := range byName {
		for _, name := range list {
			names, of = append(names, name), append(of, c)
		}
	}
	enough := map[claim]int{}
	err := src.Heads(ctx, names, headBytes, func(i int, head []byte, err error) {
		if err != nil || !isPickled(head) {
			return
		}
		enough[of[i]]++
		// The digest of no query is the library's alone.
		if of[i].why == byQuery && bytes.HasSuffix(names[i], []byte(noQuery)) {
			enough[of[i]]++
		}
	})
	if err != nil {
		return nil, err
	}
	learned := map[string]string{}
	for c, n := range enough {
		if c.why == byQuery && n < 2 {
			continue
		}
		if old, ok := learned[c.prefix]; !ok || c.why < old {
			learned[c.prefix] = c.why
		}
	}
	return learned, nil
}

// noQuery is the digest of a request without a query.
const noQuery = "bcd8b0c2eb1fce714eab6cef0d771acc"

// headBytes is how much of a value shows that the library wrote it.
const headBytes = 32

// isPickled reports whether a value begins as the library writes anything that
// is not a number: with "!" and a pickle.
func isPickled(head []byte) bool {
	data, ok := flaskcaching.PickleOf(head)
	if !ok || len(data) == 0 {
		return false
	}
	if data[0] == 0x80 {
		return len(data) > 1 && data[1] <= 5
	}
	// Protocol 0 and 1: an opcode that a pickle may begin with.
	return strings.IndexByte("(cilVUSIFLGJKMNTX]})", data[0]) >= 0 && !bytes.ContainsAny(data[:1], " !")
}

// WrittenByLibrary reports whether a value begins as Flask-Caching writes one:
// with a pickle behind "!", or as a number.
func WrittenByLibrary(head []byte) bool {
	if isPickled(head) {
		return true
	}
	digits := bytes.TrimPrefix(head, []byte("-"))
	return len(digits) > 0 && len(bytes.Trim(digits, "0123456789")) == 0
}

// findPrefixes collects the prefixes that are known, and chooses for each
// function without results the one that it most likely has. rest are names that
// look like results and belong to no function.
func (f *Index) findPrefixes(rest []uint32) {
	why := map[string]string{flaskcaching.DefaultPrefix: byDefault}
	for p, reason := range f.learned {
		why[p] = reason
	}
	for _, p := range f.opt.Prefixes {
		why[p] = bySetting
	}
	for i := range f.memvers {
		if m := &f.memvers[i]; m.joined {
			why[m.prefix] = byResult
		}
	}
	f.learned = why
	for p := range why {
		f.prefixes = append(f.prefixes, p)
	}
	f.prefixes = longestFirst(f.prefixes)
	known := slices.Clone(f.prefixes)
	fronts := f.frontsOf(rest)
	for i := range f.memvers {
		m := &f.memvers[i]
		if m.joined {
			continue
		}
		p, likely := f.prefixFor(m, known, fronts)
		m.under(p)
		f.prefixes = append(f.prefixes, likely...)
	}
	f.prefixes = longestFirst(f.prefixes)
}

// frontsOf returns which likely prefixes of functions without results stand in
// front of names that look like results.
func (f *Index) frontsOf(rest []uint32) map[string]bool {
	fronts := map[string]bool{}
	for i := range f.memvers {
		if m := &f.memvers[i]; !m.joined {
			for _, p := range likelyPrefixes(m.base()) {
				fronts[p] = false
			}
		}
	}
	if len(fronts) == 0 {
		return fronts
	}
	for _, id := range rest {
		name := f.snap.Name(id)
		for _, length := range []int{entryLen, methodLen} {
			if len(name) < length || !IsBase64(name[len(name)-length:]) {
				continue
			}
			if seen, ok := fronts[string(name[:len(name)-length])]; ok && !seen {
				fronts[string(name[:len(name)-length])] = true
			}
		}
	}
	return fronts
}

// prefixFor chooses the prefix of a function without results, and returns other
// prefixes under which results may stand.
func (f *Index) prefixFor(m *memver, known []string, fronts map[string]bool) (prefix string, likely []string) {
	base := m.base()
	// "__main__" starts a module's name, whatever is before it.
	if at := bytes.Index(base, []byte("__main__.")); at >= 0 {
		p := string(base[:at])
		if at > 0 || slices.Contains(known, "") {
			return p, []string{p}
		}
		return p, nil
	}
	for _, p := range known {
		if p != "" && continues(base, []byte(p)) && startsModule(base[len(p):]) {
			return p, nil
		}
	}
	// Names that look like results show where a prefix may end.
	ends := likelyPrefixes(base)
	for _, p := range slices.Backward(ends) {
		if fronts[p] {
			return p, []string{p}
		}
	}
	for _, p := range known {
		if p != "" && continues(base, []byte(p)) {
			return p, ends
		}
	}
	if slices.Contains(known, "") {
		return "", nil
	}
	if k, ok := flaskcaching.ParseAny(m.key); ok && k.Kind == flaskcaching.Memver {
		prefix = k.Prefix
	}
	return prefix, ends
}

// startsModule reports whether rest can begin the name of a module. Few begin
// with an underscore, while many prefixes end in one.
func startsModule(rest []byte) bool {
	return len(rest) > 0 && startsName(rest[0]) && (rest[0] != '_' || bytes.HasPrefix(rest, []byte("__main__.")))
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

// PrefixOf returns the prefix of an app that a name has.
func (f *Index) PrefixOf(name []byte) (string, bool) {
	for _, p := range f.prefixes {
		if len(name) >= len(p) && string(name[:len(p)]) == p {
			return p, true
		}
	}
	return "", false
}

// clean drops what Flask-Caching 2.5 drops from the names of functions and
// objects in version keys.
func clean(name string) string { return flaskcaching.CleanName(name) }
