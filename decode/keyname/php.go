package keyname

import (
	"strings"

	"cacheview/decode/lazyre"
)

// laravelKey is the connection's prefix and the cache's prefix, with the
// separators of the versions: laravel_database_laravel_cache:k (8),
// laravel_cache_:k (9, 10), laravel_cache_k (11, 12), laravel-cache-k (13).
var (
	laravelKey  = lazyre.New(`(?s)^(?P<redis_prefix>[\w.-]*?[_-]database[_-])?(?P<cache_prefix>[\w.-]*?[_-]cache(?:_:|:|_|-))(?P<key>.+)$`)
	laravelTag  = lazyre.New(`(?s)^tag:(?P<tag>.+):(?P<what>key|entries)$`)
	laravelRefs = lazyre.New(`^(?P<tag_id>[0-9a-f]{14}\d{8,9}):(?P<what>standard|forever)_ref$`)
	laravelItem = lazyre.New(`(?s)^(?P<tags_sha1>[0-9a-f]{40}):(?P<key>.+)$`)
)

func laravel(s string) (Key, bool) {
	m, ok := match(laravelKey, s, "cache")
	named := strings.HasPrefix(m["cache_prefix"], "laravel")
	if !ok || m["redis_prefix"] == "" && !named {
		return Key{}, false
	}
	k := Key{Framework: "laravel", Kind: "value", claim: distinct, Invalidate: statement("Cache::forget(%s)", php, m["key"])}
	if m["redis_prefix"] != "" {
		k = k.with("redis_prefix", m["redis_prefix"])
	}
	k = k.with("cache_prefix", m["cache_prefix"]).with("key", m["key"])
	if t, ok := match(laravelTag, m["key"], "tag:"); ok {
		k.Kind = map[string]string{"key": "tag-id", "entries": "tag-entries"}[t["what"]]
		k.Invalidate = statement("Cache::tags([%s])->flush()", php, t["tag"])
		return k.with("tag", t["tag"]), true
	}
	if r, ok := match(laravelRefs, m["key"], "_ref"); ok {
		k.Kind, k.Invalidate = "tag-refs", ""
		return k.with("tag_id", r["tag_id"]), true
	}
	if i, ok := match(laravelItem, m["key"], ":"); ok {
		k.Kind = "tagged"
		return k.with("tags_sha1", i["tags_sha1"]).with("item", i["key"]), true
	}
	return k, true
}

func phpSession(s string) (Key, bool) {
	sid, ok := strings.CutPrefix(s, "PHPREDIS_SESSION:")
	if !ok {
		return Key{}, false
	}
	return Key{Framework: "php-session", Kind: "session", claim: distinct, Invalidate: statement("session_id(%s); session_start(); session_destroy();", php, sid)}.with("sid", sid), true
}

// symfonyTagMark stands between a namespace and a tag. Symfony's own mark is
// two bytes 01 around the word; some versions write 00.
var symfonyTagMark = lazyre.New(`(?s)^(?P<namespace>.*?):?[\x00\x01]tags[\x00\x01](?P<tag>.*)$`)

func symfonyTag(s string) (Key, bool) {
	m, ok := match(symfonyTagMark, s, "tags")
	if !ok {
		return Key{}, false
	}
	return Key{
		Framework: "symfony", Kind: "tag", claim: distinct,
		Invalidate: statement("$cache->invalidateTags([%s])", php, m["tag"]),
	}.
		with("namespace", m["namespace"]).with("tag", m["tag"]), true
}

// symfonyAny explains a key whose value has one of Symfony's envelopes.
func symfonyAny(s string) Key {
	if k, ok := symfonyTag(s); ok {
		return k
	}
	namespace, key := cutLast(s) // Symfony allows no colon in a key
	return Key{
		Framework: "symfony", Kind: "value",
		Invalidate: statement("$cache->deleteItem(%s)", php, key),
	}.with("namespace", namespace).with("key", key)
}
