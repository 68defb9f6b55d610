package laravel

import (
	"strings"

	"cacheview/decode/keyname"
	"cacheview/decode/lazyre"
)

var (
	// typed is Cache::tags([…])->get(…), with cache() and other methods as well.
	typed  = lazyre.New(`(?s)^\s*\\?(?:Cache::|cache\(\)->)(?:tags\((?P<tags>[^)]*)\)->)?(?P<method>get|has|put|remember|rememberForever|forever|forget|pull|many|add|increment|decrement)\(\s*(?P<key>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*").*$`)
	quoted = lazyre.New(`(?s)'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"`)
)

// parse takes a call of Laravel's cache apart. Texts with an escape other than
// that of a quote or a backslash, or with a variable, are not understood.
func parse(text string) (tags []string, key string, ok bool) {
	m := typed.Get().FindStringSubmatch(text)
	if m == nil {
		return nil, "", false
	}
	for _, q := range quoted.Get().FindAllString(m[typed.Get().SubexpIndex("tags")], -1) {
		tag, ok := unquote(q)
		if !ok {
			return nil, "", false
		}
		tags = append(tags, tag)
	}
	key, ok = unquote(m[typed.Get().SubexpIndex("key")])
	return tags, key, ok
}

func unquote(literal string) (string, bool) {
	quote, text := literal[0], literal[1:len(literal)-1]
	if quote == '"' && strings.ContainsAny(text, "$") {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		switch {
		case text[i] == quote || text[i] == '\\':
			b.WriteByte(text[i])
		case quote == '\'':
			b.WriteByte('\\')
			b.WriteByte(text[i])
		default:
			return "", false
		}
	}
	return b.String(), true
}

// call writes a call of Laravel's cache.
func call(tags []string, method, key string) string {
	if len(tags) == 0 {
		return "Cache::" + method + "(" + keyname.PHP(key) + ")"
	}
	list := make([]string, len(tags))
	for i, t := range tags {
		list[i] = keyname.PHP(t)
	}
	return "Cache::tags([" + strings.Join(list, ", ") + "])->" + method + "(" + keyname.PHP(key) + ")"
}
