package keyname

import (
	"strings"

	"cacheview/decode/lazyre"
)

// Django writes PREFIX:VERSION:KEY. Without a prefix the name starts with a
// colon, which hardly anybody else does; with one, only what Django itself
// caches is certain.
var (
	djangoKey      = lazyre.New(`(?s)^(?P<prefix>[^:]*):(?P<version>\d+):(?P<key>.+)$`)
	djangoPage     = lazyre.New(`(?s)^views\.decorators\.cache\.(?P<kind>cache_page|cache_header)\.(?P<key_prefix>.*?)\.(?:(?P<method>GET|HEAD)\.)?(?P<url_md5>[0-9a-f]{32})(?:\.(?P<headers_md5>[0-9a-f]{32}))?(?P<locale>\..*)?$`)
	djangoFragment = lazyre.New(`(?s)^template\.cache\.(?P<name>.*)\.(?P<vary_on_md5>[0-9a-f]{32})$`)
	djangoSession  = lazyre.New(`^django\.contrib\.sessions\.(?P<store>cache|cached_db)(?P<session_key>[a-z0-9]{32})$`)
)

func django(s string) (Key, bool) {
	m, ok := match(djangoKey, s, ":")
	if !ok {
		return Key{}, false
	}
	k := Key{Framework: "django", Kind: "value", claim: distinct}.
		with("prefix", m["prefix"]).with("version", m["version"]).with("key", m["key"])
	k.Invalidate = DjangoDelete(m["key"], m["version"])
	if m["prefix"] != "" {
		k.claim = shape
	}
	if p, ok := match(djangoPage, m["key"], "views.decorators.cache."); ok {
		k.Kind, k.claim = p["kind"], distinct
		for _, name := range []string{"key_prefix", "method", "url_md5", "headers_md5", "locale"} {
			if text := strings.TrimPrefix(p[name], "."); text != "" {
				k = k.with(name, text)
			}
		}
		return k, true
	}
	if f, ok := match(djangoFragment, m["key"], "template.cache."); ok {
		k.Kind, k.claim = "fragment", distinct
		return k.with("name", f["name"]).with("vary_on_md5", f["vary_on_md5"]), true
	}
	if f, ok := match(djangoSession, m["key"], "django.contrib.sessions."); ok {
		k.Kind, k.claim = "session", distinct
		k.Invalidate = "SessionStore(" + python(f["session_key"]) + ").delete()"
		return k.with("session_key", f["session_key"]), true
	}
	return k, true
}

// DjangoDelete is the call that deletes a key of Django's cache API, or "" if
// Python has no text for it.
func DjangoDelete(key, version string) string {
	if version == "1" {
		return statement("cache.delete(%s)", python, key)
	}
	return statement("cache.delete(%s, version="+version+")", python, key)
}

var celeryMeta = lazyre.New(`(?s)^(?P<prefix>.*?)celery-(?P<what>task|taskset)-meta-(?P<id>.+)$`)

func celery(s string) (Key, bool) {
	k := Key{Framework: "celery", claim: distinct}
	if m, ok := match(celeryMeta, s, "celery-task"); ok {
		k.Kind = "result"
		k.Invalidate = statement("AsyncResult(%s).forget()", python, m["id"])
		if m["what"] == "taskset" {
			k.Kind = "group"
			k.Invalidate = statement("GroupResult.restore(%s).delete()", python, m["id"])
		}
		if m["prefix"] != "" {
			k = k.with("prefix", m["prefix"])
		}
		return k.with("task_id", m["id"]), true
	}
	if name, ok := strings.CutPrefix(s, "_kombu.binding."); ok {
		k.Kind = "binding"
		return k.with("exchange", name), true
	}
	// Behind two controls stands the priority of a queue that has several.
	queue, _, priority := strings.Cut(s, "\x06\x16")
	if priority {
		s = queue
	}
	switch {
	case priority || s == "celery":
		k := celeryQueue(s)
		if k.claim = weak; priority {
			k.claim = distinct
		}
		return k, true
	case s == "unacked" || s == "unacked_index" || s == "unacked_mutex":
		k.Kind, k.claim = "unacknowledged", weak
		return k.with("part", s), true
	}
	return Key{}, false
}

// celeryQueue is a list of messages that wait for a worker.
func celeryQueue(queue string) Key {
	k := Key{Framework: "celery", Kind: "queue"}
	if q := python(queue); q != "" {
		k.Invalidate = "with app.connection() as c: c.default_channel.queue_purge(" + q + ")"
	}
	return k.with("queue", queue)
}

var rqKey = lazyre.New(`(?s)^rq:(?P<kind>job|queue|worker|workers|queues|failed|finished|wip|deferred|scheduled|canceled|results|scheduler|cron|executions|intermediate)(?::(?P<id>.+))?$`)

func rq(s string) (Key, bool) {
	m, ok := match(rqKey, s, "rq:")
	if !ok {
		return Key{}, false
	}
	k := Key{Framework: "rq", Kind: m["kind"], claim: weak}
	switch m["kind"] {
	case "job":
		k.Invalidate = statement("Job.fetch(%s, connection=redis).delete()", python, m["id"])
	case "queue":
		k.Invalidate = statement("Queue(%s, connection=redis).empty()", python, m["id"])
	}
	return k.with("id", m["id"]), true
}

