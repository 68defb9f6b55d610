package flask

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
)

// State is what is known of a key that is named like a stored result.
type State uint8

// The states.
const (
	// NotResult is a key that is not named like a result under a known prefix.
	NotResult State = iota
	// Live is a result whose version is the one that its function has now.
	Live
	// Stale is a result of which it is proven that no call can reach it.
	Stale
	// Possible is a key that may be a left-over result, or anything else under
	// such a name.
	Possible
)

// Status is a state and the reason for it, for people.
type Status struct {
	State  State
	Reason string
}

// suspect is a name that looks like a result and whose version no version key
// holds.
type suspect struct {
	id     uint32
	prefix int // length
	family int32
}

// suspects are the suspects of an index and what groups them.
type suspects struct {
	list     []suspect
	families []family
	seed     maphash.Seed
	hashes   []hashed // by hash
}

// hashed finds a suspect by its name.
type hashed struct {
	hash uint64
	at   int32
}

// collectSuspects finds the suspects among names that belong to no function.
func (f *Index) collectSuspects(rest []uint32) suspects {
	s := suspects{seed: maphash.MakeSeed()}
	number := map[familyKey]int32{}
	for _, id := range rest {
		name := f.snap.Name(id)
		p, ok := f.suspectPrefix(name)
		if !ok {
			continue
		}
		key := f.familyOf(name, p)
		at, ok := number[key]
		if !ok {
			at = int32(len(s.families))
			number[key] = at
			s.families = append(s.families, family{familyKey: key})
		}
		s.families[at].add(name[len(p):][:digestLen])
		s.hashes = append(s.hashes, hashed{maphash.Bytes(s.seed, name), int32(len(s.list))})
		s.list = append(s.list, suspect{id: id, prefix: len(p), family: at})
	}
	slices.SortFunc(s.hashes, func(a, b hashed) int {
		if a.hash < b.hash {
			return -1
		}
		return 1
	})
	return s
}

// suspectPrefix reports whether a name that belongs to no function looks like a
// result, and behind which prefix.
func (f *Index) suspectPrefix(name []byte) (prefix string, ok bool) {
	for _, p := range f.prefixes {
		rest := len(name) - len(p)
		if (rest == entryLen || rest == methodLen) && string(name[:len(p)]) == p &&
			IsBase64(name[len(p):]) && bothCases(name[len(p):]) {
			return p, true
		}
	}
	return "", false
}

// find returns the number of a suspect.
func (s *suspects) find(snap Listing, name []byte) (int, bool) {
	if len(s.hashes) == 0 {
		return 0, false
	}
	h := maphash.Bytes(s.seed, name)
	at, _ := slices.BinarySearchFunc(s.hashes, h, func(a hashed, h uint64) int {
		switch {
		case a.hash < h:
			return -1
		case a.hash > h:
			return 1
		}
		return 0
	})
	for ; at < len(s.hashes) && s.hashes[at].hash == h; at++ {
		if i := s.hashes[at].at; bytes.Equal(snap.Name(s.list[i].id), name) {
			return int(i), true
		}
	}
	return 0, false
}

// Status returns what is known of a key that is named like a stored result.
// A key without a live version is stale only if one of these holds:
//
//   - its version is known to have been that of a function, because this
//     session saw it in the version key, or because the digest is that of a
//     call of the function; and the function has another version now, or none;
//   - several keys of one prefix end in the same dead version, their digests
//     look like hashes, their values are written by the library, and all
//     version keys of the prefix could be read.
//
// Everything else with such a name is possibly left over.
func (f *Index) Status(key []byte) Status {
	if e, ok := f.versions.resolve(f.memvers, key); ok {
		return Status{Live, fmt.Sprintf("its version is the one that %s holds", f.memvers[max(e.function, e.instance)].key)}
	}
	at, ok := f.suspects.find(f.snap, key)
	if !ok {
		return Status{}
	}
	return f.status(&f.suspects.list[at])
}

func (f *Index) status(s *suspect) Status {
	name := f.snap.Name(s.id)
	e := f.entryOf(name, s.prefix)
	if dead, reason, known := f.dead(&e); known {
		if dead {
			return Status{Stale, reason}
		}
		return Status{Possible, reason}
	}
	if f.opt.Partial {
		return Status{Possible, "only a part of the keys is listed, so its version may be live"}
	}
	if m := f.unreadableUnder(name[:s.prefix]); m != nil {
		return Status{Possible, "it is unknown whether its version is live: " + m.why()}
	}
	fam := &f.suspects.families[s.family]
	if fam.proven {
		return Status{Stale, fmt.Sprintf("%d results end in the version %s, and no version key holds it", fam.count, fam.version)}
	}
	return Status{Possible, fam.why()}
}

// dead decides by what is known of the versions in the name of e. known is
// false when nothing is.
func (f *Index) dead(e *Entry) (dead bool, reason string, known bool) {
	for i, v := range e.versions() {
		base, ok := f.formerKey(e, i, v)
		if !ok {
			continue
		}
		gone, why, sure := f.replaced(base, e.Owner.Prefix, v)
		if gone {
			return true, why, true
		}
		if sure {
			reason, known = why, true
		}
	}
	return false, reason, known
}

