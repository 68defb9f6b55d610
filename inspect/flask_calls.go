package inspect

import (
	"strings"
	"sync"

	"cacheview/decode/flaskcaching"
)

// proofs are calls that were found to have the digests of entries. A digest is
// of a function's name and its arguments alone: what is proven stays so.
type proofs struct {
	mu    sync.RWMutex
	calls map[string]provenCall // by digest
}

// provenCall is a call, written as in a program but for its parts.
type provenCall struct {
	function string // module.qualname
	args     string // "4, unit='cm'"
}

// String is the call with the whole name of its function.
func (c provenCall) String() string { return c.function + "(" + c.args + ")" }

func newProofs() *proofs { return &proofs{calls: map[string]provenCall{}} }

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

// Adopt takes over what an older Flask of the same server has proven. It is to
// be called before the Flask is used by others.
func (f *Flask) Adopt(older *Flask) {
	if older != nil {
		f.proofs = older.proofs
	}
}

// Call returns the call whose result an entry holds, as a program would write
// it: app.square(4). It is proven, by 96 bits of its hash, and is not there for
// an entry whose arguments nobody has guessed: see Client.Guess.
func (f *Flask) Call(key []byte) (string, bool) {
	e, ok := f.take(key)
	if !ok {
		return "", false
	}
	call, ok := f.proven(e)
	if !ok {
		return "", false
	}
	return call.String(), true
}

// takenEntry is an entry's name taken apart.
type takenEntry struct {
	owner  FlaskOwner
	orphan bool
	digest []byte
}

// take takes the name of an entry apart, and reports whether it is one.
func (f *Flask) take(key []byte) (takenEntry, bool) {
	if e, ok := f.versions.resolve(f.memvers, key); ok {
		o := f.owner(e)
		length := entryLen
		if e.instance >= 0 {
			length = methodLen
		}
		from := len(key) - length
		return takenEntry{owner: o, digest: key[from : from+digestLen]}, true
	}
	if !f.Orphan(key) {
		return takenEntry{}, false
	}
	prefix, _ := f.orphaned(key)
	return takenEntry{owner: FlaskOwner{Prefix: prefix}, orphan: true, digest: key[len(prefix) : len(prefix)+digestLen]}, true
}

// proven returns the call of an entry: one of its owner, or for an orphan any.
func (f *Flask) proven(e takenEntry) (provenCall, bool) {
	call, ok := f.proofs.get(e.digest)
	return call, ok && (e.orphan || call.function == e.owner.Function)
}

// Display returns what to call a key of Flask-Caching on one line: square(4),
// Basket.total('<Basket 7>', 2), square(?) while the arguments are not known,
// ?(?) for an orphan of a function that is not known, the path for a view, and
// for a version the name of the function with "version of" before it. It is
// empty for any other key, and for one whose name says it all. It is not yet
// made safe for a terminal.
func (f *Flask) Display(key []byte) string {
	if e, ok := f.take(key); ok {
		if call, ok := f.proven(e); ok {
			return shortName(call.function) + "(" + call.args + ")"
		}
		switch {
		case e.orphan:
			return "?(?)"
		case e.owner.Instance != "":
			return shortName(e.owner.Function) + "(" + flaskcaching.Quote(e.owner.Instance) + ", ?)"
		}
		return shortName(e.owner.Function) + "(?)"
	}
	k, ok := f.parse(key)
	if !ok {
		return ""
	}
	switch k.Kind {
	case flaskcaching.Memver:
		if k.Instance != "" {
			return "version of " + shortName(k.Function) + " of " + k.Instance
		}
		return "version of " + shortName(k.Function)
	case flaskcaching.View:
		return k.Path
	case flaskcaching.Query:
		return k.Path + "?…"
	case flaskcaching.Memoize:
		if k.Readable {
			return readableCall(k.Function, k.Args)
		}
	}
	return ""
}

// readableCall is the call behind a key in the readable layout,
// memoize:square:4.
func readableCall(function, args string) string {
	return function + "(" + strings.ReplaceAll(args, ":", ", ") + ")"
}

// parse takes a key apart that begins with the prefix of an app.
func (f *Flask) parse(key []byte) (flaskcaching.Key, bool) {
	if at, ok := f.memverAt(key); ok {
		m := &f.memvers[at]
		return flaskcaching.Key{
			Kind: flaskcaching.Memver, Prefix: m.prefix, Name: string(key[len(m.prefix):]),
			Function: m.name, Instance: m.instance,
		}, true
	}
	if p, ok := f.prefixOf(key); ok && p != "" {
		return flaskcaching.Parse(key, p)
	} else if ok {
		// Without a prefix, only what nobody else would call so.
		k, _ := flaskcaching.Parse(key, "")
		switch k.Kind {
		case flaskcaching.View, flaskcaching.Query, flaskcaching.Fragment:
			return k, true
		}
	}
	return flaskcaching.Recognise(key)
}

// shortName is module.qualname without the module: the last part, the classes
// before it (which are written with a capital) and the functions around it.
func shortName(function string) string {
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

func (p *proofs) len() int {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return len(p.calls)
}
