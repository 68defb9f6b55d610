package keyname

import (
	"strings"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/lazyre"
)

// flaskCaching explains the keys of Flask-Caching by the library's own rules.
func flaskCaching(s string) (Key, bool) {
	f, ok := flaskcaching.ParseAny([]byte(s))
	if !ok {
		return Key{}, false
	}
	k := Key{Framework: "flask-caching", Kind: string(f.Kind), claim: weak}.with("prefix", f.Prefix)
	switch f.Kind {
	case flaskcaching.View:
		k.Invalidate = "cache.delete(" + quoted(f.Name) + ")"
		if k = k.with("path", f.Path); f.Digest != "" {
			k = k.with("hash", f.Digest)
		}
		return k, true
	case flaskcaching.Query:
		k.Invalidate = "cache.delete(" + quoted(f.Name) + ")  # this query only"
		k = k.with("path", f.Path).with("hash", f.Digest)
		if f.Digest == noQuery {
			k = k.with("query", "")
		}
		return k, true
	case flaskcaching.Memoize:
		return memoized(k, f), true
	case flaskcaching.Memver:
		k = k.with("function", f.Function)
		if f.Instance != "" {
			k = k.with("instance", f.Instance)
		}
		k.Invalidate = "cache.delete(" + quoted(f.Name) + ")  # all results with this version"
		return k, true
	case flaskcaching.Fragment:
		k = k.with("name", f.Fragment)
		k.Invalidate = "cache.delete(" + quoted(f.Name) + ")"
		return k, true
	case flaskcaching.Named:
		k = k.with("path", f.Path)
	}
	k.Invalidate = "cache.delete(" + quoted(f.Name) + ")"
	return k.with("key", f.Name), true
}

// noQuery is the digest of a request without a query.
const noQuery = "bcd8b0c2eb1fce714eab6cef0d771acc"

func memoized(k Key, f flaskcaching.Key) Key {
	k.Invalidate = "cache.delete(" + quoted(f.Name) + ")"
	if f.Readable {
		return k.with("function", f.Function).with("args", f.Args)
	}
	return k.with("hash", f.Digest).with("memver", strings.Join(f.Versions, ""))
}

// quoted is text as a Python literal.
func quoted(s string) string { return flaskcaching.Quote(s) }

var supersetKey = lazyre.New(`^(?P<prefix>superset_[\w-]*?)(?P<hash>[0-9a-f]{32}|[0-9a-f]{64})$`)

// superset stores queries through Flask-Caching, under hashes of its own.
func superset(s string) (Key, bool) {
	m, ok := match(supersetKey, s, "superset_")
	if !ok {
		return Key{}, false
	}
	return Key{
		Framework: "superset", Kind: "query", claim: distinct,
		Invalidate: statement("cache_manager.data_cache.delete(%s)", python, m["hash"]),
	}.with("prefix", m["prefix"]).with("hash", m["hash"]), true
}