// formerKey returns the name, without its end, of the version key that is known
// to have held version number i of e.
func (f *Index) formerKey(e *Entry, i int, v version) (string, bool) {
	if key, ok := f.proofs.versionKey(v); ok {
		base := strings.TrimSuffix(key, memverEnd)
		if continues([]byte(base), []byte(e.Owner.Prefix)) {
			return base, true
		}
	}
	call, ok := f.proofs.get(e.Digest)
	if !ok {
		return "", false
	}
	full := call.function
	if i > 0 {
		instance, ok := call.instance()
		if !ok {
			return "", false
		}
		full += "." + instance
	}
	if _, ok := f.memverAt([]byte(e.Owner.Prefix + full + memverEnd)); !ok {
		if _, ok := f.memverAt([]byte(e.Owner.Prefix + clean(full) + memverEnd)); ok {
			full = clean(full)
		}
	}
	return e.Owner.Prefix + full, true
}

// replaced reports whether the version key with a name holds another version
// now than v, or does not exist. known is false if v is its version now.
func (f *Index) replaced(base, prefix string, v version) (dead bool, reason string, known bool) {
	at, ok := f.memverAt([]byte(base + memverEnd))
	what := base[len(prefix):]
	switch {
	case !ok && f.opt.Partial:
		return false, "only a part of the keys is listed, so the version of " + what + " is unknown", true
	case !ok:
		return true, fmt.Sprintf("it is a result of %s, whose version %s does not exist any more", what, v[:]), true
	case !f.memvers[at].readable():
		return false, "it is unknown whether its version is live: " + f.memvers[at].why(), true
	case f.memvers[at].version == v:
		return false, "", false
	}
	return true, fmt.Sprintf("it is a result of %s, which has the version %s now", what, f.memvers[at].version[:]), true
}

// unreadableUnder returns a version key that may belong to the app with a prefix
// and cannot be read.
func (f *Index) unreadableUnder(prefix []byte) *memver {
	for _, i := range f.unreadable {
		if m := &f.memvers[i]; bytes.HasPrefix(m.key, prefix) {
			return m
		}
	}
	return nil
}

func (f *Index) noteUnreadable() {
	for i := range f.memvers {
		if !f.memvers[i].readable() {
			f.unreadable = append(f.unreadable, int32(i))
		}
	}
}

// Orphan reports whether a key is a stored result of which it is proven that no
// call can reach it.
func (f *Index) Orphan(key []byte) bool { return f.Status(key).State == Stale }

// Possible reports whether a key may be a left-over result, without proof.
func (f *Index) Possible(key []byte) bool { return f.Status(key).State == Possible }

// Totals counts keys and the size of those whose size the snapshot knew.
type Totals struct {
	Keys  int
	Bytes int64
	Sized int
}

// StaleTotals returns how many results are proven to be stale, and how many
// keys are possibly left over.
func (f *Index) StaleTotals() (stale, possible Totals) {
	for i := range f.suspects.list {
		s := &f.suspects.list[i]
		t := &possible
		if f.status(s).State == Stale {
			t = &stale
		}
		t.Keys++
		if size := f.snap.Meta(s.id).Size; size >= 0 {
			t.Bytes += size
			t.Sized++
		}
	}
	return stale, possible
}

// ConfirmStale returns the results that are proven to be stale both by f and by
// a second look: versionKeys are the version keys that exist now. An error, and
// a version key that cannot be read and may be the one of a result, keeps that
// result out.
func (f *Index) ConfirmStale(ctx context.Context, src Source, versionKeys [][]byte) ([][]byte, error) {
	slices.SortFunc(versionKeys, bytes.Compare)
	now, err := readVersions(ctx, src, versionKeys)
	if err != nil {
		return nil, err
	}
	later := &Index{snap: f.snap, opt: Options{}, memvers: now, versions: indexVersions(now), proofs: f.proofs, suspects: f.suspects}
	later.proofs.noteVersions(now)
	later.noteUnreadable()
	for i := range later.memvers {
		m := &later.memvers[i]
		if at, ok := f.memverAt(m.key); ok {
			m.under(f.memvers[at].prefix)
		}
	}
	var list [][]byte
	var own []bool // its app has a serializer of its own
	for i := range f.suspects.list {
		s := &f.suspects.list[i]
		if f.status(s).State != Stale {
			continue
		}
		name := f.snap.Name(s.id)
		if _, live := later.versions.resolve(later.memvers, name); !live && later.status(s).State == Stale {
			list = append(list, name)
			own = append(own, f.OwnSerializer(string(name[:s.prefix])))
		}
	}
	kept := list[:0:len(list)]
	err = src.Heads(ctx, list, headBytes, func(i int, head []byte, err error) {
		if err == nil && len(head) > 0 && (own[i] || WrittenByLibrary(head)) {
			kept = append(kept, list[i])
		}
	})
	return kept, err
}

// OwnSerializer reports whether the app with a prefix writes values in another
// form than the library does.
func (f *Index) OwnSerializer(prefix string) bool {
	return slices.ContainsFunc(f.memvers, func(m memver) bool { return m.codec != "" && m.prefix == prefix })
}

// noteFormerVersions remembers whose versions the names of suspects with proven
// calls end in, so that other results of the function are known as well.
func (f *Index) noteFormerVersions() {
	for i := range f.suspects.list {
		s := &f.suspects.list[i]
		name := f.snap.Name(s.id)
		if _, ok := f.proofs.get(name[s.prefix : s.prefix+digestLen]); !ok {
			continue
		}
		e := f.entryOf(name, s.prefix)
		for n, v := range e.versions() {
			if base, ok := f.formerKey(&e, n, v); ok {
				f.proofs.noteVersion(v, base+memverEnd)
			}
		}
	}
}
