package keyname

import (
	"strings"

	"cacheview/decode/lazyre"
)

// wordpressKey is PREFIX:[BLOG:]GROUP:KEY, as the object caches of WordPress write
// it. The groups are WordPress' own.
var wordpressKey = lazyre.New(`(?s)^(?P<prefix>[^:]*):(?:(?P<blog>\d+):)?(?P<group>posts|post_meta|post-queries|options|site-options|users|user_meta|usermeta|userlogins|useremail|userslugs|terms|term_meta|term-queries|comment|comment_meta|comment-queries|transient|site-transient|themes|plugins|counts|blog-details|networks|sites):(?P<key>.+)$`)

func wordpress(s string) (Key, bool) {
	m, ok := match(wordpressKey, s, ":")
	if !ok {
		return Key{}, false
	}
	k := Key{Framework: "wordpress", Kind: "value", claim: weak}
	switch {
	case m["group"] == "options" && (m["key"] == "alloptions" || m["key"] == "notoptions"):
		k.claim = distinct
	case !strings.Contains(m["prefix"], "wp"): // the prefix of its tables
		return Key{}, false
	}
	k.Invalidate = statement("wp_cache_delete(%s, %s);", php, m["key"], m["group"])
	for _, name := range []string{"prefix", "blog", "group", "key"} {
		if m[name] != "" {
			k = k.with(name, m[name])
		}
	}
	return k, true
}

// magentoKey is zc:k:ID of Cm_Cache_Backend_Redis, with zc:ti:TAG and zc:tags.
var magentoKey = lazyre.New(`(?s)^zc:(?P<part>k|ti|tags|ids)(?::(?P<id>.+))?$`)

func magento(s string) (Key, bool) {
	m, ok := match(magentoKey, s, "zc:")
	if !ok {
		return Key{}, false
	}
	kind := map[string]string{"k": "value", "ti": "tag", "tags": "tags", "ids": "tags"}[m["part"]]
	return Key{Framework: "magento", Kind: kind, claim: weak}.with("id", m["id"]), true
}
