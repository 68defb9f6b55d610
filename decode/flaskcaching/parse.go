package flaskcaching

import (
	"strings"
)

// Kind is which of the library's functions a key belongs to.
type Kind string

// The kinds of key.
const (
	View     Kind = "view"     // @cached()
	Named    Kind = "named"    // @cached(key_prefix=...) with the path in it
	Query    Kind = "query"    // @cached(query_string=True)
	Memoize  Kind = "memoize"  // @memoize: a stored result
	Memver   Kind = "memver"   // @memoize: the version of a function
	Fragment Kind = "fragment" // {% cache %} in a Jinja template
	Manual   Kind = "manual"   // a name the app chose: cache.set or key_prefix="..."
)

// Lengths of the parts of a memoize key, in characters.
const (
	digestLen  = 16
	versionLen = 6
)

// Key is a key taken apart. Fields that its kind does not have are empty.
type Key struct {
	Kind   Kind
	Prefix string // CACHE_KEY_PREFIX
	Name   string // all that comes after the prefix

	Path   string // View, Query, Named: the request's path
	Digest string // Query: hex; Memoize: sixteen characters; View: hex of the source
	// Versions are the one or two versions in a Memoize key: the function's
	// and, for a method, the instance's.
	Versions []string
	// Function is module.qualname and Instance the repr of the object, in a
	// Memver key. In a readable Memoize key (memoize:square:4) Function is
	// the plain name and Args what follows it.
	Function string
	Instance string
	Args     string
	Readable bool

	// Fragment is the name of a template fragment and what it varies on, with
	// "_" between them: nothing in a key tells where the name ends.
	Fragment string
}

// Parse takes a key apart by the rules of an app with the given prefix, and
// reports whether the key starts with that prefix. What only looks like a
// Memoize key, because an app chose such a name, cannot be told from one: the
// versions decide (Versions.Owner).
func Parse(key []byte, prefix string) (Key, bool) {
	name, ok := strings.CutPrefix(string(key), prefix)
	if !ok {
		return Key{}, false
	}
	k := Key{Kind: Manual, Prefix: prefix, Name: name}
	k.recognise()
	return k, true
}

// ParseAny is Parse for a key whose prefix is not known. It finds the keys
// with the default prefix, and under any prefix those whose name alone says
// what they are: versions and template fragments.
func ParseAny(key []byte) (Key, bool) {
	if k, ok := Parse(key, DefaultPrefix); ok {
		return k, true
	}
	s := string(key)
	if at := strings.Index(s, FragmentPrefix); at >= 0 {
		return Parse(key, s[:at])
	}
	if name, ok := strings.CutSuffix(s, memverSuffix); ok {
		if at := functionStart(name); at >= 0 {
			return Parse(key, s[:at])
		}
	}
	return Key{}, false
}

func (k *Key) recognise() {
	name := k.Name
	if path, ok := strings.CutPrefix(name, ViewPrefix+"/"); ok {
		k.Kind, k.Path = View, "/"+path
		// The digest of the source, or of the query, stands right behind the path.
		if n := hexSuffix(path); n > 0 && n < len(path) && (isDigit(rune(path[len(path)-n-1])) || isLetter(rune(path[len(path)-n-1]))) {
			k.Path, k.Digest = "/"+path[:len(path)-n], path[len(path)-n:]
		}
		return
	}
	if rest, ok := strings.CutPrefix(name, FragmentPrefix); ok {
		k.Kind, k.Fragment = Fragment, rest
		return
	}
	if function, ok := strings.CutSuffix(name, memverSuffix); ok && strings.Contains(function, ".") {
		k.Kind = Memver
		k.Function, k.Instance = splitInstance(function)
		return
	}
	if n := hexSuffix(name); n > 0 && strings.HasPrefix(name, "/") {
		k.Kind, k.Path, k.Digest = Query, name[:len(name)-n], name[len(name)-n:]
		return
	}
	if looksMemoized(name) {
		k.Kind, k.Digest = Memoize, name[:digestLen]
		for v := name[digestLen:]; v != ""; v = v[versionLen:] {
			k.Versions = append(k.Versions, v[:versionLen])
		}
		return
	}
	if rest, ok := strings.CutPrefix(name, "memoize:"); ok {
		k.Kind, k.Readable = Memoize, true
		k.Function, k.Args, _ = strings.Cut(rest, ":")
		return
	}
	if at := strings.IndexByte(name, '/'); at > 0 && !isWord(name[at-1]) {
		k.Kind, k.Path = Named, name[at:]
	}
}

// looksMemoized reports whether name is base64 of the length of a memoize key.
// A name in one case only is not taken: of a hundred thousand keys one has no
// capital letter.
func looksMemoized(name string) bool {
	if len(name) != digestLen+versionLen && len(name) != digestLen+2*versionLen {
		return false
	}
	var upper, lower bool
	for _, c := range []byte(name) {
		switch {
		case 'A' <= c && c <= 'Z':
			upper = true
		case 'a' <= c && c <= 'z':
			lower = true
		case '0' <= c && c <= '9', c == '+', c == '/':
		default:
			return false
		}
	}
	return upper && lower
}

// hexSuffix returns the length of the digest that s ends with, of MD5, SHA-1,
// or any of SHA-2, and 0 when there is none.
func hexSuffix(s string) int {
	n := 0
	for n < len(s) && strings.IndexByte("0123456789abcdef", s[len(s)-1-n]) >= 0 {
		n++
	}
	for _, size := range []int{128, 96, 64, 56, 40, 32} {
		if n >= size {
			return size
		}
	}
	return 0
}

// splitInstance takes the repr of an instance off a function's name: the name
// is identifiers with dots between them, "<locals>" and "<lambda>" included.
func splitInstance(s string) (function, instance string) {
	for at := 0; at < len(s); {
		part, _, _ := strings.Cut(s[at:], ".")
		if !isNamePart(part) {
			if at == 0 {
				return s, ""
			}
			return s[:at-1], s[at:]
		}
		at += len(part) + 1
	}
	return s, ""
}

// functionStart returns where module.qualname starts in name, which has an
// unknown prefix in front: after the last character before its first dot that
// cannot be in a module's name, or where "__main__" is; -1 when there is none.
func functionStart(name string) int {
	function, _ := splitInstance(name)
	if at := strings.Index(name, "__main__."); at >= 0 {
		return at
	}
	dot := strings.IndexByte(function, '.')
	if dot <= 0 {
		return -1
	}
	at := dot
	for at > 0 && isWord(name[at-1]) {
		at--
	}
	if at == dot || isDigit(rune(name[at])) {
		return -1
	}
	return at
}

func isNamePart(s string) bool {
	if s == "<locals>" || s == "<lambda>" {
		return true
	}
	if s == "" || isDigit(rune(s[0])) {
		return false
	}
	for i := range len(s) {
		if !isWord(s[i]) && s[i] < 0x80 {
			return false
		}
	}
	return true
}

func isWord(c byte) bool { return c == '_' || isDigit(rune(c)) || isLetter(rune(c)) }
