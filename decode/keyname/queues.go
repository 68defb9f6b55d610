package keyname

import (
	"strings"

	"cacheview/decode/lazyre"
)

// owned are the names of programs that keep work, locks and counts in Redis,
// which say no more than whose they are. kind is that of every such key.
var owned = []struct{ prefix, framework, kind string }{
	{"arq:", "arq", "job"},
	{"dramatiq:", "dramatiq", "queue"},
	{"dramatiq-results:", "dramatiq", "result"},
	{"huey.", "huey", "queue"},
	{"resque:", "resque", "queue"},
	{"redbeat:", "redbeat", "schedule"},
	{"LIMITER/", "limits", "limit"},
	{"LIMITS:", "limits", "limit"},
	{"rlflx:", "limits", "limit"},
	{"lock:", "redis-lock", "lock"},
	{"lock-signal:", "redis-lock", "lock"},
	{"job-lock:", "shedlock", "lock"},
	{"redisson_lock", "redisson", "lock"},
}

// ownedTypes are the types of the values that these programs write. Their names
// begin with words that others use, so type and name together prove nothing.
var ownedTypes = map[string][]string{
	"arq": {"zset", "string", "list", "hash"}, "dramatiq": {"list", "hash", "string", "zset", "set"},
	"huey": {"list", "hash", "zset", "string"}, "resque": {"list", "set", "string", "hash"}, "redbeat": {"hash", "zset", "set", "string"},
	"limits": {"string", "zset", "hash", "list"}, "redis-lock": {"string", "list"}, "shedlock": {"string"}, "redisson": {"hash", "string", "list", "zset"},
}

// owners knows the programs of owned.
func owners(s string) (Key, bool) {
	for _, o := range owned {
		if rest, ok := strings.CutPrefix(s, o.prefix); ok {
			return Key{Framework: o.framework, Kind: o.kind, claim: weak}.with("key", rest), true
		}
	}
	return Key{}, false
}

var laravelQueueKey = lazyre.New(`(?s)^(?P<redis_prefix>[\w.-]+[_-](?:database|horizon)[_-]?:?)?queues:(?P<queue>[^:]+)(?::(?P<part>reserved|delayed|notify))?$`)

// laravelQueue knows the lists and sets that Laravel's queue workers share.
func laravelQueue(s string) (Key, bool) {
	m, ok := match(laravelQueueKey, s, "queues:")
	if !ok {
		return Key{}, false
	}
	k := Key{Framework: "laravel-queue", Kind: "queue", claim: weak}
	if m["redis_prefix"] != "" {
		k.claim = distinct
	}
	k = k.with("queue", m["queue"])
	if m["part"] != "" {
		k = k.with("part", m["part"])
	}
	return k, true
}
