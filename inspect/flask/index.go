// Package flask tells which call, page or template is behind a key of
// Flask-Caching, and which stored results no call can reach any more.
//
//   - names.go, version.go: the keys of a listing by their names; version keys
//   - prefix.go: CACHE_KEY_PREFIX, from results, values, names and settings
//   - assign.go: results and the functions that they belong to
//   - stale.go, family.go: what is proven about results without a live version
//   - calls.go, guess.go, candidates.go: arguments behind hashes
//   - find.go, search.go, groups.go: from a call, a text or a function to keys
//
// It claims only what follows from names and values that it could read. What a
// permission, a format or a limit keeps from being known is reported as
// unknown, with the reason. It changes nothing on the server.
package flask

import (
	"bytes"
	"context"
	"slices"

	"cacheview/decode/flaskcaching"
	"cacheview/inspect/keyspace"
)

// Index is what the keys of a database tell about the apps in it that use
// Flask-Caching: which memoized functions there are, which result belongs to
// which, and which results no call can reach any more. It is of the moment when
// it was made and does not change, except for the calls that Guess and Find
// prove. It is safe for concurrent use.
//
// A result belongs to a function when its name ends in the version that the
// function's version key holds and both names begin with the same prefix, which
// is thereby known to be CACHE_KEY_PREFIX. See State for the others.
type Index struct {
	snap       *keyspace.Snapshot
	opt        Options
	memvers    []memver // by name
	versions   versionIndex
	unreadable []int32  // version keys whose value is unknown
	prefixes   []string // by length, longest first
	learned    map[string]string
	entries    []assigned
	suspects   suspects
	proofs     *proofs
}

// Options say what is known of the apps besides their keys. The zero value is
// ready to use.
type Options struct {
	// Prefixes are values of CACHE_KEY_PREFIX from settings.
	Prefixes []string
	// VersionKeys are names of version keys beyond those in the listing, when
	// that has only a part of the database.
	VersionKeys [][]byte
	// App is what the source of the app says, nil if it is not known.
	App *App
	// Former are versions that were seen live earlier, with the names of the
	// version keys that held them.
	Former map[string]string
	// Partial reports that version keys may exist that are neither in the
	// listing nor in VersionKeys. Then nothing is proven to be stale.
	Partial bool
}

// assigned is a result with its function.
type assigned struct {
	id       uint32
	function int32 // in memvers
	instance int32 // in memvers, or -1
}

// Function is a memoized function, or a method as it is memoized for one
// object: what has a version of its own.
type Function struct {
	Prefix   string // CACHE_KEY_PREFIX, "" also when it is not known
	Name     string // module.qualname
	Instance string // repr of the object; "" for a function
	Memver   []byte // the key that holds the version
	Version  string // six characters; empty when it cannot be read
	// Unreadable is why the version cannot be read; empty when it can.
	Unreadable string
	Entries    int // stored results that become stale with the version
	// Bytes is the size of Sized of the entries, those whose size the snapshot
	// knew.
	Bytes int64
	Sized int
}

// Owner is what a result belongs to.
type Owner struct {
	flaskcaching.FunctionRef
	Prefix string
	Memver []byte // the key that holds the function's version
}

// Build finds the apps that use Flask-Caching among the names of a snapshot. It
// reads the versions of their functions and the first bytes of some values. It
// passes over the names once, without an allocation for those that are not an
// app's. progress may be nil; it is called with the number of names read.
func Build(ctx context.Context, src Source, snap *keyspace.Snapshot, opt Options, progress func(done, total int)) (*Index, error) {
	if opt.App != nil {
		opt.Prefixes = append(slices.Clone(opt.Prefixes), opt.App.Prefixes...)
	}
	f := &Index{snap: snap, opt: opt, proofs: newProofs()}
	seen, err := scanNames(ctx, snap, progress)
	if err != nil {
		return nil, err
	}
	names := make([][]byte, 0, len(seen.versions)+len(opt.VersionKeys))
	for _, id := range seen.versions {
		names = append(names, snap.Name(id))
	}
	names = append(names, opt.VersionKeys...)
	slices.SortFunc(names, bytes.Compare)
	names = slices.CompactFunc(names, bytes.Equal)
	if f.memvers, err = readVersions(ctx, src, names); err != nil {
		return nil, err
	}
	if f.learned, err = learnPrefixes(ctx, src, snap, seen); err != nil {
		return nil, err
	}
	f.assign(seen.shaped)
	f.proofs.noteVersions(f.memvers)
	f.proofs.noteFormer(opt.Former)
	return f, f.checkFamilies(ctx, src)
}

// LiveVersions returns the versions that could be read, with the names of the
// version keys that hold them.
func (f *Index) LiveVersions() map[string]string {
	live := make(map[string]string, len(f.memvers))
	for i := range f.memvers {
		if m := &f.memvers[i]; m.readable() {
			live[string(m.version[:])] = string(m.key)
		}
	}
	return live
}

// Functions returns the functions and, after each, its instances, by prefix and
// name.
func (f *Index) Functions() []Function {
	list := make([]Function, len(f.memvers))
	for i := range f.memvers {
		list[i] = f.function(int32(i))
	}
	slices.SortStableFunc(list, compareFunctions)
	return list
}

// Function returns the function with a name: module.qualname, for the version
// of one object followed by a dot and its repr, or the whole name of the
// version key. It reports false when there is none, or when apps with different
// prefixes have one of that name.
func (f *Index) Function(name string) (Function, bool) {
	found := f.named(name)
	if len(found) != 1 {
		return Function{}, false
	}
	return f.function(found[0]), true
}

// Prefixes returns the prefixes that are known or likely to be those of apps.
func (f *Index) Prefixes() []string { return slices.Sorted(slices.Values(f.prefixes)) }

// Entries returns how many stored results belong to a function.
func (f *Index) Entries() int { return len(f.entries) }

// Owner returns the function, and the object, that a result belongs to. The
// key need not be in the snapshot. For a stale result it is the function that
// is known to have had its version.
func (f *Index) Owner(key []byte) (Owner, bool) {
	e, ok := f.versions.resolve(f.memvers, key)
	if !ok {
		return Owner{}, false
	}
	return f.owner(e), true
}

func (f *Index) owner(e assigned) Owner {
	m := &f.memvers[e.function]
	o := Owner{FunctionRef: flaskcaching.FunctionRef{Function: m.name}, Prefix: m.prefix, Memver: m.key}
	if e.instance >= 0 {
		o.Instance = f.memvers[e.instance].instance
	}
	return o
}

// function describes a version key and what depends on it.
func (f *Index) function(at int32) Function {
	m := &f.memvers[at]
	fn := Function{
		Prefix: m.prefix, Name: m.name, Instance: m.instance, Memver: m.key, Unreadable: m.unreadable,
		Entries: m.entries, Bytes: m.bytes, Sized: m.sized,
	}
	if m.readable() {
		fn.Version = string(m.version[:])
	}
	return fn
}
