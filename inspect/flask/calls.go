package flask

import (
	"strings"
	"sync"

	"cacheview/decode/flaskcaching"
)

// proofs are what was proven about results and stays so: calls that have the
// digests of results, and the version keys in which versions were seen.
type proofs struct {
	mu       sync.RWMutex
	calls    map[string]provenCall // by digest
	versions map[version]string    // names of version keys
}

// provenCall is a call, written as in a program but for its parts.
type provenCall struct {
	function string // module.qualname
	args     string // "4, unit='cm'"
}

// String is the call with the whole name of its function.
func (c provenCall) String() string { return c.function + "(" + c.args + ")" }

// instance returns the object of a method's call: its first argument, a text.
func (c provenCall) instance() (string, bool) {
	first, _, err := flaskcaching.CutText(c.args)
	return first, err == nil
}

func newProofs() *proofs {
	return &proofs{calls: map[string]provenCall{}, versions: map[version]string{}}
}

func (p *proofs) get(digest []byte) (provenCall, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	call, ok := p.calls[string(digest)]
	return call, ok
}

// maxProofs bounds the memory of a program that runs for weeks.
const maxProofs = 1_000_000

func (p *proofs) put(digest string, call provenCall) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.calls) < maxProofs {
		p.calls[digest] = call
	}
}

// noteVersions remembers which version keys hold which versions.
func (p *proofs) noteVersions(list []memver) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range list {
		if m := &list[i]; m.readable() && len(p.versions) < maxProofs {
			p.versions[m.version] = string(m.key)
		}
	}
}

// noteFormer remembers which version keys held versions earlier.
func (p *proofs) noteFormer(former map[string]string) {
	for v, key := range former {
		if len(v) == versionLen && IsVersionName([]byte(key)) {
			p.noteVersion(version([]byte(v)), key)
		}
	}
}

// noteVersion remembers that a version key held a version.
func (p *proofs) noteVersion(v version, key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.versions[v]; !ok && len(p.versions) < maxProofs {
		p.versions[v] = key
	}
}

func (p *proofs) versionKey(v version) (string, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	key, ok := p.versions[v]
	return key, ok
}

func (p *proofs) each(fn func(provenCall)) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, call := range p.calls {
		fn(call)
	}
}

func (p *proofs) len() int {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return len(p.calls)
}

// Adopt takes over what an older Index of the same server has proven. It must
// be called before the Index is used by others.
func (f *Index) Adopt(older *Index) {
	if older != nil {
		f.proofs = older.proofs
		f.proofs.noteVersions(f.memvers)
	}
}

// Call returns the call whose result an entry holds, as a program would write
// it: app.square(4). It is proven, by 96 bits of its hash, and is not there for
// an entry whose arguments were not guessed: see Guess.
func (f *Index) Call(key []byte) (string, bool) {
	e, ok := f.Entry(key)
	if !ok {
		return "", false
	}
	call, ok := f.proven(e)
	if !ok {
		return "", false
	}
	return call.String(), true
}

// ProvenCall is a call that is proven to have made a result.
type ProvenCall struct {
	Function string // module.qualname
	Args     string // as written in a call: "4, unit='cm'"
}

// String is the call with the whole name of its function.
func (c ProvenCall) String() string { return c.Function + "(" + c.Args + ")" }

// ProvenCall is Call with its parts.
func (f *Index) ProvenCall(key []byte) (ProvenCall, bool) {
	e, ok := f.Entry(key)
	if !ok {
		return ProvenCall{}, false
	}
	call, ok := f.proven(e)
	return ProvenCall{call.function, call.args}, ok
}

// VersionKeys returns the version keys that a live result depends on, in the
// order of the versions in its name.
func (f *Index) VersionKeys(e Entry) [][]byte {
	names := [][]byte{e.Owner.Memver}
	if at, ok := f.instanceAt(e.Owner); ok && len(e.Versions) > versionLen {
		names = append(names, f.memvers[at].key)
	}
	return names
}

// Entry is the name of a stored result taken apart.
type Entry struct {
	// Owner is the function that it belongs to: proven for a live result, and
	// for another when it is known who had its version. Owner.Function is
	// empty when that is not known.
	Owner    Owner
	Live     bool
	Digest   []byte // sixteen characters
	Versions string // one or two, of six characters each
}

// versions are the versions in the name, the function's first.
func (e *Entry) versions() []version {
	list := make([]version, 0, 2)
	for v := e.Versions; len(v) >= versionLen; v = v[versionLen:] {
		list = append(list, version([]byte(v[:versionLen])))
	}
	return list
}

// Entry takes the name of a result apart, and reports whether it is one, or may
// be: see Status.
func (f *Index) Entry(key []byte) (Entry, bool) {
	if e, ok := f.versions.resolve(f.memvers, key); ok {
		length := entryLen
		if e.instance >= 0 {
			length = methodLen
		}
		from := len(key) - length
		return Entry{Owner: f.owner(e), Live: true, Digest: key[from : from+digestLen], Versions: string(key[from+digestLen:])}, true
	}
	at, ok := f.suspects.find(f.snap, key)
	if !ok {
		return Entry{}, false
	}
	return f.entryOf(key, f.suspects.list[at].prefix), true
}

