package keyname

import (
	"cacheview/decode/lazyre"
)

var (
	asynqQueue = lazyre.New(`(?s)^asynq:\{(?P<queue>[^}]*)\}:(?P<part>pending|active|scheduled|retry|archived|completed|lease|groups|paused|processed|failed|deadlines|t|g|unique)(?::(?P<rest>.+))?$`)
	asynqOther = lazyre.New(`(?s)^asynq:(?P<part>queues|servers|workers|schedulers|scheduler_history)(?::(?P<rest>.+))?$`)
)

// asynq is a queue of tasks in Go.
func asynq(s string) (Key, bool) {
	if m, ok := match(asynqQueue, s, "asynq:{"); ok {
		kind := m["part"]
		switch kind {
		case "t":
			kind = "task"
		case "g":
			kind = "group"
		case "deadlines":
			kind = "lease"
		case "processed", "failed":
			kind = "stat"
		}
		k := Key{Framework: "asynq", Kind: kind, claim: distinct}.with("queue", m["queue"])
		if m["rest"] != "" {
			k = k.with("id", m["rest"])
		}
		return k, true
	}
	if m, ok := match(asynqOther, s, "asynq:"); ok {
		kind := m["part"]
		if kind == "schedulers" || kind == "scheduler_history" {
			kind = "scheduler"
		}
		k := Key{Framework: "asynq", Kind: kind, claim: distinct}
		if m["rest"] != "" {
			k = k.with("id", m["rest"])
		}
		return k, true
	}
	return Key{}, false
}

var (
	gorillaKey = lazyre.New(`^(?P<prefix>session_)(?P<id>[A-Z2-7]{52})$`)
	scsKey     = lazyre.New(`^(?P<prefix>scs:session:)(?P<id>[\w-]{43})$`)
)

// gorilla knows the sessions of gorilla/sessions with redistore, and of scs.
func gorilla(s string) (Key, bool) {
	if m, ok := match(gorillaKey, s, "session_"); ok {
		return Key{Framework: "gorilla-session", Kind: "session", claim: distinct}.with("prefix", m["prefix"]).with("id", m["id"]), true
	}
	if m, ok := match(scsKey, s, "scs:session:"); ok {
		return Key{Framework: "scs", Kind: "session", claim: distinct}.with("prefix", m["prefix"]).with("id", m["id"]), true
	}
	return Key{}, false
}