var dogpileKey = lazyre.New(`(?s)^(?P<function>[\w.]+:[\w.<>]+)(?:\|(?P<namespace>[^|]*))?\|(?P<args>[^|]*)$`)

func dogpile(s string) (Key, bool) {
	m, ok := match(dogpileKey, s, "|")
	if !ok {
		return Key{}, false
	}
	k := Key{
		Framework: "dogpile.cache", Kind: "function", claim: weak,
		Invalidate: statement("region.backend.delete(%s)", python, s),
	}
	k = k.with("function", m["function"])
	if m["namespace"] != "" {
		k = k.with("namespace", m["namespace"])
	}
	return k.with("args", m["args"]), true
}

// dogpileAny explains a key whose value has dogpile's envelope.
func dogpileAny(s string) Key {
	if k, ok := dogpile(s); ok {
		return k
	}
	return Key{Framework: "dogpile.cache", Kind: "value", Invalidate: statement("region.backend.delete(%s)", python, s)}.with("key", s)
}

var aiocacheKey = lazyre.New(`(?s)^(?:(?P<namespace>[^:(]*):)?(?P<function>[\w.]+)(?P<args>\(.*\))(?P<kwargs>\[.*\])$`)

func aiocache(s string) (Key, bool) {
	m, ok := match(aiocacheKey, s, "(")
	if !ok {
		return Key{}, false
	}
	k := Key{
		Framework: "aiocache", Kind: "function", claim: weak,
		Invalidate: statement("await cache.delete(%s, namespace='')", python, s),
	}
	if m["namespace"] != "" {
		k = k.with("namespace", m["namespace"])
	}
	// Module and function are written without anything between them.
	if name, ok := strings.CutPrefix(m["function"], "__main__"); ok {
		k = k.with("module", "__main__").with("function", name)
	} else {
		k = k.with("function", m["function"])
	}
	return k.with("args", m["args"]).with("kwargs", m["kwargs"]), true
}

var fastapiKey = lazyre.New(`^(?P<prefix>[^:]*fastapi[^:]*):(?P<namespace>[^:]*):(?P<hash>[0-9a-f]{32})$`)

func fastapiCache(s string) (Key, bool) {
	m, ok := match(fastapiKey, s, "fastapi")
	if !ok {
		return Key{}, false
	}
	named := weak
	if m["prefix"] == "fastapi-cache" {
		named = distinct
	}
	return Key{
		Framework: "fastapi-cache", Kind: "function", claim: named,
		Invalidate: statement("await FastAPICache.get_backend().clear(key=%s)", python, s),
	}.
		with("prefix", m["prefix"]).with("namespace", m["namespace"]).with("hash", m["hash"]), true
}

var requestsKey = lazyre.New(`^(?P<namespace>[\w.-]*(?:http|request)[\w.-]*):(?P<cache_key>[0-9a-f]{16,64})$`)

func requestsCache(s string) (Key, bool) {
	if m, ok := match(requestsKey, s, ":"); ok {
		return Key{
			Framework: "requests-cache", Kind: "response", claim: weak,
			Invalidate: statement("session.cache.delete(%s)", python, m["cache_key"]),
		}.
			with("namespace", m["namespace"]).with("cache_key", m["cache_key"]), true
	}
	if name, ok := strings.CutSuffix(s, "-redirects"); ok && strings.Contains(name, "http") {
		return Key{
			Framework: "requests-cache", Kind: "redirects", claim: weak,
		}.with("namespace", name), true
	}
	return Key{}, false
}

var cashewsKey = lazyre.New(`(?s)^(?P<function>[a-zA-Z_]\w*(?:\.\w+)*:[a-zA-Z_]\w*)(?P<args>(?::\w+:[^:]*)+)$`)

func cashews(s string) (Key, bool) {
	if !cashewsKey.Get().MatchString(s) {
		return Key{}, false
	}
	k := cashewsAny(s)
	if k.claim = shape; strings.Contains(s[:strings.IndexByte(s, ':')], ".") {
		k.claim = weak
	}
	return k, true
}

// cashewsAny explains any key of cashews, whose template is the app's.
func cashewsAny(s string) Key {
	k := Key{Framework: "cashews", Kind: "value", Invalidate: statement("await cache.delete(%s)", python, s)}.with("key", s)
	if m, ok := match(cashewsKey, s, ":"); ok {
		k.Kind = "function"
		k = k.with("function", m["function"]).with("args", m["args"][1:])
	}
	return k
}

func flaskSession(s string) (Key, bool) {
	sid, ok := strings.CutPrefix(s, "session:")
	if !ok || sid == "" || strings.Contains(sid, ":") {
		return Key{}, false
	}
	return Key{Framework: "flask-session", Kind: "session", claim: weak}.
		with("prefix", "session:").with("sid", sid), true
}
