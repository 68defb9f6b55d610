package keyname

import (
	"regexp"
	"strings"
)

// Django writes PREFIX:VERSION:KEY. Without a prefix the name starts with a
// colon, which hardly anybody else does; with one, only what Django itself
// caches is certain.
var (
	djangoKey      = regexp.MustCompile(`(?s)^(?P<prefix>[^:]*):(?P<version>\d+):(?P<key>.+)$`)
	djangoPage     = regexp.MustCompile(`(?s)^views\.decorators\.cache\.(?P<kind>cache_page|cache_header)\.(?P<key_prefix>.*?)\.(?:(?P<method>GET|HEAD)\.)?(?P<url_md5>[0-9a-f]{32})(?:\.(?P<headers_md5>[0-9a-f]{32}))?(?P<locale>\..*)?$`)
	djangoFragment = regexp.MustCompile(`(?s)^template\.cache\.(?P<name>.*)\.(?P<vary_on_md5>[0-9a-f]{32})$`)
	djangoSession  = regexp.MustCompile(`^django\.contrib\.sessions\.(?P<store>cache|cached_db)(?P<session_key>[a-z0-9]{32})$`)
)

func django(s string) (Key, bool) {
	m, ok := match(djangoKey, s, ":")
	if !ok {
		return Key{}, false
	}
	k := Key{Framework: "django", Kind: "value", Certain: true}.
		with("prefix", m["prefix"]).with("version", m["version"]).with("key", m["key"])
	k.Invalidate = "cache.delete(" + quoted(m["key"]) + ", version=" + m["version"] + ")"
	if m["version"] == "1" {
		k.Invalidate = "cache.delete(" + quoted(m["key"]) + ")"
	}
	if p, ok := match(djangoPage, m["key"], "views.decorators.cache."); ok {
		k.Kind = p["kind"]
		k.Invalidate = "there is no call for one page: change key_prefix, or cache.clear()"
		return k.with("url_md5", p["url_md5"]), true
	}
	if f, ok := match(djangoFragment, m["key"], "template.cache."); ok {
		k.Kind = "fragment"
		k.Invalidate = "cache.delete(make_template_fragment_key(" + quoted(f["name"]) + ", vary_on))"
		return k.with("name", f["name"]), true
	}
	if f, ok := match(djangoSession, m["key"], "django.contrib.sessions."); ok {
		k.Kind = "session"
		k.Invalidate = "request.session.flush(), or log the user out"
		return k.with("session_key", f["session_key"]), true
	}
	return k, m["prefix"] == ""
}

// djangoPrefixed takes PREFIX:VERSION:KEY for Django's where nothing else fits:
// with a pickled value for any version, else for one of a single digit.
func djangoPrefixed(s string, pickled bool) (Key, bool) {
	k, _ := django(s)
	version, ok := k.Part("version")
	k.Certain = false
	return k, ok && (pickled || len(version) == 1)
}

var celeryMeta = regexp.MustCompile(`(?s)^(?P<prefix>.*?)celery-(?P<what>task|taskset)-meta-(?P<id>.+)$`)

