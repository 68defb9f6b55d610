package inspect

import (
	"bytes"
	"context"
	"slices"

	"cacheview/decode/flaskcaching"
	"cacheview/inspect/keyspace"
)

// Flask is what the keys of a database say about the apps in it that use
// Flask-Caching: which memoized functions there are, which entry belongs to
// which, and which entries no call can hit any more. It is of the moment when
// it was made and does not change, but for the calls that Guess and Find prove,
// of which it only ever knows more. Any number of goroutines may use it.
//
// An entry belongs to a function when its name ends in the version that the
// function's memver key holds and both names begin with the same prefix, which
// is thereby known to be CACHE_KEY_PREFIX. An entry is an orphan when
//
//   - it was in the snapshot,
//   - 22 or 28 characters of base64 in both cases stand behind a prefix of an
//     app: the default prefix; one that an entry and its version were found
//     to share; or, for a version without entries, a beginning of its name
//     that ends in a separator and leaves module.qualname,
//   - and no memver key holds one of its versions.
//
// Under any other prefix, and without one until an entry is found to go with
// its version, a name that looks like an entry is not called one.
type Flask struct {
	snap     *keyspace.Snapshot
	memvers  []memver // by name
	versions versionIndex
	prefixes []string // by length, longest first
	entries  []flaskEntry
	orphans  []uint32 // ids
	hashed   hashSet  // of the names of the orphans
	proofs   *proofs
}

// flaskEntry is an entry of a function.
type flaskEntry struct {
	id       uint32
	function int32 // in memvers
	instance int32 // in memvers, or -1
}

// FlaskFunction is a memoized function, or a method as it is memoized for one
// object: what has a version of its own.
type FlaskFunction struct {
	Prefix   string // CACHE_KEY_PREFIX, "" also when it could not be told
	Name     string // module.qualname
	Instance string // repr of the object; "" for a function
	Memver   []byte // the key that holds the version
	Version  string // six characters
	Entries  int    // stored results that die with the version
	// Bytes is the size of Sized of the entries, those whose size the snapshot
	// knew.
	Bytes int64
	Sized int
}

// FlaskOwner is what an entry belongs to.
type FlaskOwner struct {
	flaskcaching.Owner
	Prefix string
	Memver []byte // the key that holds the function's version
}

// Flask finds the apps that use Flask-Caching among the names of a snapshot and
// asks the server for the versions of their functions, a few bytes each. It
// passes over the names once, without an allocation for those that are none of
// an app's. progress may be nil; it is called with the number of names seen.
func (c *Client) Flask(ctx context.Context, snap *keyspace.Snapshot, progress func(done, total int)) (*Flask, error) {
	f := &Flask{snap: snap, proofs: newProofs()}
	memvers, shaped, err := flaskNames(ctx, snap, progress)
	if err != nil {
		return nil, err
	}
	names := make([][]byte, len(memvers))
	for i, id := range memvers {
		names[i] = snap.Name(id)
	}
	slices.SortFunc(names, bytes.Compare)
	if f.memvers, err = c.readVersions(ctx, names); err != nil {
		return nil, err
	}
	f.join(shaped)
	return f, nil
}

// Functions returns the functions and, after each, its instances, by prefix and
// name.
func (f *Flask) Functions() []FlaskFunction {
	list := make([]FlaskFunction, len(f.memvers))
	for i := range f.memvers {
		list[i] = f.function(int32(i))
	}
	slices.SortStableFunc(list, compareFunctions)
	return list
}

// Function returns the function with a name: module.qualname, for the version
// of one object followed by a dot and its repr, or the whole name of the memver
// key. It reports false when there is none, or when apps with different
// prefixes have one of that name.
func (f *Flask) Function(name string) (FlaskFunction, bool) {
	found := f.named(name)
	if len(found) != 1 {
		return FlaskFunction{}, false
	}
	return f.function(found[0]), true
}

// Prefixes returns the prefixes under which an entry can be an orphan.
func (f *Flask) Prefixes() []string { return slices.Sorted(slices.Values(f.prefixes)) }

// Entries returns how many stored results belong to a function.
func (f *Flask) Entries() int { return len(f.entries) }

// Owner returns the function, and the object, that an entry belongs to. The
// entry need not be in the snapshot.
func (f *Flask) Owner(key []byte) (FlaskOwner, bool) {
	e, ok := f.versions.resolve(f.memvers, key)
	if !ok {
		return FlaskOwner{}, false
	}
	return f.owner(e), true
}

func (f *Flask) owner(e flaskEntry) FlaskOwner {
	m := &f.memvers[e.function]
	o := FlaskOwner{Owner: flaskcaching.Owner{Function: m.name}, Prefix: m.prefix, Memver: m.key}
	if e.instance >= 0 {
		o.Instance = f.memvers[e.instance].instance
	}
	return o
}

// Orphan reports whether an entry is one that no call can ever hit again. See
// Flask for when a key counts as one; PlanOrphans asks the server again before
// it believes it.
func (f *Flask) Orphan(key []byte) bool { return f.hashed.has(key) }

// Orphans returns how many entries are orphans, and the size of those whose
// size the snapshot knew.
func (f *Flask) Orphans() (n int, bytes int64, sized int) {
	for _, id := range f.orphans {
		if size := f.snap.Meta(id).Size; size >= 0 {
			bytes += size
			sized++
		}
	}
	return len(f.orphans), bytes, sized
}

// function describes a memver and what depends on it.
func (f *Flask) function(at int32) FlaskFunction {
	m := &f.memvers[at]
	return FlaskFunction{
		Prefix: m.prefix, Name: m.name, Instance: m.instance, Memver: m.key, Version: string(m.version[:]),
		Entries: m.entries, Bytes: m.bytes, Sized: m.sized,
	}
}
