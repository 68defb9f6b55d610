// Package flaskcaching knows how Flask-Caching names and stores things in
// Redis: the key of a view, a query, a memoized call, a version, a template
// fragment; the bytes of a value; what a timeout means. It builds each of them
// and recognises each of them.
//
// It covers Flask-Caching 1.3 to 2.4 and, where Rules say so, the rules of
// 2.5. It is pure: the values of versions and the existence of keys come in as
// arguments. It never runs a function, and it does not guess arguments that a
// hash hides: it only tests a guess.
package flaskcaching

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"
)

// DefaultPrefix is CACHE_KEY_PREFIX when the app does not set it.
const DefaultPrefix = "flask_cache_"

// Parts of names that the library puts in.
const (
	ViewPrefix     = "view/"
	memverSuffix   = "_memver"
	FragmentPrefix = "_template_fragment_cache_"
)

// Rules are what the keys of an app depend on, apart from the call itself. The
// zero value is Flask-Caching up to 2.4 without a prefix; see Default.
type Rules struct {
	// Prefix is CACHE_KEY_PREFIX. It stands before every key.
	Prefix string
	// Hash is hash_method; nil is MD5, with Next SHA-256.
	Hash func() hash.Hash
	// Source is the source text of the function, when source_check is on.
	Source string
	// Next turns on the rules of Flask-Caching 2.5: cleaned function names,
	// falsy defaults that count, view/ in front of queries.
	Next bool
	// Python312 writes an OrderedDict as Python 3.12 and later do.
	Python312 bool
}

// Default returns the rules of an app that sets nothing.
func Default() Rules { return Rules{Prefix: DefaultPrefix} }

// Key returns the key of cache.set(name): the name behind the prefix.
func (r Rules) Key(name string) []byte { return []byte(r.Prefix + name) }

// View returns the key of @cached() for a decoded request path.
func (r Rules) View(path string) []byte { return r.Named(ViewPrefix+"%s", path) }

// Named returns the key of @cached(key_prefix=...). A "%s" in keyPrefix stands
// for the path.
func (r Rules) Named(keyPrefix, path string) []byte {
	name := strings.Replace(keyPrefix, "%s", path, 1)
	if r.Source != "" {
		name += r.hex(r.Source)
	}
	return r.Key(name)
}

// Query returns the key of @cached(query_string=True) for a decoded request
// path and the decoded pairs of its query, in any order.
func (r Rules) Query(path string, query []Arg) []byte {
	if r.Next {
		path = ViewPrefix + path
	}
	return r.Key(path + r.hex(queryText(query), r.Source))
}

// Memver returns the key that holds the version of a memoized function, or,
// with an instance, of its method on that instance. function is
// module.qualname, instance the repr of the object.
func (r Rules) Memver(function, instance string) []byte {
	if instance != "" {
		function += "." + instance
	}
	return r.Key(r.clean(function) + memverSuffix)
}

// Memoize returns the key of a memoized call. text is what CallText makes;
// versions are the values of the function's memver and, for a method, of the
// instance's.
func (r Rules) Memoize(text string, versions ...string) []byte {
	return r.Key(r.Digest(text) + strings.Join(versions, ""))
}

// Digest returns the sixteen characters that a memoized call's key begins with.
// They are 96 bits of a hash: a text that gives the digest of a key is the
// text of that key.
func (r Rules) Digest(text string) string {
	return base64.StdEncoding.EncodeToString(r.sum(text, r.Source))[:digestLen]
}

// Fragment returns the key of {% cache timeout, name, varyOn... %}.
func (r Rules) Fragment(name string, varyOn ...string) []byte {
	if len(varyOn) > 0 {
		name += "_" + strings.Join(varyOn, "_")
	}
	return r.Key(FragmentPrefix + name)
}

// sum hashes the parts one after the other.
func (r Rules) sum(parts ...string) []byte {
	h := md5.New()
	switch {
	case r.Hash != nil:
		h = r.Hash()
	case r.Next:
		h = sha256.New()
	}
	for _, p := range parts {
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

func (r Rules) hex(parts ...string) string { return hex.EncodeToString(r.sum(parts...)) }

// clean drops what 2.5 does not allow in a function's name. Before, the table
// that should have done it never matched.
func (r Rules) clean(function string) string {
	if !r.Next {
		return function
	}
	return CleanName(function)
}

// CleanName drops from the name of a function, or of a method and its object,
// what Flask-Caching 2.5 does not allow in the names of version keys.
func CleanName(function string) string {
	return strings.Map(func(c rune) rune {
		if c > 0xff || c == '_' || c == '.' || isDigit(c) || isLetter(c) {
			return c
		}
		return -1
	}, function)
}

func isDigit(c rune) bool  { return '0' <= c && c <= '9' }
func isLetter(c rune) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