func celery(s string) (Key, bool) {
	k := Key{Framework: "celery", Certain: true}
	if m, ok := match(celeryMeta, s, "celery-task"); ok {
		k.Kind = "result"
		k.Invalidate = "AsyncResult(" + quoted(m["id"]) + ").forget()"
		if m["what"] == "taskset" {
			k.Kind = "group"
			k.Invalidate = "GroupResult.restore(" + quoted(m["id"]) + ").delete()"
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
		k.Kind, k.Certain = "queue", priority
		k.Invalidate = "app.control.purge() drops the tasks that wait"
		return k.with("queue", s), true
	case s == "unacked" || s == "unacked_index" || s == "unacked_mutex":
		k.Kind = "unacknowledged"
		return k, true
	}
	return Key{}, false
}

var rqKey = regexp.MustCompile(`(?s)^rq:(?P<kind>job|queue|worker|workers|queues|failed|finished|wip|deferred|scheduled|canceled|results|scheduler|cron|executions|intermediate)(?::(?P<id>.+))?$`)

func rq(s string) (Key, bool) {
	m, ok := match(rqKey, s, "rq:")
	if !ok {
		return Key{}, false
	}
	k := Key{Framework: "rq", Kind: m["kind"], Certain: true}
	switch m["kind"] {
	case "job":
		k.Invalidate = "Job.fetch(" + quoted(m["id"]) + ").delete()"
	case "queue":
		k.Invalidate = "Queue(" + quoted(m["id"]) + ").empty()"
	}
	return k.with("id", m["id"]), true
}

var dogpileKey = regexp.MustCompile(`(?s)^(?P<function>[\w.]+:[\w.<>]+)(?:\|(?P<namespace>[^|]*))?\|(?P<args>[^|]*)$`)

func dogpile(s string) (Key, bool) {
	m, ok := match(dogpileKey, s, "|")
	if !ok {
		return Key{}, false
	}
	k := Key{
		Framework: "dogpile.cache", Kind: "function", Certain: true,
		Invalidate: short(m["function"][strings.IndexByte(m["function"], ':')+1:]) + ".invalidate(arguments)",
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
	return Key{Framework: "dogpile.cache", Kind: "value", Certain: true, Invalidate: "region.delete(key)"}.with("key", s)
}

var aiocacheKey = regexp.MustCompile(`(?s)^(?:(?P<namespace>[^:(]*):)?(?P<function>[\w.]+)(?P<args>\(.*\))(?P<kwargs>\[.*\])$`)

func aiocache(s string) (Key, bool) {
	m, ok := match(aiocacheKey, s, "(")
	if !ok {
		return Key{}, false
	}
	k := Key{
		Framework: "aiocache", Kind: "function", Certain: true,
		Invalidate: "await function.cache.delete(key), or a new namespace",
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

var fastapiKey = regexp.MustCompile(`^(?P<prefix>[^:]*fastapi[^:]*):(?P<namespace>[^:]*):(?P<hash>[0-9a-f]{32})$`)

func fastapiCache(s string) (Key, bool) {
	m, ok := match(fastapiKey, s, "fastapi")
	if !ok {
		return Key{}, false
	}
	return Key{
		Framework: "fastapi-cache", Kind: "function", Certain: true,
		Invalidate: "await FastAPICache.clear(namespace=" + quoted(m["namespace"]) + ")",
	}.
		with("prefix", m["prefix"]).with("namespace", m["namespace"]).with("hash", m["hash"]), true
}

var requestsKey = regexp.MustCompile(`^(?P<namespace>[\w.-]*(?:http|request)[\w.-]*):(?P<cache_key>[0-9a-f]{16,64})$`)

func requestsCache(s string) (Key, bool) {
	if m, ok := match(requestsKey, s, ":"); ok {
		return Key{
			Framework: "requests-cache", Kind: "response",
			Invalidate: "session.cache.delete(" + quoted(m["cache_key"]) + ")",
		}.
			with("namespace", m["namespace"]).with("cache_key", m["cache_key"]), true
	}
	if name, ok := strings.CutSuffix(s, "-redirects"); ok && strings.Contains(name, "http") {
		return Key{
			Framework: "requests-cache", Kind: "redirects",
			Invalidate: "session.cache.clear()",
		}.with("namespace", name), true
	}
	return Key{}, false
}

var cashewsKey = regexp.MustCompile(`(?s)^(?P<function>\w+(?:\.\w+)+:\w+)(?P<args>(?::\w+:[^:]*)+)$`)

func cashews(s string) (Key, bool) {
	if !strings.Contains(s, ".") || !cashewsKey.MatchString(s) {
		return Key{}, false
	}
	return cashewsAny(s, false), true
}

// cashewsAny explains any key of cashews, whose template is the app's.
func cashewsAny(s string, certain bool) Key {
	k := Key{Framework: "cashews", Kind: "value", Certain: certain, Invalidate: "await cache.delete(" + quoted(s) + ")"}.with("key", s)
	if m, ok := match(cashewsKey, s, "."); ok {
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
	return Key{Framework: "flask-session", Kind: "session", Invalidate: "session.clear(), or log the user out"}.
		with("prefix", "session:").with("sid", sid), true
}
