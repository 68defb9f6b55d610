package keyname

import (
	"strings"

	"cacheview/decode/lazyre"
)

var springSessionKey = lazyre.New(`(?s)^(?P<namespace>.*spring:session):(?P<kind>sessions:expires|sessions|expirations|index):?(?P<id>.*)$`)

func springSession(s string) (Key, bool) {
	m, ok := match(springSessionKey, s, "spring:session")
	if !ok {
		return Key{}, false
	}
	kind := map[string]string{"sessions": "session", "sessions:expires": "session-expiry", "expirations": "expirations", "index": "index"}[m["kind"]]
	return Key{
		Framework: "spring-session", Kind: kind, claim: distinct,
		Invalidate: statement("sessionRepository.deleteById(%s);", java, m["id"]),
	}.with("namespace", m["namespace"]).with("id", m["id"]), true
}

// spring takes cacheName::key, which Spring's cache abstraction writes.
func spring(s string) (Key, bool) {
	cache, key, ok := strings.Cut(s, "::")
	if !ok || cache == "" || key == "" {
		return Key{}, false
	}
	return Key{
		Framework: "spring", Kind: "value", claim: shape,
		Invalidate: statement("cacheManager.getCache(%s).evict(%s);", java, cache, key),
	}.
		with("cache", cache).with("key", key), true
}
