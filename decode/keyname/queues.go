package keyname

import (
	"regexp"
	"strings"
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

// work knows the programs of owned. Their first words are anybody's, so that
// none is certain.
func work(s string) (Key, bool) {
	for _, o := range owned {
		if rest, ok := strings.CutPrefix(s, o.prefix); ok {
			return Key{Framework: o.framework, Kind: o.kind}.with("key", rest), true
		}
	}
	return Key{}, false
}

var laravelQueueKey = regexp.MustCompile(`(?s)^(?P<redis_prefix>[\w.-]+[_-](?:database|horizon)[_-]?:?)?queues:(?P<queue>[^:]+)(?::(?P<part>reserved|delayed|notify))?$`)

// laravelQueue knows the lists and sets that Laravel's queue workers share.
func laravelQueue(s string) (Key, bool) {
	m, ok := match(laravelQueueKey, s, "queues:")
	if !ok {
		return Key{}, false
	}
	k := Key{Framework: "laravel-queue", Kind: "queue", Certain: m["redis_prefix"] != "", Invalidate: "php artisan queue:clear"}
	k = k.with("queue", m["queue"])
	if m["part"] != "" {
		k = k.with("part", m["part"])
	}
	return k, true
}
