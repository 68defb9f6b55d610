package keyname

import (
	"strings"

	"cacheview/decode/evidence"
)

// Role is what an application keeps a key for.
type Role int

// The roles. What is not a cache entry cannot be computed again: whoever
// deletes it logs people out, drops work, or lets two do what one should.
const (
	Unknown Role = iota // no convention says
	Entry               // of a cache
	Session
	Queue     // queues, jobs and their results
	Lock      // who holds what
	RateLimit // what a rate limiter has counted
)

// NonCacheRoles are the roles of what is no cache entry, in the order in which they
// are told.
func NonCacheRoles() []Role { return []Role{Session, Queue, Lock, RateLimit} }

// String is what keys of the role are called, in the plural.
func (r Role) String() string {
	return [...]string{"unknown", "cache entries", "sessions", "queues and jobs", "locks", "rate limits"}[r]
}

// Singular is what a key of the role is called.
func (r Role) Singular() string {
	return [...]string{"unknown", "cache entry", "session", "queue or job", "lock", "rate limit"}[r]
}

// RoleOf finds what a key is for: by the framework that wrote it, as name and
// value show, and where that is unknown by a word such as session or lock between
// colons, which the value may refute.
func RoleOf(name []byte, sample Sample) Role {
	k := Explain(name, sample)
	if r := k.role(); r > Entry || r == Entry && k.Grade == evidence.Proven {
		return r
	}
	if sample.is(formFlask) {
		return Entry // whatever its name, a cache library wrote it
	}
	if r := byWord(string(name)); r != Unknown && sample.isType(roleTypes[r]...) {
		return r
	}
	return k.role()
}

// roleTypes are the types of what a word in a name may stand for.
var roleTypes = map[Role][]string{
	Session:   {"string", "hash", "zset", "set"},
	Queue:     {"list", "zset", "set", "hash", "stream"},
	Lock:      {"string", "hash", "zset"},
	RateLimit: {"string", "hash", "zset", "list"},
}

// role is what the framework and the kind say.
func (k Key) role() Role {
	switch k.Framework {
	case "":
		return Unknown
	case "celery", "rq", "bullmq", "sidekiq", "arq", "dramatiq", "huey", "resque", "redbeat", "laravel-queue", "asynq", "apscheduler", "channels":
		return Queue
	case "rack-attack", "limits":
		return RateLimit
	}
	switch k.Kind {
	case "session", "session-expiry", "expirations", "index":
		return Session
	case "lock":
		return Lock
	}
	return Entry
}

// byWord looks for a telling word between colons. A name with cache in it is a
// cache's, whatever it caches.
func byWord(s string) Role {
	if strings.Contains(s, "cache") {
		return Unknown
	}
	for part := range strings.SplitSeq(s, ":") {
		part = strings.ToLower(part)
		switch part {
		case "session", "sessions", "sess":
			return Session
		case "queue", "queues", "job", "jobs":
			return Queue
		}
		if i := strings.LastIndexAny(part, "._-/"); i >= 0 {
			part = part[i+1:] // order_lock, but not block
		}
		switch part {
		case "lock", "locks", "mutex", "redlock":
			return Lock
		case "ratelimit", "throttle":
			return RateLimit
		}
	}
	return Unknown
}