// entryOf takes the name of a suspect apart and finds out who had its version.
func (f *Index) entryOf(name []byte, prefix int) Entry {
	e := Entry{Owner: Owner{Prefix: string(name[:prefix])}, Digest: name[prefix : prefix+digestLen], Versions: string(name[prefix+digestLen:])}
	versions := e.versions()
	base, ok := f.formerKey(&e, 0, versions[0])
	if !ok {
		return e
	}
	e.Owner.Function, e.Owner.Memver = base[prefix:], []byte(base+memverEnd)
	if at, ok := f.memverAt(e.Owner.Memver); ok && len(f.memvers[at].prefix) == prefix {
		e.Owner.Function = f.memvers[at].name
	}
	if len(versions) > 1 {
		if of, ok := f.formerKey(&e, 1, versions[1]); ok {
			if instance, ok := strings.CutPrefix(of, base+"."); ok {
				e.Owner.Instance = instance
			}
		}
	}
	return e
}

// proven returns the call of an entry: one of its owner, or any when that is
// not known.
func (f *Index) proven(e Entry) (provenCall, bool) {
	call, ok := f.proofs.get(e.Digest)
	return call, ok && (e.Owner.Function == "" || call.function == e.Owner.Function || clean(call.function) == clean(e.Owner.Function))
}

// Display returns what to call a key of Flask-Caching on one line: square(4),
// Basket.total('<Basket 7>', 2), square(?) while the arguments are not known,
// ?(?) for a stale result of a function that is not known, the path for a view,
// and for a version the name of the function with "version of" before it. It is
// empty for what is only possibly left over, for any other key, and for one whose
// name says it all. It is not yet made safe for a terminal.
func (f *Index) Display(key []byte) string {
	if e, ok := f.Entry(key); ok {
		call, known := f.proven(e)
		switch {
		case known:
			return ShortName(call.function) + "(" + call.args + ")"
		case e.Owner.Function != "" && e.Owner.Instance != "":
			return ShortName(e.Owner.Function) + "(" + flaskcaching.Quote(e.Owner.Instance) + ", ?)"
		case e.Owner.Function != "":
			return ShortName(e.Owner.Function) + "(?)"
		case f.Status(key).State == Stale:
			return "?(?)"
		}
		return ""
	}
	k, ok := f.Parse(key)
	if !ok {
		return ""
	}
	switch k.Kind {
	case flaskcaching.Memver:
		if at, ok := f.memverAt(key); !ok || !f.memvers[at].readable() {
			return "" // by its name only
		}
		if k.Instance != "" {
			return "version of " + ShortName(k.Function) + " of " + k.Instance
		}
		return "version of " + ShortName(k.Function)
	case flaskcaching.View:
		return k.Path
	case flaskcaching.Query:
		return k.Path + "?…"
	case flaskcaching.Memoize:
		if k.Readable {
			return ReadableCall(k.Function, k.Args)
		}
	}
	return ""
}

// ReadableCall is the call behind a key in the readable layout,
// memoize:square:4.
func ReadableCall(function, args string) string {
	return function + "(" + strings.ReplaceAll(args, ":", ", ") + ")"
}

// Parse takes a key apart that begins with the prefix of an app.
func (f *Index) Parse(key []byte) (flaskcaching.Key, bool) {
	if at, ok := f.memverAt(key); ok {
		m := &f.memvers[at]
		return flaskcaching.Key{
			Kind: flaskcaching.Memver, Prefix: m.prefix, Name: string(key[len(m.prefix):]),
			Function: m.name, Instance: m.instance,
		}, true
	}
	if p, ok := f.PrefixOf(key); ok && p != "" {
		return flaskcaching.Parse(key, p)
	} else if ok {
		// Without a prefix, only what nobody else would call so.
		k, _ := flaskcaching.Parse(key, "")
		switch k.Kind {
		case flaskcaching.View, flaskcaching.Query, flaskcaching.Fragment:
			return k, true
		}
	}
	return flaskcaching.ParseAny(key)
}

// ShortName is module.qualname without the module: the last part, the classes
// before it (which are written with a capital) and the functions around it.
func ShortName(function string) string {
	parts := strings.Split(function, ".")
	from := len(parts) - 1
	for i, p := range parts {
		if p == "<locals>" && i > 0 {
			from = i - 1
			break
		}
	}
	for from > 0 && parts[from-1] != "" && 'A' <= parts[from-1][0] && parts[from-1][0] <= 'Z' {
		from--
	}
	return strings.Join(parts[from:], ".")
}

// CutLast cuts a dotted name before its last part.
func CutLast(name string) (before, last string, ok bool) {
	at := strings.LastIndexByte(name, '.')
	if at < 0 {
		return "", name, false
	}
	return name[:at], name[at+1:], true
}
