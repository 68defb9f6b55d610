package flask

import (
	"crypto/md5" //nolint:gosec // hashes of keys
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"regexp"
	"slices"
	"strings"

	"cacheview/decode/flaskcaching"
)

// App is what the source of an app says of its cache. It was read as text.
type App struct {
	Functions []AppFunction
	Routes    []AppRoute
	// Prefixes are constants that CACHE_KEY_PREFIX is set to.
	Prefixes []string
	// Skipped are files that were not read, with the reason.
	Skipped []string
}

// AppFunction is a function that the app memoizes.
type AppFunction struct {
	// Names are module.qualname; the module of a file depends on how it is started,
	// so there may be several. The first is the usual one.
	Names []string
	// Def has the parameters and the options; its Name is empty.
	Def    flaskcaching.Function
	Source string // with source_check
	Hash   string // of hashlib; empty for the default
	// Open is what keeps a key from being computed, empty for nothing: make_name, an
	// option that is no constant.
	Open string
	// TimeoutMS is the timeout of the decorator, else of the app, in milliseconds; -1
	// where it is no constant, and 0 for no expiry.
	TimeoutMS int64
}

// AppRoute is a view that the app caches, under one path.
type AppRoute struct {
	Path      *regexp.Regexp
	KeyPrefix string // of @cached, "view/%s" by default
	Query     bool   // query_string
	Hash      string
	Source    string // with source_check
	Open      string
}

// hashOf returns a hash function of hashlib by its name, nil for the default one.
func hashOf(name string) func() hash.Hash {
	switch name {
	case "md5":
		return md5.New
	case "sha1":
		return sha1.New
	case "sha224":
		return sha256.New224
	case "sha256":
		return sha256.New
	case "sha384":
		return sha512.New384
	case "sha512":
		return sha512.New
	}
	return nil
}

// KnownHash reports whether a name is one of hashlib's that keys can have.
func KnownHash(name string) bool { return hashOf(name) != nil }

// rules returns the rules that an app may have, which differ by the versions of
// the library and of Python.
func appRules(hash, source string, next, python312 bool) flaskcaching.Rules {
	return flaskcaching.Rules{Hash: hashOf(hash), Source: source, Next: next, Python312: python312}
}

// Function returns the memoized function with a name, as in version keys.
func (a *App) Function(name string) (*AppFunction, bool) {
	if a == nil {
		return nil, false
	}
	for i := range a.Functions {
		for _, n := range a.Functions[i].Names {
			if n == name || clean(n) == name {
				return &a.Functions[i], true
			}
		}
	}
	return nil, false
}

// named returns the functions that a typed name may mean.
func (a *App) named(typed string) []*AppFunction {
	if a == nil {
		return nil
	}
	var list []*AppFunction
	for i := range a.Functions {
		if slices.ContainsFunc(a.Functions[i].Names, func(n string) bool { return sameFunction(n, typed) }) {
			list = append(list, &a.Functions[i])
		}
	}
	return list
}

// App returns the app that the index was built with; nil for none.
func (f *Index) App() *App { return f.opt.App }

// signed is a call by the signature of its function.
type signed struct {
	text   string // that is hashed
	call   string // as written
	digest string
	rule   string
}

// callsBy calls fn with the texts and digests that a call has by the signature of a
// function, for each version of the library. The text has the first of Names that
// name says. It reports false if an argument cannot be written.
func (a *AppFunction) callsBy(name string, call flaskcaching.Call, fn func(signed)) bool {
	ok := false
	for _, next := range []bool{false, true} {
		for _, new := range []bool{false, true} {
			if new && len(call.Kwargs) == 0 {
				continue
			}
			r := appRules(a.Hash, a.Source, next, new)
			def := a.Def
			def.Name = name
			text, err := r.CallText(def, call)
			if err != nil {
				continue
			}
			ok = true
			rule := "@memoize by its signature"
			if next {
				rule += ", Flask-Caching 2.5"
			}
			fn(signed{text: text, call: argsOf(text, name, r), digest: r.Digest(text), rule: rule})
			if next && a.Hash == "" {
				// An app may keep the hash of earlier versions.
				r.Hash = md5.New
				fn(signed{text: text, call: argsOf(text, name, r), digest: r.Digest(text), rule: rule + ", MD5"})
			}
		}
	}
	return ok
}

// argsOf cuts the arguments out of a hashed text.
func argsOf(text, name string, _ flaskcaching.Rules) string {
	rest := strings.TrimPrefix(strings.TrimPrefix(text, name), clean(name))
	at := strings.LastIndex(rest, "OrderedDict(")
	if at < 0 {
		return ""
	}
	kwargs := rest[at:]
	rest = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(rest[:at], "("), ")"), ",")
	if kwargs != "OrderedDict()" {
		rest = strings.TrimPrefix(rest+", **"+strings.TrimSuffix(strings.TrimPrefix(kwargs, "OrderedDict("), ")"), ", ")
	}
	return rest
}
